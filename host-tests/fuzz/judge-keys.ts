/** Which keys of a JWK set may be used, and for what: the rules that docs/jwt-auth.md gives, with Node's means. */
import { createPublicKey, createSecretKey, type KeyObject } from "node:crypto";
import { CURVES } from "../crypto/ecdsa-model.ts";
import { decodeBase64url, readJson, JsonObject, type Json } from "./judge-json.ts";
import { modulo, power, toNumber } from "./numbers.ts";

export interface JudgedKey {
  /** Where it stands in the set, from 0. */
  index: number;
  kid: string | undefined;
  /** The only algorithm that it is for; undefined: all that fit. */
  alg: string | undefined;
  algorithms: readonly string[];
  key: KeyObject;
  /** The members that make up the key (RFC 7638 §3.2), for other libraries. */
  jwk: Record<string, string>;
}

const MAX_SIZE = 1024 * 1024;
const MAX_KEYS = 100;

const RSA_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];
const ED_ALGORITHMS = ["EdDSA", "Ed25519"];
const HMAC_ALGORITHMS = ["HS256", "HS384", "HS512"];
const EC_ALGORITHMS: Record<string, string> = { "P-256": "ES256", "P-384": "ES384", "P-521": "ES512" };
const STRINGS = ["kty", "use", "alg", "kid", "crv", "n", "e", "x", "y", "k"];
/** Who has one of these has the private key. */
const PRIVATE = ["d", "p", "q", "dp", "dq", "qi", "oth"];

/** The usable keys of a set, in order; none: the set is refused. */
export function judgeKeySet(bytes: Uint8Array): JudgedKey[] {
  if (bytes.length > MAX_SIZE) return [];
  const set = readJson(bytes);
  if (!(set instanceof JsonObject)) return [];
  const members = set.get("keys");
  if (!Array.isArray(members) || members.length > MAX_KEYS) return [];
  // What comes twice in a key spoils the key; elsewhere it spoils the set.
  if (set.repeated && !isRepeatedInKeysOnly(set, bytes)) return [];
  return members.flatMap((member, index) => judgeKey(member, index) ?? []);
}

function isRepeatedInKeysOnly(set: JsonObject, bytes: Uint8Array): boolean {
  const others = [...set].filter(([name]) => name !== "keys").map(([, value]) => value);
  if (others.some((value) => isRepeated(value))) return false;
  // The set's own names: one more than the map has, when one came twice.
  return countMembers(bytes) === set.size;
}

function isRepeated(value: Json): boolean {
  return value instanceof JsonObject ? value.repeated : Array.isArray(value) && value.some(isRepeated);
}

/** Members of the outermost object of a text that is JSON. */
function countMembers(bytes: Uint8Array): number {
  const text = Buffer.from(bytes).toString("utf8");
  let depth = 0;
  let names = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"\s*:?|[{}[\]]/gs)) {
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
    else if (depth === 1 && token.endsWith(":")) names++;
  }
  return names;
}

function judgeKey(member: Json, index: number): JudgedKey | undefined {
  if (!(member instanceof JsonObject) || member.repeated) return undefined;
  const text = (name: string) => member.get(name) as string | undefined;
  if (STRINGS.some((name) => member.has(name) && typeof member.get(name) !== "string")) return undefined;
  if (PRIVATE.some((name) => member.has(name)) || (text("use") ?? "sig") !== "sig" || !mayVerify(member.get("key_ops")))
    return undefined;
  const parts = keyParts(text);
  if (parts === undefined) return undefined;
  const alg = text("alg");
  if (alg !== undefined && !parts.algorithms.includes(alg)) return undefined;
  return { index, kid: text("kid"), alg, ...parts };
}

/** RFC 7517 §4.3; a value twice is an error by its own words. */
function mayVerify(operations: Json | undefined): boolean {
  if (operations === undefined) return true;
  if (!Array.isArray(operations) || operations.some((operation) => typeof operation !== "string")) return false;
  return operations.filter((operation) => operation === "verify").length === 1;
}

type Parts = Pick<JudgedKey, "algorithms" | "key" | "jwk">;

function keyParts(text: (name: string) => string | undefined): Parts | undefined {
  const jwk = (...names: string[]) => Object.fromEntries(["kty", ...names].map((name) => [name, text(name) ?? ""]));
  const octets = (name: string) => decodeBase64url(text(name) ?? " ");
  switch (text("kty")) {
    case "RSA":
      return isRsa(octets("n"), octets("e")) ? asymmetric(jwk("n", "e"), RSA_ALGORITHMS) : undefined;
    case "EC": {
      const alg = Object.hasOwn(EC_ALGORITHMS, text("crv") ?? "") ? EC_ALGORITHMS[text("crv") ?? ""] : undefined;
      if (alg === undefined || !isOnCurve(text("crv") ?? "", octets("x"), octets("y"))) return undefined;
      return asymmetric(jwk("crv", "x", "y"), [alg]);
    }
    case "OKP":
      if (text("crv") !== "Ed25519" || !isSoundEd25519(octets("x"))) return undefined;
      return asymmetric(jwk("crv", "x"), ED_ALGORITHMS);
    case "oct": {
      const secret = octets("k") ?? Buffer.alloc(0);
      const algorithms = HMAC_ALGORITHMS.filter((alg) => 8 * secret.length >= Number(alg.slice(2)));
      return algorithms.length === 0 ? undefined : { key: createSecretKey(secret), algorithms, jwk: jwk("k") };
    }
    default:
      return undefined;
  }
}

function asymmetric(jwk: Record<string, string>, algorithms: readonly string[]): Parts | undefined {
  try {
    return { key: createPublicKey({ key: jwk, format: "jwk" }), algorithms, jwk };
  } catch {
    return undefined;
  }
}

/** RFC 7518 §3.3 and §6.3.1, with BoringSSL's limits. */
function isRsa(n: Buffer | undefined, e: Buffer | undefined): boolean {
  if (n === undefined || e === undefined || n[0] === 0 || e[0] === 0 || n.length === 0 || e.length === 0) return false;
  const [modulus, exponent] = [toNumber(n), toNumber(e)];
  const bits = modulus.toString(2).length;
  if (bits < 2048 || bits > 16384 || modulus % 2n === 0n) return false;
  return exponent % 2n === 1n && exponent >= 3n && exponent < 1n << 33n;
}

/** RFC 7518 §6.2.1.2, and a point of the curve. */
function isOnCurve(crv: string, x: Buffer | undefined, y: Buffer | undefined): boolean {
  const curve = CURVES.find(({ name }) => name === crv);
  if (curve === undefined || x?.length !== curve.octets || y?.length !== curve.octets) return false;
  const [u, v] = [toNumber(x), toNumber(y)];
  return u < curve.p && v < curve.p && curve.isOnCurve(u, v);
}

const EDWARDS_P = 2n ** 255n - 19n;
const EDWARDS_D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
/** The y of the points whose order is 8; those of the smaller orders are 0, 1 and -1. */
const ORDER_EIGHT = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
const SMALL_ORDER = [0n, 1n, EDWARDS_P - 1n, ORDER_EIGHT, EDWARDS_P - ORDER_EIGHT];

/** RFC 8032 §5.1.3; and not of small order, where one signature serves for many messages. */
function isSoundEd25519(encoded: Buffer | undefined): boolean {
  if (encoded?.length !== 32) return false;
  const y = toNumber(Buffer.from(encoded).reverse()) & ((1n << 255n) - 1n);
  if (y >= EDWARDS_P || SMALL_ORDER.includes(y)) return false;
  const [numerator, denominator] = [y * y - 1n, EDWARDS_D * y * y + 1n];
  // A quotient is a square when the product is.
  return power(modulo(numerator * denominator, EDWARDS_P), (EDWARDS_P - 1n) / 2n, EDWARDS_P) === 1n;
}
