/** What is measured: one signature, or one message to be hashed, for each algorithm and key size. */
import {
  constants,
  createHmac,
  createSecretKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from "node:crypto";

/** Octets of a usual signing input: a small header, and the claims that identity providers issue. */
const SIGNING_INPUT = 300;
const HASHED = 16 * 1024;

const RSA_SIZES = [2048, 3072, 4096];

export type Algorithm = "RS256" | "PS256" | "ES256" | "ES384" | "ES512" | "EdDSA" | "HS256" | "HS384" | "HS512";

export interface SignatureCase {
  kind: "signature";
  /** Unique, such as `RS256-2048`. */
  name: string;
  title: string;
  algorithm: Algorithm;
  hash: "sha256" | "sha384" | "sha512";
  /** What `openssl speed` calls it; undefined: it does not measure that. */
  opensslName: string | undefined;
  /** A public key, or a secret. */
  key: KeyObject;
  message: Buffer;
  /** As in a JWS: r and s of ECDSA one after the other. */
  signature: Buffer;
}

export interface DigestCase {
  kind: "digest";
  name: string;
  title: string;
  bits: 256 | 512;
  opensslName: string;
  message: Buffer;
}

export type Case = SignatureCase | DigestCase;

/** Megabytes that an operation of the case works through; undefined: operations are counted. */
export function megabytes(one: Case): number | undefined {
  return one.kind === "digest" ? one.message.length / 1e6 : undefined;
}

/** The cases whose name matches, with new keys. */
export function makeCases(only = /./): Case[] {
  return RECIPES.filter(([name]) => only.test(name)).map(([name, make]) => make(name));
}

type Recipe = [name: string, make: (name: string) => Case];

const RECIPES: readonly Recipe[] = [
  ...RSA_SIZES.map((bits): Recipe => [`RS256-${bits}`, (name) => rsaCase(name, "RS256", bits)]),
  ...RSA_SIZES.map((bits): Recipe => [`PS256-${bits}`, (name) => rsaCase(name, "PS256", bits)]),
  ["ES256", () => ecdsaCase("ES256", "P-256", "sha256", "ecdsap256")],
  ["ES384", () => ecdsaCase("ES384", "P-384", "sha384", "ecdsap384")],
  ["ES512", () => ecdsaCase("ES512", "P-521", "sha512", "ecdsap521")],
  ["EdDSA", ed25519Case],
  ["HS256", () => hmacCase("HS256", "sha256")],
  ["HS384", () => hmacCase("HS384", "sha384")],
  ["HS512", () => hmacCase("HS512", "sha512")],
  ["SHA-256", (name) => digestCase(name, 256)],
  ["SHA-512", (name) => digestCase(name, 512)],
];

function rsaCase(name: string, algorithm: "RS256" | "PS256", bits: number): SignatureCase {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: bits });
  const message = randomBytes(SIGNING_INPUT);
  const signature = sign("sha256", message, { key: privateKey, ...paddingOf(algorithm) });
  const title = `${algorithm}, ${bits} bits`;
  const opensslName = `rsa${bits}`;
  return { kind: "signature", name, title, algorithm, hash: "sha256", opensslName, key: publicKey, message, signature };
}

/** The padding of an RSA algorithm, for node:crypto. */
export function paddingOf(algorithm: Algorithm): { padding?: number; saltLength?: number } {
  if (algorithm !== "PS256") return {};
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}

function ecdsaCase(
  algorithm: Algorithm,
  namedCurve: string,
  hash: SignatureCase["hash"],
  opensslName: string,
): SignatureCase {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve });
  const message = randomBytes(SIGNING_INPUT);
  const signature = sign(hash, message, { key: privateKey, dsaEncoding: "ieee-p1363" });
  const title = `${algorithm}, ${namedCurve}`;
  return {
    kind: "signature",
    name: algorithm,
    title,
    algorithm,
    hash,
    opensslName,
    key: publicKey,
    message,
    signature,
  };
}

function ed25519Case(name: string): SignatureCase {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const message = randomBytes(SIGNING_INPUT);
  return {
    kind: "signature",
    name,
    title: "EdDSA, Ed25519",
    algorithm: "EdDSA",
    hash: "sha512",
    opensslName: "ed25519",
    key: publicKey,
    message,
    signature: sign(null, message, privateKey),
  };
}

function hmacCase(algorithm: Algorithm, hash: SignatureCase["hash"]): SignatureCase {
  const secret = randomBytes(64);
  const message = randomBytes(SIGNING_INPUT);
  return {
    kind: "signature",
    name: algorithm,
    title: algorithm,
    algorithm,
    hash,
    // Its figure for HMAC is of another kind: it begins no new message for each block.
    opensslName: undefined,
    key: createSecretKey(secret),
    message,
    signature: createHmac(hash, secret).update(message).digest(),
  };
}

function digestCase(name: string, bits: DigestCase["bits"]): DigestCase {
  const opensslName = `sha${bits}`;
  return {
    kind: "digest",
    name,
    title: `SHA-${bits}, 16 KiB, MB/s`,
    bits,
    opensslName,
    message: randomBytes(HASHED),
  };
}
