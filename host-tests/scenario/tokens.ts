/**
 * Makes the keys, key sets and tokens that scenarios describe. It shares nothing with the code under test: signatures
 * come from Node's OpenSSL.
 *
 * A key's JWK carries the public members (RFC 7518 §6), `alg`, and `kid` when the description names one; `oct` keys carry
 * the secret itself, as a verifier of HMAC needs it.
 */
import {
  constants,
  createHmac,
  createSecretKey,
  generateKeyPairSync,
  randomBytes,
  sign as signWith,
  type KeyObject,
} from "node:crypto";
import type { KeyDescription, SignatureAlgorithm, TokenDescription, TokenMutation } from "./format.ts";
import { inForm } from "./signature-forms.ts";
import { isMoment, numericDate } from "./time.ts";

/** A JWK (RFC 7517). */
export type Jwk = Record<string, unknown>;

/** A described key, made. */
export interface ScenarioKey {
  alg: SignatureAlgorithm;
  kid: string | undefined;
  /** What signs: a private key, or an HMAC secret. */
  signer: KeyObject;
  /** What a key set holds. */
  jwk: Jwk;
}

const DEFAULT_MODULUS_LENGTH = 2048;
const CURVES: Partial<Record<SignatureAlgorithm, string>> = { ES256: "P-256", ES384: "P-384", ES512: "P-521" };

/** Making an RSA key takes a tenth of a second and more, so a process makes each only once. */
const pairs = new Map<string, { signer: KeyObject; publicJwk: Jwk }>();

/**
 * Makes the keys of a scenario. Descriptions that look alike get different keys; the same description in another
 * scenario may get the same key again.
 */
export function makeKeys(descriptions: Record<string, KeyDescription>): Map<string, ScenarioKey> {
  const seen = new Map<string, number>();
  const keys = new Map<string, ScenarioKey>();
  for (const [name, description] of Object.entries(descriptions)) {
    const { alg, modulusLength = DEFAULT_MODULUS_LENGTH, secretLength = "" } = description;
    const kind = `${alg}/${modulusLength}/${secretLength}`;
    const ordinal = seen.get(kind) ?? 0;
    seen.set(kind, ordinal + 1);
    keys.set(name, makeKey(description, `${kind}/${ordinal}`));
  }
  return keys;
}

function makeKey(description: KeyDescription, cacheKey: string): ScenarioKey {
  let pair = pairs.get(cacheKey);
  if (pair === undefined) pairs.set(cacheKey, (pair = generate(description)));
  const { alg, kid } = description;
  const jwk: Jwk = { ...pair.publicJwk, alg, ...(kid === undefined ? {} : { kid }), ...description.jwk };
  return { alg, kid, signer: pair.signer, jwk: withoutNulls(jwk) };
}

function generate(description: KeyDescription): { signer: KeyObject; publicJwk: Jwk } {
  const { alg } = description;
  if (alg.startsWith("HS")) {
    const signer = createSecretKey(randomBytes(description.secretLength ?? Number(alg.slice(2)) / 8));
    return { signer, publicJwk: { ...signer.export({ format: "jwk" }) } };
  }
  const { privateKey, publicKey } = generatePair(description);
  return { signer: privateKey, publicJwk: { ...publicKey.export({ format: "jwk" }) } };
}

function generatePair({ alg, modulusLength = DEFAULT_MODULUS_LENGTH }: KeyDescription) {
  const namedCurve = CURVES[alg];
  if (namedCurve !== undefined) return generateKeyPairSync("ec", { namedCurve });
  if (alg === "EdDSA" || alg === "Ed25519") return generateKeyPairSync("ed25519");
  return generateKeyPairSync("rsa", { modulusLength });
}

/**
 * Makes a described token: a compact JWS (RFC 7515 §7.1), mutated as described.
 *
 * @param now  milliseconds since the epoch, for the Moments among the claims
 */
export function makeToken(description: TokenDescription, keys: ReadonlyMap<string, ScenarioKey>, now: number): string {
  const key = keys.get(description.key);
  if (key === undefined)
    throw new Error(`no key ${JSON.stringify(description.key)}; there are: ${[...keys.keys()].join(", ")}`);
  const alg = description.alg ?? key.alg;
  const header = description.headerText ?? JSON.stringify(joseHeader(alg, key.kid, description.header));
  const payload = description.payload ?? JSON.stringify(withNumericDates(description.claims ?? {}, now));
  const signingInput = `${base64url(header)}.${base64url(payload)}`;
  const token = `${signingInput}.${signature(alg, key, signingInput, description.saltLength).toString("base64url")}`;
  return (description.mutate ?? []).reduce((text, mutation) => mutate(text, mutation, alg, now), token);
}

function joseHeader(alg: string, kid: string | undefined, more: Record<string, unknown> = {}): Record<string, unknown> {
  return withoutNulls({ alg, ...(kid === undefined ? {} : { kid }), ...more });
}

/** Signs as RFC 7518 §3 says: ECDSA as r‖s, PSS with a salt as long as the hash unless another length is asked for. */
function signature(
  alg: SignatureAlgorithm,
  { signer }: ScenarioKey,
  signingInput: string,
  saltLength: number = constants.RSA_PSS_SALTLEN_DIGEST,
): Buffer {
  const hash = `sha${alg.slice(2)}`;
  const data = Buffer.from(signingInput);
  switch (alg.slice(0, 2)) {
    case "HS":
      return createHmac(hash, signer).update(data).digest();
    case "ES":
      return signWith(hash, data, { key: signer, dsaEncoding: "ieee-p1363" });
    case "PS":
      return signWith(hash, data, {
        key: signer,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength,
      });
    case "RS":
      return signWith(hash, data, signer);
    default:
      return signWith(null, data, signer);
  }
}

function mutate(token: string, mutation: TokenMutation, alg: SignatureAlgorithm, now: number): string {
  const [header = "", payload = "", signature = ""] = token.split(".");
  if ("tamper" in mutation) return `${header}.${payload}.${withFirstBitFlipped(signature)}`;
  if ("signature" in mutation) {
    const changed = inForm(Buffer.from(signature, "base64url"), mutation.signature, alg);
    return `${header}.${payload}.${changed.toString("base64url")}`;
  }
  if ("claims" in mutation) {
    return `${header}.${base64url(JSON.stringify(withNumericDates(mutation.claims, now)))}.${signature}`;
  }
  if ("join" in mutation) return mutation.join.map((part) => partOf(part, { header, payload, signature })).join(".");
  if ("append" in mutation) return token + mutation.append;
  if ("prepend" in mutation) return mutation.prepend + token;
  if ("truncate" in mutation) return token.slice(0, mutation.truncate);
  const [search, replacement] = mutation.replace;
  if (!token.includes(search)) throw new Error(`mutate.replace: the token does not contain ${JSON.stringify(search)}`);
  return token.replace(search, () => replacement);
}

function withFirstBitFlipped(signature: string): string {
  const bytes = Buffer.from(signature, "base64url");
  bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
  return bytes.toString("base64url");
}

function partOf(part: string, parts: Record<string, string>): string {
  if (part.startsWith("=")) return part.slice(1);
  const value = parts[part];
  if (value === undefined) throw new Error(`mutate.join: ${JSON.stringify(part)} is neither a part nor "=text"`);
  return value;
}

/** Replaces every Moment by NumericDate seconds, at any depth. */
export function withNumericDates(value: unknown, now: number): unknown {
  if (typeof value === "string") return isMoment(value) ? numericDate(value, now) : value;
  if (Array.isArray(value)) return value.map((item) => withNumericDates(item, now));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withNumericDates(item, now)]));
}

function withoutNulls(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}

function base64url(text: string): string {
  return Buffer.from(text).toString("base64url");
}
