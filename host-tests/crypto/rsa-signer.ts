/** RSA (RFC 8017) in BigInt: keys of any size, and signatures that no library makes. */
import { checkPrimeSync, createHash, createPublicKey, type KeyObject } from "node:crypto";
import { inverse, isCoprime, power, toNumber, toOctets } from "../fuzz/numbers.ts";
import type { Random } from "../fuzz/random.ts";

/** Of the primes of a key. Small ones are found and used fast; these keys protect nothing. */
const PRIME_BITS = 128;

export interface PublicKey {
  readonly n: Buffer;
  readonly e: Buffer;
}

/** The public key as node:crypto has it. */
export function keyObject({ n, e }: PublicKey): KeyObject {
  const jwk = { kty: "RSA", n: n.toString("base64url"), e: e.toString("base64url") };
  return createPublicKey({ key: jwk, format: "jwk" });
}

/** A key whose modulus is the product of many primes. */
export class RsaSigner implements PublicKey {
  readonly n: Buffer;
  readonly e: Buffer;
  readonly modulus: bigint;
  private readonly factors: { prime: bigint; exponent: bigint; coefficient: bigint }[];

  private constructor(primes: readonly bigint[], exponent: bigint) {
    this.modulus = primes.reduce((product, prime) => product * prime, 1n);
    this.n = toOctets(this.modulus);
    this.e = toOctets(exponent);
    this.factors = primes.map((prime) => {
      const others = this.modulus / prime;
      return { prime, exponent: inverse(exponent, prime - 1n), coefficient: others * inverse(others, prime) };
    });
  }

  /** A key with a modulus of exactly so many bits. */
  static make(random: Random, bits: number, exponent = 65537n): RsaSigner {
    const primes: bigint[] = [];
    let product = 1n;
    const add = (prime: bigint) => {
      primes.push(prime);
      product *= prime;
    };
    while (bits - bitLength(product) >= 2 * PRIME_BITS) add(makePrime(random, PRIME_BITS, exponent));
    let last: bigint;
    do last = makePrime(random, bits - bitLength(product) + 1, exponent);
    while (bitLength(product * last) !== bits || primes.includes(last));
    add(last);
    return new RsaSigner(primes, exponent);
  }

  /** Octets of the modulus, which are those of a signature. */
  get length(): number {
    return this.n.length;
  }

  /** RSASP1 (§5.2.1): the signature whose encoded message is this number below the modulus. */
  sign(encoded: bigint | Uint8Array): Buffer {
    const message = typeof encoded === "bigint" ? encoded : toNumber(encoded);
    if (message >= this.modulus) throw new RangeError("the encoded message is not below the modulus");
    let signature = 0n;
    for (const { prime, exponent, coefficient } of this.factors) {
      signature += power(message % prime, exponent, prime) * coefficient;
    }
    return toOctets(signature % this.modulus, this.length);
  }
}

function makePrime(random: Random, bits: number, exponent: bigint): bigint {
  for (;;) {
    const octetCount = Math.ceil(bits / 8);
    const low = toNumber(random.bytes(octetCount)) & ((1n << BigInt(bits - 1)) - 1n);
    const candidate = low | (1n << BigInt(bits - 1)) | 1n;
    if (isCoprime(exponent, candidate - 1n) && checkPrimeSync(candidate)) return candidate;
  }
}

/** DER of a DigestInfo up to the digest, by hash function (§9.2, note 1). */
const DIGEST_INFO = {
  sha1: "3021300906052b0e03021a05000414",
  sha256: "3031300d060960864801650304020105000420",
  sha384: "3041300d060960864801650304020205000430",
  sha512: "3051300d060960864801650304020305000440",
};

type Hash = keyof typeof DIGEST_INFO;

export function digest(hash: string, ...data: readonly Uint8Array[]): Buffer {
  const state = createHash(hash);
  for (const part of data) state.update(part);
  return state.digest();
}

/** A DigestInfo; `prefix` in hexadecimal in place of the right one. */
export function digestInfo(hash: Hash, message: Uint8Array, prefix = DIGEST_INFO[hash]): Buffer {
  return Buffer.concat([Buffer.from(prefix, "hex"), digest(hash, message)]);
}

/** EMSA-PKCS1-v1_5 (§9.2) of any content. */
export function pkcs1(content: Uint8Array, length: number): Buffer {
  const padding = Buffer.alloc(length - content.length - 3, 0xff);
  return Buffer.concat([Buffer.from([0, 1]), padding, Buffer.from([0]), content]);
}

export interface PssOptions {
  salt?: Uint8Array;
  mgfHash?: string;
  /** What is between the zeros and the salt; default 01. */
  separator?: Uint8Array;
  /** Changes DB before it is masked. */
  change?: (db: Buffer) => void;
  trailer?: number;
  /** Bits that are set in the first octet, of those that must be 0. */
  top?: number;
}

/** EMSA-PSS (§9.1.1) in so many bits. */
export function pss(hash: string, message: Uint8Array, bits: number, options: PssOptions = {}): Buffer {
  const hashed = digest(hash, message);
  const { salt = Buffer.alloc(hashed.length, 0x5a), mgfHash = hash, separator = Buffer.from([1]) } = options;
  const length = Math.ceil(bits / 8);
  const h = digest(hash, Buffer.alloc(8), hashed, salt);
  const db = Buffer.alloc(length - h.length - 1);
  db.set(Buffer.concat([separator, salt]), db.length - salt.length - separator.length);
  options.change?.(db);
  const mask = mgf1(mgfHash, h, db.length);
  const masked = db.map((octet, index) => octet ^ (mask[index] ?? 0));
  masked[0] = ((masked[0] ?? 0) & (0xff >> (8 * length - bits))) | (options.top ?? 0);
  return Buffer.concat([masked, h, Buffer.from([options.trailer ?? 0xbc])]);
}

/** MGF1 (§B.2.1). */
function mgf1(hash: string, seed: Uint8Array, length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let size = 0, counter = 0; size < length; counter++) {
    const block = digest(hash, seed, toOctets(BigInt(counter), 4));
    blocks.push(block);
    size += block.length;
  }
  return Buffer.concat(blocks).subarray(0, length);
}

export function bitLength(number: bigint): number {
  return number === 0n ? 0 : number.toString(2).length;
}
