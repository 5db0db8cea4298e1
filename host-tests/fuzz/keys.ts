/** The fuzzer's keys: all that the seed makes, so that a run can be repeated byte by byte. */
import { createECDH, createPrivateKey, createPublicKey } from "node:crypto";
import { CURVES } from "../crypto/ecdsa-model.ts";
import type { Jwk } from "../scenario/tokens.ts";
import { inverse, isCoprime, modulo, randomPrime, toNumber, toOctets } from "./numbers.ts";
import { Random } from "./random.ts";
import { EcSigner, EdSigner, HmacSigner, RsaSigner, type Signer } from "./signers.ts";

export interface FuzzKey {
  name: string;
  /** What a key set has of it, without `kid` and `alg`. */
  jwk: Readonly<Record<string, string>>;
  /** Algorithms that it is good for. */
  algorithms: readonly string[];
  signer: Signer;
}

/** What OpenSSL calls the curves. */
const OPENSSL_NAMES: Record<string, string> = { "P-256": "prime256v1", "P-384": "secp384r1", "P-521": "secp521r1" };

const RSA_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];
const HMAC_ALGORITHMS = ["HS256", "HS384", "HS512"];

/**
 * RSA of an ordinary size; with the least exponent; with a size where the encoded message of PSS is one octet shorter than
 * the modulus; and one that is too short.
 */
const RSA_KEYS = {
  rsa: [2048, 65537n],
  "rsa-e3": [2048, 3n],
  "rsa-2049": [2049, 17n],
  "rsa-1024": [1024, 65537n],
} as const;

/** The keys of a run. Nobody configures those whose name begins with `foreign`. */
export function makeFuzzKeys(seed: number): Map<string, FuzzKey> {
  const random = new Random(seed);
  const keys = [
    ...Object.entries(RSA_KEYS).map(([name, [bits, e]]) => rsaKey(name, bits, e, random)),
    ecKey("p256", "P-256", "ES256", random),
    ecKey("p256-other", "P-256", "ES256", random),
    ecKey("p384", "P-384", "ES384", random),
    ecKey("p521", "P-521", "ES512", random),
    edKey("ed", random),
    edKey("ed-other", random),
    octKey("oct-64", 64, HMAC_ALGORITHMS, random),
    octKey("oct-32", 32, ["HS256"], random),
    octKey("oct-200", 200, HMAC_ALGORITHMS, random),
    octKey("oct-31", 31, [], random),
    ecKey("foreign-p256", "P-256", "ES256", random),
    edKey("foreign-ed", random),
    octKey("foreign-oct", 64, HMAC_ALGORITHMS, random),
  ];
  return new Map(keys.map((key) => [key.name, key]));
}

function rsaKey(name: string, bits: number, e: bigint, random: Random): FuzzKey {
  const prime = (size: number): bigint => {
    for (;;) {
      const found = randomPrime(size, random);
      if (isCoprime(found - 1n, e)) return found;
    }
  };
  const [p, q] = [prime(Math.ceil(bits / 2)), prime(Math.floor(bits / 2))];
  const n = p * q;
  const d = inverse(e, (p - 1n) * (q - 1n));
  const numbers = { n, e, d, p, q, dp: modulo(d, p - 1n), dq: modulo(d, q - 1n), qi: inverse(q, p) };
  const members = Object.fromEntries(Object.entries(numbers).map(([member, value]) => [member, base64url(value)]));
  const jwk = { kty: "RSA", n: base64url(n), e: base64url(e) };
  const algorithms = bits >= 2048 ? RSA_ALGORITHMS : [];
  return { name, jwk, algorithms, signer: new RsaSigner({ kty: "RSA", ...members }, n, bits) };
}

function ecKey(name: string, crv: string, alg: string, random: Random): FuzzKey {
  const curve = CURVES.find(({ name }) => name === crv);
  const opensslName = OPENSSL_NAMES[crv];
  if (curve === undefined || opensslName === undefined) throw new Error(`no curve ${crv}`);
  const { n, octets: length } = curve;
  const d = modulo(toNumber(random.bytes(length)), n - 1n) + 1n;
  const ecdh = createECDH(opensslName);
  ecdh.setPrivateKey(toOctets(d, length));
  const point = ecdh.getPublicKey();
  const [x, y] = [point.subarray(1, 1 + length), point.subarray(1 + length)].map((octets) =>
    octets.toString("base64url"),
  );
  const jwk = { kty: "EC", crv, x: x ?? "", y: y ?? "" };
  return { name, jwk, algorithms: [alg], signer: new EcSigner({ name: opensslName, n, length }, d) };
}

/** PKCS #8 of an Ed25519 seed (RFC 8410 §7). */
const ED25519_PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

function edKey(name: string, random: Random): FuzzKey {
  const pkcs8 = Buffer.concat([ED25519_PKCS8, random.bytes(32)]);
  const key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  const { x } = createPublicKey(key).export({ format: "jwk" }) as Jwk;
  const jwk = { kty: "OKP", crv: "Ed25519", x: String(x) };
  return { name, jwk, algorithms: ["EdDSA", "Ed25519"], signer: new EdSigner(key) };
}

function octKey(name: string, length: number, algorithms: string[], random: Random): FuzzKey {
  const secret = random.bytes(length);
  return { name, jwk: { kty: "oct", k: secret.toString("base64url") }, algorithms, signer: new HmacSigner(secret) };
}

function base64url(value: bigint): string {
  return toOctets(value).toString("base64url");
}
