/**
 * What our readers must come to, said a second time with Node's means: `JSON.parse`, `Buffer`, `BigInt`. It shares nothing
 * with the readers, and knows only whether something is accepted and what it holds, not why not.
 */

const ALGORITHMS: Record<string, { kty: string; crv?: string }> = {
  RS256: { kty: "RSA" },
  RS384: { kty: "RSA" },
  RS512: { kty: "RSA" },
  ES256: { kty: "EC", crv: "P-256" },
  ES384: { kty: "EC", crv: "P-384" },
  ES512: { kty: "EC", crv: "P-521" },
};

const COORDINATES: Record<string, number> = { "P-256": 32, "P-384": 48, "P-521": 66 };

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
  const names = ["kty", "use", "alg", "kid", "crv", "n", "e", "x", "y"];
  if (names.some((name) => Object.hasOwn(jwk, name) && typeof jwk[name] !== "string")) return false;
  if (Object.hasOwn(jwk, "d") || ("use" in jwk && jwk["use"] !== "sig")) return false;
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
  return jwk["kty"] === "RSA" ? isRsaKey(jwk) : jwk["kty"] === "EC" && isEcKey(jwk);
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
  return (
    length !== undefined &&
    [jwk["x"], jwk["y"]].every((value) => typeof value === "string" && decode(value)?.length === length)
  );
}

/** The Ecdsa-Sig-Value of raw r and s. */
export function derSignature(raw: Uint8Array): Buffer {
  const half = raw.length / 2;
  return der(0x30, Buffer.concat([derInteger(raw.subarray(0, half)), derInteger(raw.subarray(half))]));
}

function derInteger(octets: Uint8Array): Buffer {
  const hex = BigInt(`0x${Buffer.from(octets).toString("hex")}`).toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return der(0x02, Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, "hex"));
}

function der(tag: number, contents: Buffer): Buffer {
  const length = contents.length < 0x80 ? [contents.length] : [0x81, contents.length];
  return Buffer.concat([Buffer.from([tag, ...length]), contents]);
}
