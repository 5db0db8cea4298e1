/**
 * Requests that no client library sends, byte by byte: whatever Envoy's codecs let through, the upstream is told only what
 * a valid token says, and every request has its answer.
 */
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeKeys, makeToken } from "../../host-tests/scenario/tokens.ts";
import type { Request } from "../client/answer.ts";
import { Http1Connection, requestOverHttp1 } from "../client/http1.ts";
import { requestOverHttp2 } from "../client/http2.ts";
import { bootstrap, httpChain, staticCluster, tcpListener, wasmFilter } from "../config/index.ts";
import { EnvoyProcess } from "../harness/index.ts";
import { EchoService } from "../services/echo.ts";

const CHAIN = "inbound-vip|80|http|echo.default.svc.cluster.local";
const keys = makeKeys({ key: { alg: "RS256", kid: "key" }, stranger: { alg: "ES256", kid: "key" } });
const mint = (key: string, claims: object) => makeToken({ key, claims: { ...claims } }, keys, Date.now());
const good = mint("key", { sub: "alice" });
const forged = mint("stranger", { sub: "root" });

const CONFIGURATION = {
  presence: "REQUIRED",
  jwtRules: [
    {
      jwks: { keys: [keys.get("key")?.jwk] },
      fromHeaders: [{ name: "authorization", prefix: "Bearer " }],
      fromParams: ["access_token"],
      fromCookies: ["token"],
      outputClaimToHeaders: [{ header: "x-user", claim: "sub" }],
    },
  ],
};

let echo: EchoService;
let envoy: EnvoyProcess;
beforeAll(async () => {
  echo = await EchoService.start();
  const plugin = { name: "default.jwt-auth", file: path.resolve("build/jwt-auth.wasm") };
  const filter = wasmFilter({ ...plugin, configuration: JSON.stringify(CONFIGURATION) });
  const endpoints = [{ host: "127.0.0.1", port: echo.port }];
  envoy = await EnvoyProcess.start({
    config: bootstrap({
      listeners: [tcpListener("main", [httpChain({ name: CHAIN, places: { AUTHN: [filter] } })])],
      clusters: [staticCluster({ name: CHAIN, endpoints, protocol: "downstream" })],
    }),
  });
});
afterAll(async () => {
  await envoy.stop();
  await echo.stop();
});
beforeEach(() => {
  echo.requests.length = 0;
});

/** What the upstream was told; a name several times counts several times. */
function users(): string[] {
  return echo.requests.flatMap(({ headers }) =>
    headers.filter(([name]) => name.toLowerCase() === "x-user").map(([, value]) => value),
  );
}

const port = () => envoy.port("main");

/** Sends bytes as they are, and reads the first response. */
async function sendBytes(bytes: string): Promise<number> {
  const connection = await Http1Connection.open(port());
  try {
    return (await connection.sendRaw(Buffer.from(bytes, "latin1"))).status;
  } finally {
    connection.close();
  }
}

const GET: Request = { method: "GET", path: "/", authority: "echo.test" };
const START = "GET / HTTP/1.1\r\nhost: echo.test\r\n";
const TOKEN = `authorization: Bearer ${good}\r\n`;
const BEARER: [string, string] = ["authorization", `Bearer ${good}`];

/** A request target, with a token in its query and no other. */
const target = (text: string, method = "GET") => `${method} ${text} HTTP/1.1\r\nhost: echo.test\r\n\r\n`;
const PARAMETER = `access_token=${good}`;

/** Status 0: the connection ends without a response. The users are those that the upstream is told. */
type Case<T> = [name: string, sent: T, status: number, users: string[]];

const BYTES: Case<string>[] = [
  ["a folded token", `${START}authorization: Bearer\r\n ${good}\r\n\r\n`, 200, ["alice"]],
  ["a folded claim header", `${START}${TOKEN}x-a: b\r\n x-user: root\r\n\r\n`, 200, ["alice"]],
  ["a space before the colon", `${START}authorization : Bearer ${good}\r\n\r\n`, 400, []],
  ["a space before a claim header's colon", `${START}${TOKEN}x-user : root\r\n\r\n`, 400, []],
  ["a tab before a claim header's colon", `${START}${TOKEN}x-user\t: root\r\n\r\n`, 400, []],
  ["a space before the first header", `GET / HTTP/1.1\r\n x-user: root\r\nhost: echo.test\r\n${TOKEN}\r\n`, 400, []],
  ["no space behind the colon", `${START}${TOKEN}x-user:root\r\n\r\n`, 200, ["alice"]],
  ["tabs around the value", `${START}${TOKEN}x-user:\troot\t\r\n\r\n`, 200, ["alice"]],
  ["a line that ends with LF alone", `${START}${TOKEN}x-a: b\nx-user: root\r\n\r\n`, 200, ["alice"]],
  ["a bare CR in a value", `${START}${TOKEN}x-a: b\rx-user: root\r\n\r\n`, 200, ["alice"]],
  ["a NUL in a value", `${START}${TOKEN}x-a: b\0c\r\n\r\n`, 400, []],
  ["a NUL in a name", `${START}${TOKEN}x-user\0: root\r\n\r\n`, 400, []],
  ["a name that is not ASCII", `${START}${TOKEN}x-us\xe9r: root\r\n\r\n`, 400, []],
  ["an empty name", `${START}${TOKEN}: root\r\n\r\n`, 400, []],
  ["two tokens, one under a name in capitals", `${START}${TOKEN}AUTHORIZATION: Bearer ${forged}\r\n\r\n`, 401, []],
  ["a claim header named by Connection", `${START}${TOKEN}connection: x-user, close\r\n\r\n`, 200, ["alice"]],
  // Envoy takes away what Connection names (RFC 9110 §7.6.1), before any filter.
  ["the token named by Connection", `${START}${TOKEN}connection: authorization\r\n\r\n`, 401, []],
  ["an absolute target", target(`http://other.test/?${PARAMETER}`), 200, ["alice"]],
  ["two Host headers", `${START}host: other.test\r\n${TOKEN}\r\n`, 200, ["alice"]],
  ["a target without a slash", target(`?${PARAMETER}`), 400, []],
  ["a target that is a word", target(`a?${PARAMETER}`), 400, []],
  ["an asterisk", `OPTIONS * HTTP/1.1\r\nhost: echo.test\r\n${TOKEN}\r\n`, 404, []],
  ["CONNECT", target("echo.test:80", "CONNECT"), 401, []],
  ["a fragment", target(`/#?${PARAMETER}`), 400, []],
  ["a backslash", target(`/\\..\\?${PARAMETER}`), 200, ["alice"]],
  ["a space in the target", target(`/a b?${PARAMETER}`), 400, []],
  ["a tab in the target", target(`/a\t?${PARAMETER}`), 400, []],
  ["bytes that are not ASCII in the target", target(`/\xff?${PARAMETER}&x=\xfe`), 400, []],
  ["two question marks", target(`/?a?${PARAMETER}`), 401, []],
  ["HTTP/1.0", `GET /?${PARAMETER} HTTP/1.0\r\n\r\n`, 426, []],
  [
    "two lengths, and a request in the body",
    `POST / HTTP/1.1\r\nhost: echo.test\r\n${TOKEN}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${START}x-user: root\r\n\r\n`,
    400,
    [],
  ],
  ["a second request right behind", `${START}${TOKEN}\r\n${START}x-user: root\r\n\r\n`, 200, ["alice"]],
  [
    "trailers that look verified",
    `POST / HTTP/1.1\r\nhost: echo.test\r\n${TOKEN}transfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\nx-user: root\r\n\r\n`,
    200,
    ["alice"],
  ],
  ["a token of 59 KiB", `${START}authorization: Bearer ${"x".repeat(59 * 1024)}\r\n\r\n`, 401, []],
  ["a token of 62 KiB", `${START}authorization: Bearer ${"x".repeat(62 * 1024)}\r\n\r\n`, 431, []],
  ["a claim header 90 times", `${START}${"x-user: root\r\n".repeat(90)}${TOKEN}\r\n`, 200, ["alice"]],
  ["a claim header 200 times", `${START}${"x-user: root\r\n".repeat(200)}${TOKEN}\r\n`, 431, []],
];

const FRAMES: Case<Partial<Request>>[] = [
  ["two tokens", { headers: [BEARER, ["authorization", `Bearer ${forged}`]] }, 401, []],
  [
    "cookies in fields of their own",
    {
      headers: [
        ["cookie", "a=1"],
        ["cookie", `token=${good}`],
        ["cookie", "b=2"],
      ],
    },
    200,
    ["alice"],
  ],
  [
    "a cookie twice, in fields of their own",
    {
      headers: [
        ["cookie", `token=${good}`],
        ["cookie", `token=${forged}`],
      ],
    },
    401,
    [],
  ],
  [
    "a token cut in two fields",
    {
      headers: [
        ["cookie", `token=${good.slice(0, 40)}`],
        ["cookie", good.slice(40)],
      ],
    },
    401,
    [],
  ],
  ["a space before the value", { headers: [["authorization", ` Bearer ${good}`]] }, 401, []],
  ["a space behind the value", { headers: [["authorization", `Bearer ${good} `]] }, 401, []],
  ["spaces around a claim", { headers: [BEARER, ["x-user", " root "]] }, 200, ["alice"]],
  ["a name that ends with a space", { headers: [BEARER, ["x-user ", "root"]] }, 0, []],
  ["a name that ends with a colon", { headers: [BEARER, ["x-user:", "root"]] }, 0, []],
  ["a NUL in a value", { headers: [BEARER, ["x-a", "b\0c"]] }, 0, []],
  ["CR LF in a value", { headers: [BEARER, ["x-a", "b\r\nx-user: root"]] }, 0, []],
  ["LF in a value", { headers: [BEARER, ["x-a", "b\nx-user: root"]] }, 0, []],
  ["Host beside :authority", { headers: [BEARER, ["host", "other.test"]] }, 200, ["alice"]],
  ["Connection", { headers: [BEARER, ["connection", "x-user"]] }, 0, []],
  ["an empty path", { path: "", headers: [BEARER] }, 0, []],
  ["a path without a slash", { path: `a?${PARAMETER}` }, 0, []],
  ["a path that is a query", { path: `?${PARAMETER}` }, 0, []],
  ["a path that is a URL", { path: `http://other.test/?${PARAMETER}` }, 0, []],
  ["an asterisk", { path: "*", headers: [BEARER] }, 0, []],
  ["a token in the trailers", { method: "POST", body: "a", trailers: [BEARER] }, 401, []],
  [
    "trailers that look verified",
    { method: "POST", body: "a", headers: [BEARER], trailers: [["x-user", "root"]] },
    200,
    ["alice"],
  ],
  ["a token of 59 KiB", { headers: [["authorization", `Bearer ${"x".repeat(59 * 1024)}`]] }, 401, []],
  ["a token of 70 KiB", { headers: [["authorization", `Bearer ${"x".repeat(70 * 1024)}`]] }, 0, []],
  [
    "a claim header 90 times",
    { headers: [...Array.from({ length: 90 }, (): [string, string] => ["x-user", "root"]), BEARER] },
    200,
    ["alice"],
  ],
];

describe("A1, A3, A5, A7 and A8: requests that no client library sends", () => {
  it.each(BYTES)("HTTP/1: %s", async (_name, bytes, status, told) => {
    expect({ status: await sendBytes(bytes), told: users() }).toEqual({ status, told });
  });

  it.each(FRAMES)("HTTP/2: %s", async (_name, request, status, told) => {
    const answer = await requestOverHttp2(port(), { ...GET, ...request });
    expect({ status: answer.status, told: users() }).toEqual({ status, told });
  });

  it("leave the module as it was", async () => {
    expect((await requestOverHttp1(port(), { ...GET, headers: [BEARER] })).status).toBe(200);
    expect(envoy.log.lines.filter(({ message }) => /^Function: \S+ failed/.test(message))).toEqual([]);
  });
});

it("A9: a claim header that the client has the next hop drop arrives all the same", async () => {
  await sendBytes(`${START}${TOKEN}connection: x-user, close\r\n\r\n`);
  const [request] = echo.requests;
  expect(request?.headers.filter(([name, value]) => /^connection$/i.test(name) && value.includes("x-user"))).toEqual(
    [],
  );
});
