/** Tokens for the fuzzer: valid ones, validly signed ones with strange contents, and ones that nobody signed. */
import { createHmac, createPublicKey, type JsonWebKey } from "node:crypto";
import { makeKeys, makeToken, type Jwk, type ScenarioKey } from "../scenario/tokens.ts";
import { mutateText, type Random } from "./random.ts";

export const ISSUER = "https://issuer.example";
export const AUDIENCE = "api";

const KEYS = {
  rsa: { alg: "RS256", kid: "rsa" },
  ec: { alg: "ES256", kid: "ec" },
  ec384: { alg: "ES384" },
} as const;

/** Fresh ones for each run. */
const keys = makeKeys(KEYS);
const foreignKeys = makeKeys({ ...KEYS, rsa: { ...KEYS.rsa, modulusLength: 2056 }, own: KEYS.ec, other: KEYS.ec });

export const jwks: { keys: Jwk[] } = { keys: [...keys.values()].map(({ jwk }) => jwk) };

const now = Math.floor(Date.now() / 1000);

const CLAIMS: Record<string, unknown> = {
  iss: ISSUER,
  sub: "alice",
  aud: [AUDIENCE, "other"],
  exp: now + 86_400,
  iat: now - 60,
  realm: { roles: ["admin", "user"], "a.b": { c: Number.MAX_SAFE_INTEGER } },
  text: 'brace } and "quote"',
};

const BASE64URL = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

const STRANGE: unknown[] = [
  null,
  true,
  "",
  "x\r\ny: z",
  "\u0000",
  "Zoë 🐙",
  [],
  {},
  [[[[[[[]]]]]]],
  [AUDIENCE, 7],
  0,
  -1,
  1e300,
  1.5,
  now - 3600,
  now + 59.5,
  "9999999999",
  { iss: ISSUER },
  "https://issuer.example/",
  "x".repeat(3000),
];

const STRANGE_HEADERS: Record<string, unknown>[] = [
  { alg: "none" },
  { alg: "None" },
  { alg: "RS256 " },
  { alg: ["RS256"] },
  { alg: null },
  { kid: null },
  { kid: "ec" },
  { kid: "rsa" },
  { kid: 7 },
  { kid: "../../dev/null" },
  { crit: ["exp"], exp: 1 },
  { crit: [] },
  { b64: false, crit: ["b64"] },
  { typ: 7 },
  { zip: "DEF" },
  { jku: "https://evil.example/jwks", x5u: "https://evil.example/cert" },
];

const STRANGE_TEXTS = [
  "",
  "{",
  "{x}",
  "[]",
  "null",
  '{"a":1,}',
  '{"iss":"a","iss":"b"}',
  "\ufeff{}",
  "[".repeat(5000),
  `${'{"a":'.repeat(200)}1${"}".repeat(200)}`,
  '{"exp":1e999999999}',
  `{"exp":${"9".repeat(400)}}`,
  '{"a":"\\ud800"}',
];

export function randomToken(random: Random): string {
  return random.pick([validToken, validToken, strangeClaims, strangeHeader, strangeText, unsigned, forged, mutated])(
    random,
  );
}

export function validToken(random: Random): string {
  const key = random.pick(Object.keys(KEYS));
  return makeToken({ key, claims: { ...CLAIMS, sub: `user-${random.below(50)}` } }, keys, Date.now());
}

/** Signed by the right key: whether it is acceptable is for the judge to say. */
function strangeClaims(random: Random): string {
  const claims = { ...CLAIMS };
  for (let count = 1 + random.below(2); count > 0; count--) {
    const name = random.pick([...Object.keys(CLAIMS), "nbf", "jti", "__proto__", ""]);
    if (random.chance(0.3)) Reflect.deleteProperty(claims, name);
    else claims[name] = random.pick(STRANGE);
  }
  const payload = random.chance(0.2) ? mutateText(JSON.stringify(claims), random) : JSON.stringify(claims);
  return makeToken({ key: random.pick(Object.keys(KEYS)), payload }, keys, Date.now());
}

function strangeHeader(random: Random): string {
  const header = { ...random.pick(STRANGE_HEADERS), ...(random.chance(0.3) ? random.pick(STRANGE_HEADERS) : {}) };
  return makeToken({ key: random.pick(Object.keys(KEYS)), header, claims: CLAIMS }, keys, Date.now());
}

function strangeText(random: Random): string {
  const text = random.pick(STRANGE_TEXTS);
  const where = random.chance(0.5) ? { headerText: text } : { payload: text };
  return makeToken({ key: random.pick(Object.keys(KEYS)), claims: CLAIMS, ...where }, keys, Date.now());
}

function unsigned(random: Random): string {
  const alg = random.pick(["none", "NONE", "RS256", "ES256", "HS256", ""]);
  return `${encode({ alg })}.${encode(CLAIMS)}.${random.pick(["", "e30", "A".repeat(86), validToken(random).split(".")[2] ?? ""])}`;
}

/** Signed by somebody else, or with what everybody knows. */
function forged(random: Random): string {
  const name = random.pick(Object.keys(KEYS));
  const other = foreignKeys.get(name) as ScenarioKey;
  const claims = CLAIMS;
  if (random.chance(0.5)) {
    const header = random.chance(0.5) ? { jwk: other.jwk } : {};
    return makeToken({ key: name, header, claims }, foreignKeys, Date.now());
  }
  // The public key as the secret of an HMAC: the classic confusion of algorithms.
  const { jwk } = keys.get(name) as ScenarioKey;
  const publicKey = createPublicKey({ key: jwk as JsonWebKey, format: "jwk" });
  const secret = random.chance(0.5)
    ? publicKey.export({ type: "spki", format: "pem" })
    : publicKey.export({ type: "spki", format: "der" });
  const input = `${encode({ alg: "HS256", kid: jwk["kid"] })}.${encode(claims)}`;
  const hmac = createHmac("sha256", secret).update(input);
  return `${input}.${hmac.digest("base64url")}`;
}

/** A valid token that was changed afterwards, in one of its layers. */
function mutated(random: Random): string {
  const token = validToken(random);
  const parts = token.split(".");
  const index = random.below(parts.length);
  const part = parts[index] ?? "";
  const change = random.pick([
    () => mutateText(part, random),
    () => mutateJson(part, random),
    () => flipBit(part, random),
    () => `${part}${random.pick(["=", "==", "A", "%3D", " ", "\t"])}`,
    () => part.slice(0, random.below(part.length)),
    () => part.replaceAll("-", "+").replaceAll("_", "/"),
    () => part.slice(0, -1) + random.pick(BASE64URL),
    () => `${part}.${part}`,
    () => Buffer.alloc(64).toString("base64url"),
    () => Buffer.from(part, "base64url").reverse().toString("base64url"),
  ]);
  parts[index] = change();
  return random.chance(0.1) ? mutateText(token, random) : parts.join(random.chance(0.02) ? ".." : ".");
}

function mutateJson(part: string, random: Random): string {
  const text = Buffer.from(part, "base64url").toString("latin1");
  return Buffer.from(mutateText(text, random), "latin1").toString("base64url");
}

function flipBit(part: string, random: Random): string {
  const bytes = Buffer.from(part, "base64url");
  const at = random.below(bytes.length);
  bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random.below(8)), at);
  return bytes.toString("base64url");
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
