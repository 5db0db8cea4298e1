/**
 * Signs as an attacker does who has the private key: rightly, and in each of the ways that are nearly right. All of it
 * depends on its arguments alone, also where the standard scheme is randomised, so that a seed repeats a run byte by byte.
 */
import {
  constants,
  createECDH,
  createHash,
  createHmac,
  createPrivateKey,
  privateEncrypt,
  sign,
  type KeyObject,
} from "node:crypto";
import { inverse, modulo, toNumber, toOctets } from "./numbers.ts";
import type { Random } from "./random.ts";

/** `SHA-256` is 256, and so on. */
type HashBits = 256 | 384 | 512;

/** Makes a signature over a signing input, of the form asked for. */
export interface Signer {
  /** Names of the forms; the first is the right one. */
  readonly forms: readonly string[];
  /** @param alg  an algorithm that the key can be used with */
  sign(alg: string, input: Buffer, form: string, random: Random): Buffer;
}

function hashOf(alg: string): HashBits {
  return Number(alg.slice(2)) as HashBits;
}

function digest(bits: HashBits, data: Uint8Array): Buffer {
  return createHash(`sha${bits}`).update(data).digest();
}

// RFC 8017 §9.2, note 1; without the digest
const DIGEST_INFO: Record<HashBits, string> = {
  256: "3031300d060960864801650304020105000420",
  384: "3041300d060960864801650304020205000430",
  512: "3051300d060960864801650304020305000440",
};

const RSA_FORMS = [
  "regular",
  "plus n",
  "zero",
  "one",
  "n - 1",
  "n",
  "other padding",
  "other hash",
  "leading zero",
  // PKCS #1 v1.5 (RFC 8017 §9.2)
  "no null",
  "garbage behind",
  "garbage inside",
  "short padding",
  "block type 2",
  "no separator",
  // PSS (RFC 8017 §9.1)
  "no salt",
  "short salt",
  "long salt",
  "trailer",
  "other mask",
  "top bit",
];

export class RsaSigner implements Signer {
  readonly forms = RSA_FORMS;
  readonly #key: KeyObject;

  constructor(
    privateJwk: Record<string, string>,
    readonly n: bigint,
    readonly bits: number,
  ) {
    this.#key = createPrivateKey({ key: privateJwk, format: "jwk" });
  }

  private get size(): number {
    return Math.ceil(this.bits / 8);
  }

  sign(alg: string, input: Buffer, form: string, random: Random): Buffer {
    const signature = this.#regular(alg, input, form, random);
    switch (form) {
      case "plus n":
        return toOctets(toNumber(signature) + this.n, this.size);
      case "zero":
        return Buffer.alloc(this.size);
      case "one":
        return toOctets(1n, this.size);
      case "n - 1":
        return toOctets(this.n - 1n, this.size);
      case "n":
        return toOctets(this.n, this.size);
      case "leading zero":
        return Buffer.concat([Buffer.alloc(1), signature]);
      default:
        return signature;
    }
  }

  #regular(alg: string, input: Buffer, form: string, random: Random): Buffer {
    const isPss = alg.startsWith("PS") !== (form === "other padding");
    const own = hashOf(alg);
    const bits = form === "other hash" ? (own === 256 ? 384 : 256) : own;
    return this.#raw(isPss ? this.#pss(bits, input, form, random) : this.#pkcs1(bits, input, form, random));
  }

  /** The private operation on an encoded message. */
  #raw(encoded: Buffer): Buffer {
    const octets = toOctets(toNumber(encoded) % this.n, this.size);
    return privateEncrypt({ key: this.#key, padding: constants.RSA_NO_PADDING }, octets);
  }

  #pkcs1(bits: HashBits, input: Buffer, form: string, random: Random): Buffer {
    const hash = digest(bits, input);
    let info: Buffer = Buffer.concat([Buffer.from(DIGEST_INFO[bits], "hex"), hash]);
    if (form === "no null") info = withoutNull(info);
    if (form === "garbage inside") info = withGarbage(info, random);
    const start = Buffer.from([0, form === "block type 2" ? 2 : 1]);
    const separator = form === "no separator" ? Buffer.from([0xff]) : Buffer.from([0]);
    const room = this.size - start.length - separator.length - info.length;
    // A reader that looks no further than the digest lets the rest be anything, and with e = 3 that is a forgery.
    const padding = form === "short padding" ? 7 : form === "garbage behind" ? 8 : room;
    const behind = random.bytes(Math.max(0, room - padding));
    return Buffer.concat([start, Buffer.alloc(padding, 0xff), separator, info, behind]);
  }

  #pss(bits: HashBits, input: Buffer, form: string, random: Random): Buffer {
    const emBits = this.bits - 1;
    const emLength = Math.ceil(emBits / 8);
    const hashLength = bits / 8;
    const salt = random.bytes(saltLength(form, hashLength, emLength));
    const hash = digest(bits, Buffer.concat([Buffer.alloc(8), digest(bits, input), salt]));
    const block = Buffer.alloc(emLength - hashLength - 1);
    salt.copy(block, block.length - salt.length);
    block.writeUInt8(1, block.length - salt.length - 1);
    const mask = mgf1(form === "other mask" ? (bits === 256 ? 512 : 256) : bits, hash, block.length);
    for (const [index, octet] of mask.entries()) block.writeUInt8(block.readUInt8(index) ^ octet, index);
    const spare = 8 * emLength - emBits;
    block.writeUInt8(block.readUInt8(0) & (0xff >> spare), 0);
    if (form === "top bit" && spare > 0) block.writeUInt8(block.readUInt8(0) | 0x80, 0);
    return Buffer.concat([block, hash, Buffer.from([form === "trailer" ? 0xcc : 0xbc])]);
  }
}

function saltLength(form: string, hashLength: number, emLength: number): number {
  const longest = emLength - hashLength - 2;
  const wanted = { "no salt": 0, "short salt": hashLength - 1, "long salt": hashLength + 1 }[form] ?? hashLength;
  return Math.min(wanted, longest);
}

/** RFC 8017 §B.2.1 */
function mgf1(bits: HashBits, seed: Buffer, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / (bits / 8)) }, (_, index) =>
    digest(bits, Buffer.concat([seed, toOctets(BigInt(index), 4)])),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

/** The AlgorithmIdentifier without its parameters, which some readers let pass. */
function withoutNull(info: Buffer): Buffer {
  const out = Buffer.concat([info.subarray(0, 15), info.subarray(17)]);
  out.writeUInt8(out.readUInt8(1) - 2, 1);
  out.writeUInt8(out.readUInt8(3) - 2, 3);
  return out;
}

/** Parameters that are no NULL. */
function withGarbage(info: Buffer, random: Random): Buffer {
  const garbage = random.bytes(8);
  const parameters = Buffer.concat([Buffer.from([0x04, garbage.length]), garbage]);
  const out = Buffer.concat([info.subarray(0, 15), parameters, info.subarray(17)]);
  out.writeUInt8(out.readUInt8(1) + garbage.length, 1);
  out.writeUInt8(out.readUInt8(3) + garbage.length, 3);
  return out;
}

export interface CurveOrder {
  /** As OpenSSL names it. */
  name: string;
  n: bigint;
  /** Octets of a coordinate. */
  length: number;
}

const EC_FORMS = [
  "regular",
  "n - s",
  "r + n",
  "s + n",
  "r = 0",
  "s = 0",
  "r = n",
  "s = n",
  "both one",
  "swapped",
  "DER",
  "other hash",
  "one octet more in each",
];

export class EcSigner implements Signer {
  readonly forms = EC_FORMS;

  constructor(
    readonly curve: CurveOrder,
    readonly d: bigint,
  ) {}

  sign(alg: string, input: Buffer, form: string, random: Random): Buffer {
    const { n, length } = this.curve;
    const bits = form === "other hash" ? (hashOf(alg) === 256 ? 512 : 256) : hashOf(alg);
    const [r, s] = this.#numbers(digest(bits, input), random);
    const joined = (first: bigint, second: bigint, size = length) =>
      Buffer.concat([toOctets(first, size), toOctets(second, size)]);
    switch (form) {
      case "n - s":
        return joined(r, n - s);
      case "r + n":
        return joined(r + n, s);
      case "s + n":
        return joined(r, s + n);
      case "r = 0":
        return joined(0n, s);
      case "s = 0":
        return joined(r, 0n);
      case "r = n":
        return joined(n, s);
      case "s = n":
        return joined(r, n);
      case "both one":
        return joined(1n, 1n);
      case "swapped":
        return joined(s, r);
      case "DER":
        return derSequence(r, s);
      case "one octet more in each":
        return joined(r, s, length + 1);
      default:
        return joined(r, s);
    }
  }

  /** FIPS 186-5 §6.4.1, with a k that the seed gives. */
  #numbers(hash: Buffer, random: Random): [bigint, bigint] {
    const { name, n, length } = this.curve;
    const k = modulo(toNumber(random.bytes(length)), n - 1n) + 1n;
    const ecdh = createECDH(name);
    ecdh.setPrivateKey(toOctets(k, length));
    const r = modulo(toNumber(ecdh.getPublicKey().subarray(1, 1 + length)), n);
    const excess = Math.max(0, 8 * hash.length - n.toString(2).length);
    const z = toNumber(hash) >> BigInt(excess);
    return [r, modulo(inverse(k, n) * (z + r * this.d), n)];
  }
}

function derSequence(...numbers: bigint[]): Buffer {
  const body = Buffer.concat(
    numbers.map((number) => {
      const octets = toOctets(number);
      const positive = octets.readUInt8(0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), octets]) : octets;
      return Buffer.concat([Buffer.from([0x02, positive.length]), positive]);
    }),
  );
  const length = body.length < 0x80 ? [body.length] : [0x81, body.length];
  return Buffer.concat([Buffer.from([0x30, ...length]), body]);
}

/** The order of edwards25519's base point (RFC 8032 §5.1). */
const ED25519_ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;

/** The neutral element, and the same with y = p + 1. */
const NEUTRAL = Buffer.from(`01${"00".repeat(31)}`, "hex");
const NEUTRAL_NOT_REDUCED = Buffer.from(`ee${"ff".repeat(30)}7f`, "hex");

const ED_FORMS = [
  "regular",
  "S + L",
  "S + 8L",
  "S = 0",
  "R sign",
  "neutral",
  "neutral, not reduced",
  "zero",
  "one octet more",
];

export class EdSigner implements Signer {
  readonly forms = ED_FORMS;

  constructor(readonly key: KeyObject) {}

  sign(_alg: string, input: Buffer, form: string): Buffer {
    const signature = sign(null, input, this.key);
    const r = signature.subarray(0, 32);
    const s = toNumber(Buffer.from(signature.subarray(32)).reverse());
    const joined = (point: Buffer, scalar: bigint) => Buffer.concat([point, toOctets(scalar, 32).reverse()]);
    switch (form) {
      case "S + L":
        return joined(r, s + ED25519_ORDER);
      case "S + 8L":
        return joined(r, s + 8n * ED25519_ORDER);
      case "S = 0":
        return joined(r, 0n);
      case "R sign":
        return joined(Buffer.concat([r.subarray(0, 31), Buffer.from([r.readUInt8(31) ^ 0x80])]), s);
      // Both are good for any message when the public key is the neutral element itself.
      case "neutral":
        return joined(NEUTRAL, 0n);
      case "neutral, not reduced":
        return joined(NEUTRAL_NOT_REDUCED, 0n);
      case "zero":
        return Buffer.alloc(64);
      case "one octet more":
        return Buffer.concat([signature, Buffer.alloc(1)]);
      default:
        return signature;
    }
  }
}

export class HmacSigner implements Signer {
  readonly forms = ["regular", "half", "one octet less", "one octet more", "other hash", "zero"];

  constructor(readonly secret: Buffer) {}

  sign(alg: string, input: Buffer, form: string): Buffer {
    const bits = form === "other hash" ? (hashOf(alg) === 256 ? 512 : 256) : hashOf(alg);
    const mac = createHmac(`sha${bits}`, this.secret).update(input).digest();
    if (form === "half") return mac.subarray(0, mac.length / 2);
    if (form === "one octet less") return mac.subarray(0, -1);
    if (form === "one octet more") return Buffer.concat([mac, Buffer.alloc(1)]);
    return form === "zero" ? Buffer.alloc(mac.length) : mac;
  }
}
