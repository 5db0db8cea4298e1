/** RSASSA-PKCS1-v1_5 and RSASSA-PSS, judged by the RFCs' examples and node:crypto (OpenSSL). */
import { constants, generateKeyPairSync, sign, verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import { toNumber, toOctets } from "../fuzz/numbers.ts";
import { Random } from "../fuzz/random.ts";
import { RFC7515 } from "../jose/vectors.ts";
import { BUILDS, CryptoModule, HASHES } from "./crypto-module.ts";
import { RFC7520_RSA } from "./rfc7520.ts";
import { flipped, seed } from "./random-input.ts";
import { digest, digestInfo, keyObject, pkcs1, pss, type PssOptions, type PublicKey, RsaSigner } from "./rsa-signer.ts";

const context = `SEED=${seed}`;
const random = new Random(seed);

const PADDINGS = ["pkcs1", "pss"] as const;
type Padding = (typeof PADDINGS)[number];
type Hash = (typeof HASHES)[number];

const MESSAGE = Buffer.from("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9");
const signer = RsaSigner.make(random, 2048);
/** With exponent 3 a signature can be forged where an encoded message is not compared as a whole. */
const smallExponent = RsaSigner.make(random, 2048, 3n);
/** Of 8 k + 1 bits: the encoded message of PSS is an octet shorter than the modulus. */
const oddSize = RsaSigner.make(random, 2049);

/** What node:crypto wants to know of a padding. */
function nodePadding(padding: Padding) {
  return padding === "pkcs1"
    ? { padding: constants.RSA_PKCS1_PADDING }
    : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}

function nodeVerifies(key: PublicKey, padding: Padding, hash: Hash, message: Uint8Array, signature: Uint8Array) {
  return verify(hash, message, { key: keyObject(key), ...nodePadding(padding) }, signature);
}

/** The right encoding of a message, or with options a wrong one. */
function encode(key: RsaSigner, padding: Padding, hash: Hash, message: Uint8Array, options?: PssOptions): Buffer {
  if (padding === "pkcs1") return pkcs1(digestInfo(hash, message), key.length);
  return pss(hash, message, key.modulus.toString(2).length - 1, options);
}

function fromBase64Url(text: string): Buffer {
  return Buffer.from(text, "base64url");
}

/** Signatures by OpenSSL, the same for each build. */
const signed = Array.from({ length: 1000 }, (_, index) => index);
const openSslKeys = [2048, 3072].map((bits) => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: bits });
  const { n = "", e = "" } = publicKey.export({ format: "jwk" });
  return { n: fromBase64Url(n), e: fromBase64Url(e), privateKey };
});
const openSslSignatures = signed.map((index) => {
  const key = random.pick(openSslKeys);
  const padding = random.pick(PADDINGS);
  const hash = random.pick(HASHES);
  const message = random.bytes(random.below(300));
  const signature = sign(hash, message, { key: key.privateKey, ...nodePadding(padding) });
  return { index, key, padding, hash, message, signature };
});

/** Keys of sizes at which something is cut differently, and of the largest. */
const SIZES = [2049, 2051, 2055, 2056, 2078, 3000, 3071, 4096, 5003, 8192, 16_383, 16_384];
const keysBySize = SIZES.map((bits) => ({ bits, key: RsaSigner.make(random, bits) }));

describe.each(BUILDS)("%s", (_build, file) => {
  const module = new CryptoModule(file);
  const created = new Map<PublicKey, number>();

  /** Address of a key in the module; 0: refused. */
  function create({ n, e }: PublicKey): number {
    module.reset();
    return module.call("rsaCreate", module.view(n), module.view(e));
  }

  function verifies(
    key: PublicKey,
    padding: Padding,
    hash: Hash,
    message: Uint8Array,
    signature: Uint8Array,
    view: (bytes: Uint8Array) => number = (bytes) => module.view(bytes),
  ): boolean {
    const address = created.get(key) ?? create(key);
    expect(address).not.toBe(0);
    created.set(key, address);
    module.reset();
    const name = padding === "pkcs1" ? "rsaVerifyPkcs1" : "rsaVerifyPss";
    return module.call(name, address, HASHES.indexOf(hash), module.view(message), view(signature)) === 1;
  }

  /** Expects a signature to be refused, here and by OpenSSL. */
  function expectForgery(key: PublicKey, padding: Padding, signature: Uint8Array, hash: Hash = "sha256"): void {
    expect(verifies(key, padding, hash, MESSAGE, signature), context).toBe(false);
    expect(nodeVerifies(key, padding, hash, MESSAGE, signature), `OpenSSL, ${context}`).toBe(false);
  }

  describe("published vectors", () => {
    test("RFC 7515 A.2", () => {
      const [header = "", payload = "", signature = ""] = RFC7515.A2.token.split(".");
      const key = { n: fromBase64Url(RFC7515.A2.jwk.n), e: fromBase64Url(RFC7515.A2.jwk.e) };
      const message = Buffer.from(`${header}.${payload}`);
      expect(verifies(key, "pkcs1", "sha256", message, fromBase64Url(signature))).toBe(true);
      expect(verifies(key, "pss", "sha256", message, fromBase64Url(signature))).toBe(false);
    });

    test.each([
      ["4.1", RFC7520_RSA.pkcs1, "pkcs1", "sha256"],
      ["4.2", RFC7520_RSA.pss, "pss", "sha384"],
    ] as const)("RFC 7520 §%s", (_section, token, padding, hash) => {
      const [header = "", payload = "", signature = ""] = token.split(".");
      const key = { n: fromBase64Url(RFC7520_RSA.jwk.n), e: fromBase64Url(RFC7520_RSA.jwk.e) };
      const message = Buffer.from(`${header}.${payload}`);
      expect(verifies(key, padding, hash, message, fromBase64Url(signature))).toBe(true);
      expect(verifies(key, padding, hash, message.subarray(1), fromBase64Url(signature))).toBe(false);
    });
  });

  describe("create", () => {
    const two = (exponent: number) => 1n << BigInt(exponent);
    const exponent = toOctets(65537n);

    test.each([
      ["no modulus", Buffer.alloc(0), exponent],
      ["a modulus of 0", Buffer.alloc(256), exponent],
      ["a modulus of 2047 bits", toOctets(two(2047) - 1n), exponent],
      ["a modulus of 16385 bits", toOctets(two(16_384) + 1n), exponent],
      ["a huge modulus", toOctets(two(500_000) + 1n), exponent],
      ["an even modulus", toOctets(two(2048) - 2n), exponent],
      ["no exponent", toOctets(two(2048) - 1n), Buffer.alloc(0)],
      ["exponent 0", toOctets(two(2048) - 1n), toOctets(0n)],
      ["exponent 1", toOctets(two(2048) - 1n), toOctets(1n)],
      ["exponent 2", toOctets(two(2048) - 1n), toOctets(2n)],
      ["an even exponent", toOctets(two(2048) - 1n), toOctets(65536n)],
      ["an exponent of 34 bits", toOctets(two(2048) - 1n), toOctets(two(33) + 1n)],
      ["an exponent of 65 bits", toOctets(two(2048) - 1n), toOctets(two(64) + 3n)],
      ["an exponent as large as the modulus", toOctets(two(2048) - 1n), toOctets(two(2048) - 1n)],
    ])("refuses %s", (_name, n, e) => {
      expect(create({ n, e })).toBe(0);
    });

    test.each([
      ["2048 bits, all 1", toOctets(two(2048) - 1n), exponent],
      ["2048 bits, all but two 0", toOctets(two(2047) + 1n), exponent],
      ["16384 bits, all 1", toOctets(two(16_384) - 1n), exponent],
      ["16384 bits, all but two 0", toOctets(two(16_383) + 1n), exponent],
      ["exponent 3", toOctets(two(2048) - 1n), toOctets(3n)],
      ["an exponent of 33 bits", toOctets(two(2048) - 1n), toOctets(two(33) - 1n)],
    ])("takes %s", (_name, n, e) => {
      expect(create({ n, e })).not.toBe(0);
    });

    test("looks at no zeros in front", () => {
      const zeros = Buffer.alloc(300);
      const key = { n: Buffer.concat([zeros, signer.n]), e: Buffer.concat([zeros, signer.e]) };
      const signature = signer.sign(encode(signer, "pkcs1", "sha256", MESSAGE));
      expect(verifies(key, "pkcs1", "sha256", MESSAGE, signature)).toBe(true);
      expect(verifies(key, "pkcs1", "sha256", MESSAGE, Buffer.concat([Buffer.alloc(300), signature]))).toBe(false);
    });

    test("what a key owns is given back", () => {
      const before = module.call("heapMark");
      for (let i = 0; i < 10; i++) module.call("rsaRelease", create(signer));
      // Two objects a key are left to the collector.
      expect(module.call("heapMark") - before).toBeLessThan(10 * 128);
    });
  });

  test(`${signed.length} signatures by OpenSSL are valid, one bit beside they are not`, () => {
    for (const { index, key, padding, hash, message, signature } of openSslSignatures) {
      expect(verifies(key, padding, hash, message, signature), context).toBe(true);
      const bit = (index * 7919) % (8 * signature.length);
      expect(verifies(key, padding, hash, message, flipped(signature, bit)), context).toBe(false);
    }
  });

  test.each(keysBySize)("keys of $bits bits", ({ key }) => {
    for (const padding of PADDINGS) {
      for (const hash of HASHES) {
        const message = random.bytes(random.below(300));
        const signature = key.sign(encode(key, padding, hash, message));
        expect(verifies(key, padding, hash, message, signature), context).toBe(true);
        expect(nodeVerifies(key, padding, hash, message, signature), `OpenSSL, ${context}`).toBe(true);
        expect(verifies(key, padding, hash, message, flipped(signature, random.below(2048))), context).toBe(false);
        expect(verifies(key, padding, hash, flipped(digest(hash), 1), signature), context).toBe(false);
      }
    }
  });

  test.each([3n, 5n, 17n, 257n, 65537n, 2n ** 32n + 15n, 2n ** 33n - 9n])("exponent %d", (exponent) => {
    const key = RsaSigner.make(random, 2048, exponent);
    for (const padding of PADDINGS) {
      const signature = key.sign(encode(key, padding, "sha256", MESSAGE));
      expect(verifies(key, padding, "sha256", MESSAGE, signature), context).toBe(true);
      expect(verifies(key, padding, "sha256", MESSAGE, flipped(signature, 2000)), context).toBe(false);
    }
  });

  describe.each(PADDINGS)("%s: numbers that are no signature", (padding) => {
    const valid = signer.sign(encode(signer, padding, "sha256", MESSAGE));

    test.each([
      ["0", toOctets(0n, 256)],
      ["1", toOctets(1n, 256)],
      ["n - 1", toOctets(signer.modulus - 1n, 256)],
      ["n", toOctets(signer.modulus, 256)],
      ["n + 1", toOctets(signer.modulus + 1n, 256)],
      ["2^2048 - 1", Buffer.alloc(256, 0xff)],
      ["nothing", Buffer.alloc(0)],
      ["one octet", Buffer.alloc(1)],
      ["a zero in front", Buffer.concat([Buffer.alloc(1), valid])],
      ["a zero behind", Buffer.concat([valid, Buffer.alloc(1)])],
      ["without the last octet", valid.subarray(0, 255)],
      ["without the first octet", valid.subarray(1)],
    ])("%s", (_name, signature) => {
      expectForgery(signer, padding, signature);
    });

    test("s + n", () => {
      // A modulus close to 2^2047 has room for it within its octets.
      const message = encode(signer, padding, "sha256", MESSAGE);
      const sum = toNumber(signer.sign(message)) + signer.modulus;
      expectForgery(signer, padding, toOctets(sum, 256));
      const low = toNumber(oddSize.sign(encode(oddSize, padding, "sha256", MESSAGE)));
      const lowSum = toOctets(low + oddSize.modulus, oddSize.length);
      expect(lowSum.length).toBe(oddSize.length);
      expectForgery(oddSize, padding, lowSum);
    });

    test("a short signature keeps its zeros", () => {
      // Of one message in 256 the signature begins with a zero octet.
      for (let i = 0; ; i++) {
        const message = Buffer.from(`message ${i}`);
        const signature = smallExponent.sign(encode(smallExponent, padding, "sha256", message));
        if (signature[0] !== 0) continue;
        expect(verifies(smallExponent, padding, "sha256", message, signature)).toBe(true);
        expect(verifies(smallExponent, padding, "sha256", message, signature.subarray(1))).toBe(false);
        break;
      }
    });

    test("reads nothing behind the signature", () => {
      const atEnd = (bytes: Uint8Array) => module.viewAtEnd(bytes);
      expect(verifies(signer, padding, "sha256", MESSAGE, valid, atEnd)).toBe(true);
    });

    test("any bytes", () => {
      for (let i = 0; i < 100; i++) {
        expect(verifies(signer, padding, "sha512", MESSAGE, random.bytes(256)), context).toBe(false);
      }
    });
  });

  describe("forged PKCS #1 encodings", () => {
    const length = signer.length;
    const info = digestInfo("sha256", MESSAGE);
    const right = pkcs1(info, length);
    const change = (at: number, value: number) => {
      const copy = Buffer.from(right);
      copy[at] = value;
      return copy;
    };
    const short = (zeros: number) => {
      // Padding of eight octets, and what is left to choose behind.
      const head = Buffer.concat([pkcs1(info, info.length + 11), Buffer.alloc(zeros)]);
      return Buffer.concat([head, Buffer.alloc(length - head.length, 0x42)]);
    };

    test("the right one is taken", () => {
      expect(verifies(signer, "pkcs1", "sha256", MESSAGE, signer.sign(right))).toBe(true);
    });

    test.each([
      ["another block type", change(1, 2)],
      ["block type 0", change(1, 0)],
      ["a first octet of 1", change(0, 1)],
      ["a padding octet of fe", change(9, 0xfe)],
      ["a last padding octet of 0", change(length - info.length - 2, 0)],
      ["no zero behind the padding", change(length - info.length - 1, 0xff)],
      ["the padding shifted by one", pkcs1(Buffer.concat([info, Buffer.alloc(1)]), length)],
      ["the padding shifted the other way", Buffer.concat([Buffer.from([0]), right.subarray(0, 1), right.subarray(2)])],
      ["garbage behind the DigestInfo", short(0)],
      ["zeros and garbage behind the DigestInfo", short(20)],
      [
        "garbage instead of padding",
        Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(length - 54, 0x42), right.subarray(-52)]),
      ],
      ["no DigestInfo", pkcs1(digest("sha256", MESSAGE), length)],
      ["no NULL", pkcs1(digestInfo("sha256", MESSAGE, "302f300b0609608648016503040201" + "0420"), length)],
      [
        "parameters of another type",
        pkcs1(digestInfo("sha256", MESSAGE, "3031300d0609608648016503040201" + "04000420"), length),
      ],
      [
        "garbage in the parameters",
        pkcs1(digestInfo("sha256", MESSAGE, "3033300f0609608648016503040201" + "05024142" + "0420"), length),
      ],
      [
        "BER lengths",
        pkcs1(digestInfo("sha256", MESSAGE, "308131300d0609608648016503040201" + "0500" + "0420"), length),
      ],
      ["the DigestInfo of another hash", pkcs1(digestInfo("sha384", MESSAGE), length)],
      ["the DigestInfo of SHA-1", pkcs1(digestInfo("sha1", MESSAGE), length)],
      [
        "the OID of another hash",
        pkcs1(digestInfo("sha256", MESSAGE, "3031300d060960864801650304020305000420"), length),
      ],
      ["a digest of another message", pkcs1(digestInfo("sha256", Buffer.from("other")), length)],
      ["the encoding of PSS", encode(signer, "pss", "sha256", MESSAGE)],
      ["0", Buffer.alloc(1)],
      ["1", Buffer.from([1])],
    ])("%s", (_name, encoded) => {
      expectForgery(signer, "pkcs1", signer.sign(encoded));
    });

    test("a cube root, made without the private key (Bleichenbacher 2006)", () => {
      const forged = toOctets(cubeRoot(toNumber(short(0))) + 1n, length);
      const encoded = toOctets(toNumber(forged) ** 3n, length);
      // The forgery is right up to the garbage: an implementation that parses it is deceived.
      expect(encoded.subarray(0, info.length + 11).equals(short(0).subarray(0, info.length + 11))).toBe(true);
      expectForgery(smallExponent, "pkcs1", forged);
    });
  });

  describe.each([
    ["2048 bits", signer],
    ["2049 bits", oddSize],
  ])("forged PSS encodings, %s", (_bits, key) => {
    const bits = key.modulus.toString(2).length - 1;
    const make = (options: PssOptions) => pss("sha256", MESSAGE, bits, options);
    const longestSalt = Math.ceil(bits / 8) - 34;

    test("the right one is taken, with any salt", () => {
      for (const salt of [Buffer.alloc(32), Buffer.alloc(32, 0xff), random.bytes(32)]) {
        expect(verifies(key, "pss", "sha256", MESSAGE, key.sign(make({ salt }))), context).toBe(true);
      }
    });

    test.each([
      ["no salt", make({ salt: Buffer.alloc(0) })],
      ["a salt of 20 octets", make({ salt: Buffer.alloc(20, 1) })],
      ["a salt of 31 octets", make({ salt: Buffer.alloc(31, 1) })],
      ["a salt of 33 octets", make({ salt: Buffer.alloc(33, 1) })],
      ["a salt of 33 octets that starts with 1", make({ salt: Buffer.alloc(33, 1), separator: Buffer.alloc(0) })],
      ["the longest salt", make({ salt: Buffer.alloc(longestSalt, 1) })],
      ["MGF1 of another hash", make({ mgfHash: "sha1" })],
      ["no separator", make({ separator: Buffer.from([0]) })],
      ["another separator", make({ separator: Buffer.from([2]) })],
      ["two separators", make({ separator: Buffer.from([1, 1]) })],
      ["a bit in the zeros", make({ change: (db) => db.writeUInt8(1, 100) })],
      ["a bit in the first octet", make({ change: (db) => db.writeUInt8(1, 0) })],
      ["another trailer", make({ trailer: 0xcc })],
      ["a trailer of 0", make({ trailer: 0 })],
      ["another hash", pss("sha384", MESSAGE, bits)],
      ["another message", pss("sha256", Buffer.from("other"), bits)],
      ["the encoding of PKCS #1", encode(key, "pkcs1", "sha256", MESSAGE)],
      ["0", Buffer.alloc(1)],
      ["bc", Buffer.from([0xbc])],
    ])("%s", (_name, encoded) => {
      expectForgery(key, "pss", key.sign(encoded));
    });

    test("a bit above the encoded message", () => {
      // 2048 bits: the top bit of the first octet. 2049: an octet in front.
      const above = toNumber(make({})) + (1n << BigInt(bits));
      // Above a modulus there is no signature.
      if (above < key.modulus) expectForgery(key, "pss", key.sign(above));
    });
  });

  test("the modulus of 2049 bits has an octet more than PSS encodes", () => {
    const encoded = encode(oddSize, "pss", "sha256", MESSAGE);
    expect([oddSize.length, encoded.length]).toEqual([257, 256]);
    expect(verifies(oddSize, "pss", "sha256", MESSAGE, oddSize.sign(encoded))).toBe(true);
  });

  test("verifying allocates nothing that is kept", () => {
    const signature = signer.sign(encode(signer, "pss", "sha512", MESSAGE));
    verifies(signer, "pss", "sha512", MESSAGE, signature);
    const before = [module.call("heapMark"), module.memorySize];
    for (let i = 0; i < 500; i++) verifies(signer, "pss", "sha512", MESSAGE, signature);
    module.reset();
    expect([module.call("heapMark"), module.memorySize]).toEqual(before);
  });
});

/** The whole cube root. */
function cubeRoot(number: bigint): bigint {
  let low = 0n;
  let high = 1n << BigInt(Math.ceil(number.toString(2).length / 3) + 1);
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle ** 3n <= number) low = middle;
    else high = middle;
  }
  return low;
}
