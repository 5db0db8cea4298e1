/**
 * What our readers must come to, said a second time with Node's means: `JSON.parse`, `Buffer`, `BigInt`. It shares nothing
 * with the readers, and knows only whether something is accepted and what it holds, not why not.
 */
import { createPublicKey } from "node:crypto";

const ALGORITHMS: Record<string, { kty: string; crv?: string }> = {
  RS256: { kty: "RSA" },
  RS384: { kty: "RSA" },
  RS512: { kty: "RSA" },
  ES256: { kty: "EC", crv: "P-256" },
  ES384: { kty: "EC", crv: "P-384" },
  ES512: { kty: "EC", crv: "P-521" },
  PS256: { kty: "RSA" },
  PS384: { kty: "RSA" },
  PS512: { kty: "RSA" },
  EdDSA: { kty: "OKP", crv: "Ed25519" },
  Ed25519: { kty: "OKP", crv: "Ed25519" },
  HS256: { kty: "oct" },
  HS384: { kty: "oct" },
  HS512: { kty: "oct" },
};

const COORDINATES: Record<string, number> = { "P-256": 32, "P-384": 48, "P-521": 66 };

const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth"];

const MAX_DEPTH = 32;

type Json = Record<string, unknown>;

/** The bytes that base64url stands for; null unless it is the only way to write them. */
export function decode(text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : null;
}

/** The object that a JSON text is; null when it is none, or not one that two readers take alike. */
export function parseObject(bytes: Uint8Array): Json | null {
  const object = parseLoosely(bytes);
  return object !== null && hasDistinctMembers(new TextDecoder().decode(bytes)) ? object : null;
}

/** The object that a JSON text is, whatever comes twice or lies deep in it; null when it is none. */
export function parseLoosely(bytes: Uint8Array): Json | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text, (name, member: unknown) => {
      if (!name.isWellFormed() || (typeof member === "string" && !member.isWellFormed())) throw new Error("surrogate");
      return member;
    });
    return typeof value === "object" && !Array.isArray(value) ? (value as Json | null) : null;
  } catch {
    return null;
  }
}

/** Whether no object in a JSON text has a member twice, and none is too deep. */
function hasDistinctMembers(json: string): boolean {
  const open: Set<string>[] = [];
  // Outside of strings only these matter; a string is a name when a colon follows.
  for (const [token, string] of json.matchAll(/("(?:[^"\\]|\\.)*")\s*:?|[{}[\]]/gs)) {
    if (string !== undefined) {
      if (!token.endsWith(":")) continue;
      const name = JSON.parse(string) as string;
      if (open.at(-1)?.has(name)) return false;
      open.at(-1)?.add(name);
    } else if (token === "{" || token === "[") {
      if (open.push(new Set()) > MAX_DEPTH) return false;
    } else {
      open.pop();
    }
  }
  return true;
}

/** Header, payload and signature of an acceptable token; null when it must be refused. */
export function parseToken(token: string): { header: Json; payload: Buffer; signature: Buffer } | null {
  const parts = token.split(".");
  if (parts.length !== 3 || parts.includes("")) return null;
  const [head, payload, signature] = parts.map(decode);
  const header = head ? parseObject(head) : null;
  if (!header || !payload || !signature) return null;
  if (typeof header["alg"] !== "string" || !Object.hasOwn(ALGORITHMS, header["alg"])) return null;
  if ("kid" in header && typeof header["kid"] !== "string") return null;
  if ("crit" in header || ("b64" in header && header["b64"] !== true)) return null;
  return { header, payload, signature };
}

/** The claims of an acceptable payload; null when it must be refused. */
export function parseClaims(payload: Uint8Array): Json | null {
  const claims = parseObject(payload);
  if (claims === null) return null;
  const is = (name: string, right: (value: unknown) => boolean) => !Object.hasOwn(claims, name) || right(claims[name]);
  const string = (value: unknown) => typeof value === "string";
  const date = (value: unknown) => typeof value === "number" && value >= 0 && value < 2 ** 64;
  const right =
    ["iss", "sub", "jti"].every((name) => is(name, string)) &&
    ["exp", "nbf", "iat"].every((name) => is(name, date)) &&
    is("aud", (value) => string(value) || (Array.isArray(value) && value.every(string)));
  return right ? claims : null;
}

/** Whether a key of a set may be used. */
export function isUsable(key: unknown): boolean {
  if (typeof key !== "object" || key === null || Array.isArray(key)) return false;
  const jwk = key as Json;
  const names = ["kty", "use", "alg", "kid", "crv", "n", "e", "x", "y", "k"];
  if (names.some((name) => Object.hasOwn(jwk, name) && typeof jwk[name] !== "string")) return false;
  if (PRIVATE_MEMBERS.some((name) => Object.hasOwn(jwk, name)) || ("use" in jwk && jwk["use"] !== "sig")) return false;
  if (Object.hasOwn(jwk, "key_ops")) {
    const operations = jwk["key_ops"];
    if (!Array.isArray(operations) || operations.some((operation) => typeof operation !== "string")) return false;
    if (operations.filter((operation) => operation === "verify").length !== 1) return false;
  }
  const alg = jwk["alg"] as string | undefined;
  const needed = alg === undefined ? undefined : Object.hasOwn(ALGORITHMS, alg) ? ALGORITHMS[alg] : { kty: "none" };
  if (needed !== undefined && (needed.kty !== jwk["kty"] || (needed.crv !== undefined && needed.crv !== jwk["crv"]))) {
    return false;
  }
  switch (jwk["kty"]) {
    case "RSA":
      return isRsaKey(jwk);
    case "EC":
      return isEcKey(jwk);
    case "OKP":
      return jwk["crv"] === "Ed25519" && isEd25519Key(jwk["x"]);
    default:
      return jwk["kty"] === "oct" && isSecret(jwk["k"], alg);
  }
}

function isRsaKey(jwk: Json): boolean {
  const [n, e] = [number(jwk["n"]), number(jwk["e"])];
  if (n === null || e === null || n % 2n === 0n || e % 2n === 0n) return false;
  const bits = n.toString(2).length;
  return bits >= 2048 && bits <= 16384 && e >= 3n && e < 2n ** 33n;
}

/** The number that base64url stands for; null when it has a leading zero octet or is malformed. */
function number(value: unknown): bigint | null {
  const bytes = typeof value === "string" ? decode(value) : null;
  if (bytes === null || bytes.length === 0 || bytes[0] === 0) return null;
  return BigInt(`0x${bytes.toString("hex")}`);
}

function isEcKey(jwk: Json): boolean {
  const crv = jwk["crv"];
  const length = typeof crv === "string" && Object.hasOwn(COORDINATES, crv) ? COORDINATES[crv] : undefined;
  const octets = [jwk["x"], jwk["y"]].map((value) => (typeof value === "string" ? decode(value) : null));
  if (length === undefined || !octets.every((coordinate) => coordinate?.length === length)) return false;
  try {
    // OpenSSL refuses points that are not on the curve.
    createPublicKey({ key: { kty: "EC", crv: String(crv), x: String(jwk["x"]), y: String(jwk["y"]) }, format: "jwk" });
    return true;
  } catch {
    return false;
  }
}

const P25519 = 2n ** 255n - 19n;
const D25519 = modulo(-121665n * power(121666n, P25519 - 2n));

/** Whether 32 octets are the one encoding of a point that does not lie in the small subgroup (RFC 8032 §5.1.3). */
function isEd25519Key(value: unknown): boolean {
  const octets = typeof value === "string" ? decode(value) : null;
  if (octets?.length !== 32) return false;
  const encoded = BigInt(`0x${Buffer.from(octets).reverse().toString("hex")}`);
  const sign = encoded >> 255n;
  const y = encoded & (2n ** 255n - 1n);
  if (y >= P25519) return false;
  const square = modulo((y * y - 1n) * power(D25519 * y * y + 1n, P25519 - 2n));
  if (square !== 0n && power(square, (P25519 - 1n) / 2n) !== 1n) return false;
  if (square === 0n && sign === 1n) return false;
  // Eight times the point: the neutral element (y = 1) if it lies in the subgroup of order 8. Of the sum of a point with
  // itself both coordinates follow from x² and y² alone, up to the sign of x.
  let [x2, y2] = [square, modulo(y * y)];
  for (let i = 0; i < 3; i++) {
    const dxxyy = modulo(D25519 * x2 * y2);
    const sum = modulo((y2 + x2) * power(1n - dxxyy, P25519 - 2n));
    const product = modulo(4n * x2 * y2 * power((1n + dxxyy) ** 2n, P25519 - 2n));
    [x2, y2] = [product, modulo(sum * sum)];
  }
  return !(x2 === 0n && y2 === 1n);
}

function modulo(value: bigint): bigint {
  return ((value % P25519) + P25519) % P25519;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let b = ((base % P25519) + P25519) % P25519; exponent > 0n; exponent >>= 1n, b = (b * b) % P25519) {
    if (exponent & 1n) result = (result * b) % P25519;
  }
  return result;
}

/** HMAC secrets are at least as long as the hash (RFC 7518 §3.2). */
function isSecret(value: unknown, alg: string | undefined): boolean {
  const length = typeof value === "string" ? (decode(value)?.length ?? 0) : 0;
  return length >= Number((alg ?? "HS256").slice(2)) / 8;
}
