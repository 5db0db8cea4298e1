/** Requests for the fuzzer: tokens in every place where the configuration looks, and in some where it does not. */
import type { RequestInit } from "../host/index.ts";
import { mutateText, type Random } from "./random.ts";
import type { TokenSource } from "./tokens.ts";

type Headers = [string, string][];

/** A request, and the tokens that were put into it. */
export interface FuzzRequest {
  init: RequestInit & { headers: Headers; path: string };
  tokens: string[];
}

const NOISE: Headers = [
  // Each of these once made a filter in the field crash, or let somebody in.
  ["cookie", "session"],
  ["cookie", ";;= ; =;token"],
  ["cookie", "token_of_another=1; xtoken=2"],
  ["cookie", 'token="quoted'],
  ["x-user", "admin"],
  ["x-payload", "eyJzdWIiOiJhZG1pbiJ9"],
  ["x-role", "admin"],
  ["authorization", ""],
  ["authorization", "Bearer"],
  ["authorization", "Bearer  "],
  ["authorization", "Basic YWxpY2U6cHc="],
  ["x-jwt", "JWT"],
  ["x-jwt", "JWT "],
  ["origin", "https://app.example"],
  ["access-control-request-method", "GET"],
];

const PATHS = [
  "/",
  "/orders?a=1",
  "/%",
  "/%zz?%=%",
  "/?",
  "/?&&==&",
  "*",
  "",
  "//a/../b;c?d#e",
  "/?access_token",
  "/?access_token=",
  "/a?b=c?d&access_token=",
];
const SCHEMES = ["Bearer ", "Bearer ", "Bearer ", "bearer ", "BEARER\t", "Bearer", "Bearer  ", "Foo Bearer ", ""];
const PROTOCOLS = ["http1", "http2"] as const;

export function randomRequest(source: TokenSource, random: Random): FuzzRequest {
  const request: FuzzRequest = {
    init: {
      method: random.pick(["GET", "POST", "OPTIONS", "HEAD", random.text(3)]),
      path: random.pick(PATHS),
      authority: random.chance(0.1) ? random.text(20) : "api.example",
      protocol: random.pick(PROTOCOLS),
      headers: [],
    },
    tokens: [],
  };
  for (let count = random.pick([0, 1, 1, 1, 1, 2, 3]); count > 0; count--) {
    const token = random.chance(0.4) ? source.valid(random) : source.any(random);
    request.tokens.push(token);
    place(token, request.init, random);
  }
  for (let count = random.below(3); count > 0; count--) request.init.headers.push(random.pick(NOISE));
  if (random.chance(0.3)) mutateRequest(request.init, random);
  return request;
}

function place(token: string, init: FuzzRequest["init"], random: Random): void {
  const parameter = (name: string): void => {
    const value = random.chance(0.2) ? escapeAll(token) : token;
    init.path += `${init.path.includes("?") ? "&" : "?"}${name}=${value}`;
  };
  const places = [
    () => init.headers.push(["authorization", random.pick(SCHEMES) + token]),
    () =>
      init.headers.push(["authorization", `Bearer ${token}${random.pick(["", "", ",", " trailing", ", Bearer x"])}`]),
    () => init.headers.push(["x-jwt", random.pick(["JWT ", "JWT ", "jwt ", "x JWT "]) + token]),
    () => init.headers.push(["cookie", `a=b; ${random.pick(["token", "token", "Token", " token "])}=${token}; c=d`]),
    () => parameter("access_token"),
    () => parameter(random.pick(["token", "access%5Ftoken", "ACCESS_TOKEN"])),
    () => init.headers.push(["x-elsewhere", token]),
  ];
  random.pick<() => unknown>(places)();
}

function mutateRequest(init: FuzzRequest["init"], random: Random): void {
  if (random.chance(0.3)) {
    init.path = mutateText(init.path, random);
    return;
  }
  const at = random.below(init.headers.length + 1);
  const header = init.headers[at];
  if (header === undefined)
    init.headers.push([random.pick(["cookie", "authorization", "x-jwt", "origin"]), random.text(random.below(200))]);
  else header[1] = mutateText(header[1], random);
}

function escapeAll(text: string): string {
  return Array.from(text, (letter) => `%${letter.charCodeAt(0).toString(16).padStart(2, "0")}`).join("");
}
