/**
 * Says which tokens are valid, and which keys are: node:crypto verifies, jose is asked for a second opinion, and on top are
 * the rules that docs/jwt-auth.md and docs/differences.md give. It shares no code with assembly/.
 */
import { constants, createHmac, verify } from "node:crypto";
import { compactVerify, importJWK } from "jose";
import { decodeBase64url, JsonObject, readJson, type Json } from "./judge-json.ts";
import type { JudgedKey } from "./judge-keys.ts";

/** What a rule of the configuration demands of a token. */
export interface JudgedRule {
  issuer?: string;
  audiences?: readonly string[];
  algorithms?: readonly string[];
  requireExpiration?: boolean;
  /** Whole hours: `25h`. */
  maxLifetime?: string;
  subjects?: readonly { prefix: string }[];
  /** Claims of the outermost object. */
  requiredClaims?: readonly { claim: string; values?: readonly string[] }[];
}

/** What an acceptable token says; undefined: it must be refused. */
export interface Accepted {
  /** The payload as it stands in the token. */
  payload: string;
  /** The value of a header with the claim `sub`; undefined when there must be none. */
  user: string | undefined;
}

/** Seconds; the default of `clockSkew`. */
const CLOCK_SKEW = 60;

const MAX_TOKEN_SIZE = 64 * 1024;

/** The two libraries disagree about a signature. */
export class JudgesDisagree extends Error {}

export { judgeKeySet, type JudgedKey } from "./judge-keys.ts";

/** Whether these keys, the usable ones of a set, and this rule accept a token at `now` (milliseconds since 1970). */
export async function judgeToken(
  token: string,
  keys: readonly JudgedKey[],
  rule: JudgedRule,
  now: number,
): Promise<Accepted | undefined> {
  const jws = readJws(token);
  if (jws === undefined) return undefined;
  const claims = readClaims(jws.payload);
  if (claims === undefined || !fitsRule(jws, claims, rule, now)) return undefined;
  for (const key of candidates(keys, jws).slice(0, MAX_CANDIDATES)) {
    if (await isSigned(jws, key)) return { payload: jws.parts[1] ?? "", user: headerValue(claims.get("sub")) };
  }
  return undefined;
}

interface Jws {
  token: string;
  parts: string[];
  alg: string;
  kid: string | undefined;
  payload: Buffer;
  signature: Buffer;
}

const ALGORITHM = /^(?:(?:RS|PS|ES|HS)(?:256|384|512)|EdDSA|Ed25519)$/;

/** RFC 7515 §7.1 and §4.1 */
function readJws(token: string): Jws | undefined {
  const parts = token.split(".");
  if (token.length > MAX_TOKEN_SIZE || parts.length !== 3 || parts.includes("")) return undefined;
  const [head, payload, signature] = parts.map(decodeBase64url);
  if (head === undefined || payload === undefined || signature === undefined) return undefined;
  const header = readJson(head);
  if (!(header instanceof JsonObject) || header.repeated) return undefined;
  const [alg, kid] = [header.get("alg"), header.get("kid")];
  if (typeof alg !== "string" || !ALGORITHM.test(alg)) return undefined;
  if (kid !== undefined && typeof kid !== "string") return undefined;
  if (header.has("crit") || (header.has("b64") && header.get("b64") !== true)) return undefined;
  return { token, parts, alg, kid, payload, signature };
}

/** RFC 7519 §4.1 */
function readClaims(payload: Buffer): JsonObject | undefined {
  const claims = readJson(payload);
  if (!(claims instanceof JsonObject) || claims.repeated) return undefined;
  const all = (names: string[], right: (value: Json) => boolean) =>
    names.every((name) => !claims.has(name) || right(claims.get(name) ?? null));
  const isString = (value: Json) => typeof value === "string";
  const isDate = (value: Json) => typeof value === "number" && value >= 0 && value < 2 ** 64;
  const isAudience = (value: Json) => isString(value) || (Array.isArray(value) && value.every(isString));
  const isRight =
    all(["iss", "sub", "jti"], isString) && all(["exp", "nbf", "iat"], isDate) && all(["aud"], isAudience);
  return isRight ? claims : undefined;
}

function fitsRule({ alg }: Jws, claims: JsonObject, rule: JudgedRule, now: number): boolean {
  const seconds = now / 1000;
  const [exp, nbf, aud] = [claims.get("exp"), claims.get("nbf"), claims.get("aud")];
  if (rule.issuer !== undefined && claims.get("iss") !== rule.issuer) return false;
  if (typeof nbf === "number" && seconds + CLOCK_SKEW < nbf) return false;
  if (typeof exp === "number" && seconds - CLOCK_SKEW >= exp) return false;
  if (rule.requireExpiration === true && exp === undefined) return false;
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];
  if (rule.audiences?.some((audience) => audiences.includes(audience)) === false) return false;
  if (!isShortLived(claims, rule, seconds) || !hasDemandedClaims(claims, rule)) return false;
  return rule.algorithms === undefined || rule.algorithms.some((allowed) => isSame(allowed, alg));
}

/** Neither issued for longer than is allowed, nor with more than that left. */
function isShortLived(claims: JsonObject, { maxLifetime }: JudgedRule, seconds: number): boolean {
  if (maxLifetime === undefined) return true;
  const limit = 3600 * Number.parseInt(maxLifetime, 10);
  const [exp, iat] = [claims.get("exp"), claims.get("iat")];
  if (typeof exp !== "number" || seconds < exp - limit - CLOCK_SKEW) return false;
  return typeof iat !== "number" || exp - iat <= limit;
}

function hasDemandedClaims(claims: JsonObject, { subjects, requiredClaims = [] }: JudgedRule): boolean {
  const subject = claims.get("sub");
  const fits = ({ prefix }: { prefix: string }) => typeof subject === "string" && subject.startsWith(prefix);
  if (subjects?.some(fits) === false) return false;
  return requiredClaims.every(({ claim, values }) => {
    const value = claims.get(claim);
    if (values === undefined) return value !== undefined && value !== null;
    return (Array.isArray(value) ? value : [value]).some((one) => typeof one === "string" && values.includes(one));
  });
}

/** RFC 9864 §2.2: `EdDSA` was the name of what is `Ed25519` now. */
function isSame(one: string, other: string): boolean {
  const canonical = (alg: string) => (alg === "EdDSA" ? "Ed25519" : alg);
  return canonical(one) === canonical(other);
}

/** Keys that are tried for one token at most. */
const MAX_CANDIDATES = 16;

/** Keys that may have signed it: those with its `kid`; when none has it, those without any; all, when it has none. */
function candidates(keys: readonly JudgedKey[], { alg, kid }: Jws): JudgedKey[] {
  const fitting = keys.filter((key) => key.algorithms.includes(alg) && (key.alg === undefined || isSame(key.alg, alg)));
  if (kid === undefined) return fitting;
  const named = fitting.filter((key) => key.kid === kid);
  return named.length > 0 ? named : fitting.filter((key) => key.kid === undefined);
}

async function isSigned(jws: Jws, key: JudgedKey): Promise<boolean> {
  const verdict = verifies(jws, key);
  const { token, alg } = jws;
  const second = await importJWK(key.jwk, alg)
    .then((imported) => compactVerify(token, imported, { algorithms: [alg] }))
    .then(() => true)
    .catch(() => false);
  if (second !== verdict) {
    throw new JudgesDisagree(`node:crypto says ${verdict}, jose ${second}: ${token} by ${JSON.stringify(key.jwk)}`);
  }
  return verdict;
}

function verifies({ alg, parts, signature }: Jws, { key, jwk }: JudgedKey): boolean {
  const input = Buffer.from(`${parts[0]}.${parts[1]}`);
  const bits = Number(alg.slice(2));
  switch (alg.slice(0, 2)) {
    case "HS":
      return createHmac(`sha${bits}`, key).update(input).digest().equals(signature);
    case "RS":
      return hasLengthOf(jwk["n"], signature) && verify(`sha${bits}`, input, key, signature);
    case "PS": {
      const padding = constants.RSA_PKCS1_PSS_PADDING;
      return (
        hasLengthOf(jwk["n"], signature) &&
        verify(`sha${bits}`, input, { key, padding, saltLength: bits / 8 }, signature)
      );
    }
    case "ES":
      return verify(`sha${bits}`, input, { key, dsaEncoding: "ieee-p1363" }, signature);
    default:
      return signature.length === 64 && verify(null, input, key, signature);
  }
}

/** RFC 8017 §8.1.2 and §8.2.2, step 1 */
function hasLengthOf(modulus: string | undefined, signature: Buffer): boolean {
  return decodeBase64url(modulus ?? "")?.length === signature.length;
}

/** What a claim is as a header: nothing that could break out of it, or that the next reader would trim. */
function headerValue(claim: Json | undefined): string | undefined {
  if (typeof claim !== "string" || claim === "" || Array.from(claim).some(isControl)) return undefined;
  return /^[ \t]|[ \t]$/.test(claim) ? undefined : Buffer.from(claim).toString("latin1");
}

/** RFC 9110 §5.5: a tab is none. */
function isControl(letter: string): boolean {
  return letter !== "\t" && (letter < " " || letter === "\u007f");
}
