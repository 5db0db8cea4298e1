/**
 * What must never show in a log line of jwt-auth, and requests, answers of issuers and configurations that hold it: for the
 * Node host and for a real Envoy.
 */
import { makeKeys, makeToken, type ScenarioKey } from "./tokens.ts";
import type { TokenDescription } from "./format.ts";

/** Stands wherever a client, a token or an issuer can put a text. Compares without case: names become lower case. */
const MARK = "zxmarkzx";

/** Shorter texts could be in a log line by chance. */
const SHORTEST = 12;

const keys = makeKeys({
  rsa: { alg: "RS256", kid: `${MARK}-rsa` },
  ec: { alg: "ES256", kid: `${MARK}-ec` },
  ed: { alg: "EdDSA", kid: `${MARK}-ed` },
  secret: { alg: "HS256", kid: `${MARK}-secret` },
  stranger: { alg: "ES256", kid: `${MARK}-ec` },
});
const ISSUER = `https://${MARK}.example`;
const configured = [...keys].filter(([name]) => name !== "stranger").map(([, { jwk }]) => ({ ...jwk, [MARK]: MARK }));

export interface HygieneRequest {
  method?: string;
  path: string;
  headers: [string, string][];
  protocol?: "http1" | "http2";
}

/** Where keys come from: the configuration, or an issuer that is reached through the cluster `issuer`. */
export type KeySource = "inline" | "fetched";

export function configuration(mode: "ENFORCE" | "SHADOW", source: KeySource): string {
  const issuer = { issuer: ISSUER, audiences: ["api"], requireExpiration: true };
  const rule = {
    ...(source === "inline"
      ? { jwks: { keys: configured } }
      : { jwksUri: "http://issuer.test/", jwksCluster: "issuer" }),
    fromHeaders: [{ name: "authorization", prefix: "Bearer " }, { name: "x-jwt" }],
    fromParams: ["access_token"],
    fromCookies: ["token"],
    outputPayloadToHeader: "x-payload",
    outputClaimToHeaders: [{ header: "x-user", claim: "sub" }],
  };
  return JSON.stringify({
    presence: "REQUIRED",
    mode,
    jwtRules: [{ ...issuer, ...rule }],
    publish: [{ claim: "sub", property: "sub" }],
  });
}

/** What an issuer answers: keys, and much that is none. */
export const ISSUER_ANSWERS: readonly { status: number; headers: [string, string][]; body: string }[] = [
  { status: 200, headers: [["cache-control", `max-age=${MARK}`]], body: JSON.stringify({ keys: configured }) },
  { status: 500, headers: [["x-error", MARK]], body: `{"error":"${MARK}"}` },
  { status: 302, headers: [["location", `http://${MARK}.example/`]], body: "" },
  { status: 200, headers: [], body: `{"${MARK}":` },
  { status: 200, headers: [], body: `{"keys":[{"kty":"${MARK}","kid":"${MARK}"},{"kty":"oct","k":"${MARK}"}]}` },
  { status: 200, headers: [["content-type", MARK]], body: MARK },
];

const NOW_SECONDS = 4_000_000_000;

const CLAIMS = { iss: ISSUER, sub: MARK, aud: ["api", MARK], exp: NOW_SECONDS, [MARK]: { [MARK]: MARK } };

const TOKENS: Record<string, TokenDescription> = {
  ...Object.fromEntries([...keys.keys()].map((key) => [key, { key, claims: { ...CLAIMS, jti: `${MARK}-${key}` } }])),
  expired: { key: "ec", claims: { ...CLAIMS, exp: 1 } },
  early: { key: "ec", claims: { ...CLAIMS, nbf: NOW_SECONDS } },
  "never expires": { key: "ec", claims: { ...CLAIMS, exp: undefined } },
  issuer: { key: "ec", claims: { ...CLAIMS, iss: MARK } },
  audience: { key: "ec", claims: { ...CLAIMS, aud: MARK } },
  kid: { key: "ec", header: { kid: `${MARK}-unknown` }, claims: CLAIMS },
  alg: { key: "ec", header: { alg: MARK }, claims: CLAIMS },
  crit: { key: "ec", header: { crit: [MARK], [MARK]: MARK }, claims: CLAIMS },
  jku: { key: "ec", header: { jku: `https://${MARK}.example/`, typ: MARK, cty: MARK }, claims: CLAIMS },
  header: { key: "ec", headerText: `{"${MARK}":`, claims: CLAIMS },
  payload: { key: "ec", payload: `{"${MARK}":` },
  "type of a claim": { key: "ec", claims: { ...CLAIMS, sub: [MARK] } },
  signature: { key: "ec", claims: CLAIMS, mutate: [{ tamper: "signature" }] },
  padded: { key: "ec", claims: CLAIMS, mutate: [{ append: `==${MARK}` }] },
  parts: { key: "ec", claims: CLAIMS, mutate: [{ append: `.${MARK}` }] },
  "no token": { key: "ec", claims: CLAIMS, mutate: [{ join: [`=${MARK}`] }] },
};

const tokens = Object.values(TOKENS).map((description) => makeToken(description, keys, Date.now()));

/** Requests of every outcome. */
export function requests(): HygieneRequest[] {
  const noise: [string, string][] = [
    [`x-${MARK}`, MARK],
    ["x-user", MARK],
    ["user-agent", MARK],
    ["cookie", `${MARK}=${MARK}`],
  ];
  const path = `/${MARK}?${MARK}=${MARK}`;
  const plain = [
    { path, headers: noise },
    { method: "OPTIONS", path, headers: [...noise, ["origin", MARK], ["access-control-request-method", MARK]] },
    { path, headers: [...noise, ["authorization", `Basic ${MARK}`]] },
    { path, headers: [...noise, ["content-type", "application/grpc"], ["te", "trailers"]], protocol: "http2" as const },
  ] satisfies HygieneRequest[];
  const carried = tokens.flatMap((token): HygieneRequest[] => [
    { path, headers: [...noise, ["authorization", `Bearer ${token}`]] },
    { path, headers: [...noise, ["authorization", `Bearer ${token}`]], protocol: "http2" },
    { path: `${path}&access_token=${encodeURIComponent(token)}`, headers: noise },
    { path, headers: [...noise, ["cookie", `token=${token}; token=${token}`]] },
    { path, headers: [...noise, ["x-jwt", token], ["x-jwt", token]] },
  ]);
  return [...plain, ...carried];
}

/** Configurations that are refused, and hold what must not show all the same. */
export function refusedConfigurations(): string[] {
  const secret = keyOf("secret").jwk;
  const withJwks = (jwks: unknown) => JSON.stringify({ jwtRules: [{ jwks }] });
  return [
    withJwks({ keys: [{ ...secret, use: "enc" }] }),
    withJwks({ keys: [{ ...secret, k: `${MARK}=` }] }),
    withJwks({ keys: [{ kty: "oct", k: "c2hvcnQtc2VjcmV0LWtleQ" }] }),
    withJwks({ keys: [{ ...keyOf("ec").jwk, d: MARK }] }),
    withJwks(JSON.stringify({ keys: [secret] }).slice(0, -1)),
    withJwks([secret]),
    withJwks({ [MARK]: secret }),
    withJwks(MARK),
    JSON.stringify({ jwtRules: [{ jwks: { keys: [secret] }, issuer: 7 }] }),
    JSON.stringify({ jwtRules: [{ jwks: { keys: [secret] } }] }).slice(0, -1),
    `${JSON.stringify({ jwtRules: [{ jwks: { keys: [secret] } }] })}${MARK}`,
  ];
}

function keyOf(name: string): ScenarioKey {
  const key = keys.get(name);
  if (key === undefined) throw new Error(`no key ${name}`);
  return key;
}

/** All that must not show: the mark, parts of tokens in either form, and material of keys. */
function forbidden(): string[] {
  const parts = tokens.flatMap((token) => token.split(/[.=]+/));
  const decoded = parts.map((part) => Buffer.from(part, "base64url").toString("latin1"));
  const material = configured.flatMap((jwk) => Object.values(jwk)).filter((value) => typeof value === "string");
  return [MARK, "c2hvcnQtc2VjcmV0LWtleQ", ...parts, ...decoded, ...material].filter(
    (text) => text.length >= SHORTEST || text === MARK,
  );
}

/** Lines that show what they must not. */
export function leaks(lines: readonly { message: string }[]): string[] {
  const secrets = [...new Set(forbidden().map((text) => text.toLowerCase()))];
  return lines
    .map(({ message }) => message)
    .filter((message) => secrets.some((text) => message.toLowerCase().includes(text)));
}
