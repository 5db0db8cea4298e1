/** The requests that `npm start` shows, and what must come of each with the configuration that it writes. */
import type { Answer, Request } from "../client/answer.ts";
import type { Echo } from "../services/echo.ts";
import type { Issuer } from "../services/issuer.ts";
import { AUDIENCE } from "./plugin-file.ts";

export interface DemoRequest {
  name: string;
  request: Omit<Request, "authority">;
  /** Status and what the upstream must see, in words. */
  expected: string;
  /** What is wrong with the outcome; undefined: nothing. */
  check: (answer: Answer, seen: Echo | undefined) => string | undefined;
}

export type DemoTokens = Awaited<ReturnType<typeof mintDemoTokens>>;

/** Tokens of every kind, fresh. `stranger` signs those of the wrong issuer. */
export async function mintDemoTokens(issuer: Issuer, stranger: Issuer) {
  const claims = { aud: AUDIENCE, org: { team: "reviews" } };
  const valid = await issuer.mint({ claims });
  return {
    valid,
    es256: await issuer.mint({ claims, algorithm: "ES256" }),
    expired: await issuer.mint({ claims, lifetime: -3_600 }),
    wrongIssuer: await stranger.mint({ claims }),
    wrongAudience: await issuer.mint({ claims: { ...claims, aud: "somebody-else" } }),
    tampered: tamper(valid),
  };
}

/** The same header and signature around another subject. */
function tamper(token: string): string {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as object;
  const forged = Buffer.from(JSON.stringify({ ...claims, sub: "root" })).toString("base64url");
  return `${header}.${forged}.${signature}`;
}

export function demoRequests(tokens: DemoTokens): DemoRequest[] {
  const get = (token?: string, headers: [string, string][] = [], path = "/reviews/1") => ({
    method: "GET",
    path,
    headers: [...(token === undefined ? [] : [["authorization", `Bearer ${token}`] as [string, string]]), ...headers],
  });
  return [
    {
      name: "valid token (RS256)",
      request: get(tokens.valid),
      ...passes({ "x-jwt-sub": "alice", "x-jwt-team": "reviews" }),
    },
    { name: "the same again (cached)", request: get(tokens.valid), ...passes({ "x-jwt-sub": "alice" }) },
    { name: "valid token (ES256)", request: get(tokens.es256), ...passes({ "x-jwt-sub": "alice" }) },
    {
      name: "token in the query",
      request: get(undefined, [], `/reviews/1?a=b&access_token=${tokens.valid}`),
      ...passes({ "x-jwt-sub": "alice" }, "/reviews/1?a=b"),
    },
    { name: "no token", request: get(), ...passes({}) },
    { name: "no token, forged claim header", request: get(undefined, [["x-jwt-sub", "root"]]), ...passes({}) },
    { name: "expired", request: get(tokens.expired), ...refused(401, "Jwt is expired") },
    { name: "wrong issuer", request: get(tokens.wrongIssuer), ...refused(401, "Jwt issuer is not configured") },
    { name: "wrong audience", request: get(tokens.wrongAudience), ...refused(403, "Audiences in Jwt are not allowed") },
    { name: "tampered", request: get(tokens.tampered), ...refused(401, "Jwt verification fails") },
  ];
}

const CLAIM_HEADERS = ["x-jwt-sub", "x-jwt-team"];

function passes(claims: Record<string, string>, path = "/reviews/1"): Pick<DemoRequest, "expected" | "check"> {
  const shown = Object.entries(claims).map(([name, value]) => `${name}: ${value}`);
  return {
    expected: `200, ${shown.join(", ") || "no claims"}`,
    check(answer, seen) {
      if (answer.status !== 200 || seen === undefined) return "did not pass";
      if (seen.path !== path) return `the upstream saw path ${seen.path}`;
      if (header(seen, "authorization") !== undefined) return "the upstream saw the token";
      const wrong = CLAIM_HEADERS.find((name) => name in claims && header(seen, name) !== claims[name]);
      if (wrong !== undefined) return `the upstream saw another ${wrong}`;
      const forged = CLAIM_HEADERS.some((name) => Object.keys(claims).length === 0 && header(seen, name) !== undefined);
      return forged ? "the upstream saw a forged claim" : undefined;
    },
  };
}

function refused(status: number, body: string): Pick<DemoRequest, "expected" | "check"> {
  return {
    expected: `${status} ${body}`,
    check(answer, seen) {
      if (answer.status !== status || answer.body !== body) return "not refused like that";
      return seen === undefined ? undefined : "the upstream saw it";
    },
  };
}

export function header(seen: Echo, name: string): string | undefined {
  return seen.headers.find(([other]) => other.toLowerCase() === name)?.[1];
}

/** What the upstream saw, in a few words. */
export function describeSeen(seen: Echo | undefined): string {
  if (seen === undefined) return "nothing";
  const claims = CLAIM_HEADERS.filter((name) => header(seen, name) !== undefined);
  const shown = claims.map((name) => `${name}: ${header(seen, name)}`);
  return [seen.path, ...shown, header(seen, "authorization") === undefined ? "no token" : "token"].join(", ");
}
