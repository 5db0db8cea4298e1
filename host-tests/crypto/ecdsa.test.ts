/** ECDSA: published vectors, and every rule about what is no signature and no key. */
import { createHash, createSign, generateKeyPairSync, sign, verify } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { boundsOf, CARRY_WEIGHT } from "../../cli/generate/fields/bounds.mjs";
import { MODULI } from "../../cli/generate/fields/moduli.mjs";
import { inverse, modulo, power, toNumber } from "../fuzz/numbers.ts";
import { Random } from "../fuzz/random.ts";
import { RFC7515 } from "../jose/vectors.ts";
import { CryptoModule } from "./crypto-module.ts";
import { type Affine, type CurveModel, CURVES } from "./ecdsa-model.ts";
import { EcdsaKey, type Hash, TABLE_USE } from "./ecdsa-module.ts";
import { RFC6979 } from "./rfc6979.ts";
import { seed } from "./random-input.ts";

const random = new Random(seed);
const module = new CryptoModule();

const NATIVE_HASHES: Hash[] = ["sha256", "sha384", "sha512"];

describe("published signatures", () => {
  it.each(RFC6979)("RFC 6979, $curve", ({ curve, x, y, signatures }) => {
    const id = CURVES.findIndex(({ name }) => name === curve);
    const key = EcdsaKey.of(module, id, BigInt(`0x${x}`), BigInt(`0x${y}`));
    for (let use = 0; use <= TABLE_USE; use++) {
      for (const { hash, message, r, s } of signatures) {
        const signature = Buffer.from(r + s, "hex");
        expect(key.verify(hash, Buffer.from(message), signature)).toBe(true);
        expect(key.verify(hash, Buffer.from(`${message}.`), signature)).toBe(false);
      }
    }
  });

  it.each([
    ["A.3", RFC7515.A3, 0, "sha256"],
    ["A.4", RFC7515.A4, 2, "sha512"],
  ] as const)("RFC 7515, %s", (_, { jwk, token }, curve, hash) => {
    const key = EcdsaKey.create(module, curve, Buffer.from(jwk.x, "base64url"), Buffer.from(jwk.y, "base64url"))!;
    const end = token.lastIndexOf(".");
    const signature = Buffer.from(token.slice(end + 1), "base64url");
    expect(key.verify(hash, Buffer.from(token.slice(0, end)), signature)).toBe(true);
    expect(key.verify(hash, Buffer.from(token.slice(1, end)), signature)).toBe(false);
  });
});

describe.each(CURVES.map((model, curve) => ({ model, curve })))("$model.name", ({ model, curve }) => {
  const { n, p, octets } = model;
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: model.name });
  const jwk = publicKey.export({ format: "jwk" });
  const [x, y] = [jwk.x, jwk.y].map((text) => Buffer.from(text ?? "", "base64url")) as [Buffer, Buffer];
  const message = random.bytes(300);
  /** The key without its table, and the same with one. */
  let keys: EcdsaKey[] = [];

  beforeAll(() => {
    keys = [0, 1].map(() => EcdsaKey.create(module, curve, x, y)!);
    keys[1]!.buildTable();
  });

  /** The verdict of all keys, which must be the same. The first gets no table by so few calls. */
  function verdict(signature: Uint8Array, hash: Hash = "sha256"): boolean {
    const fresh = EcdsaKey.create(module, curve, x, y)!;
    const verdicts = [fresh, ...keys].map((key) => key.verify(hash, message, signature));
    fresh.release();
    expect(new Set(verdicts).size, `seed ${seed}, ${Buffer.from(signature).toString("hex")}`).toBe(1);
    return verdicts[0]!;
  }

  function judged(signature: Uint8Array, hash: Hash = "sha256"): boolean {
    return verify(hash, message, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature);
  }

  it.each(NATIVE_HASHES)("takes the leftmost bits of %s", (hash) => {
    for (let i = 0; i < 5; i++) {
      const signature = sign(hash, message, { key: privateKey, dsaEncoding: "ieee-p1363" });
      expect(verdict(signature, hash)).toBe(true);
      expect(
        verdict(
          signature,
          NATIVE_HASHES.find((other) => other !== hash),
        ),
      ).toBe(false);
    }
  });

  it("takes s and n - s, but no other number that is the same modulo n", () => {
    const signature = sign("sha256", message, { key: privateKey, dsaEncoding: "ieee-p1363" });
    const [r, s] = halves(signature);
    expect(verdict(model.signature(r, n - s))).toBe(true);
    const limit = 1n << BigInt(8 * octets);
    const others = [
      [r + n, s],
      [r, s + n],
      [r + n, s + n],
      [n - r, s],
      [s, r],
    ].filter(([left, right]) => left! < limit && right! < limit);
    for (const [left, right] of others) expect(verdict(model.signature(left!, right!))).toBe(false);
  });

  it("refuses r and s outside of 1 to n - 1, and agrees with Node at the edges", () => {
    const [r, s] = halves(sign("sha256", message, { key: privateKey, dsaEncoding: "ieee-p1363" }));
    const edges = [0n, 1n, n - 1n, n, n + 1n, p - n, p - 1n, p, (1n << BigInt(8 * octets)) - 1n];
    for (const left of [r, ...edges]) {
      for (const right of [s, ...edges]) {
        const signature = model.signature(left, right);
        expect(verdict(signature), `${left}, ${right}`).toBe(judged(signature));
      }
    }
  });

  it("refuses signatures of another length, and in DER", () => {
    const signature = sign("sha256", message, { key: privateKey, dsaEncoding: "ieee-p1363" });
    const padded = Buffer.concat([signature, signature]);
    for (let length = 0; length <= 2 * octets + 3; length++) {
      expect(verdict(padded.subarray(0, length)), String(length)).toBe(length === 2 * octets);
    }
    expect(verdict(createSign("sha256").update(message).sign(privateKey))).toBe(false);
    const [r, s] = [signature.subarray(0, octets), signature.subarray(octets)];
    const zero = Buffer.alloc(1);
    for (const parts of [
      [zero, r, s],
      [r, zero, s],
      [zero, r, zero, s],
      [r, s, zero],
    ]) {
      expect(verdict(Buffer.concat(parts))).toBe(false);
    }
  });

  describe("a point whose x is not less than n", () => {
    /** A key and a signature over `digest` with which u1·G + u2·Q is the point `sum`, for made-up multipliers. */
    function made(sum: Affine, r: bigint) {
      const [u1, u2] = [model.randomScalar(random), model.randomScalar(random)];
      const difference = model.add(sum, model.negate(model.multiply(u1)));
      const key = model.multiply(inverse(u2, n), difference)!;
      const s = modulo(r * inverse(u2, n), n);
      return { key, digest: model.encode(modulo(u1 * s, n)), signature: model.signature(r, s) };
    }

    function verdicts({ key, digest, signature }: ReturnType<typeof made>): boolean[] {
      const made = EcdsaKey.of(module, curve, key.x, key.y);
      const first = made.verifyDigest(digest, signature);
      made.buildTable();
      const second = made.verifyDigest(digest, signature);
      made.release();
      return [first, second];
    }

    it("is the sum of a signature with r = x - n", () => {
      // With x = n, which P-384 has, r would be 0.
      for (const sum of pointsFrom(model, n + 1n, 3)) {
        expect(verdicts(made(sum, sum.x - n))).toEqual([true, true]);
        expect(verdicts(made(sum, sum.x - n + 1n))).toEqual([false, false]);
      }
    });

    it("and one whose x is as small has that as its r", () => {
      for (const sum of pointsFrom(model, 1n, 3)) expect(verdicts(made(sum, sum.x))).toEqual([true, true]);
    });

    it("is not compared modulo p", () => {
      // r + n - p is x, but r is not x modulo n.
      for (const sum of pointsFrom(model, 1n, 3)) {
        expect(verdicts(made(sum, sum.x + p - n))).toEqual([false, false]);
      }
    });
  });

  describe("keys", () => {
    const create = (left: Uint8Array, right: Uint8Array) => EcdsaKey.create(module, curve, left, right);

    it("have coordinates of one length", () => {
      const zero = Buffer.alloc(1);
      for (const [left, right] of [
        [x.subarray(1), y],
        [x, y.subarray(1)],
        [Buffer.concat([zero, x]), y],
        [x, Buffer.concat([zero, y])],
        [Buffer.concat([x, y]), Buffer.alloc(0)],
        [Buffer.alloc(0), Buffer.alloc(0)],
      ] as const) {
        expect(create(left, right)).toBeNull();
      }
    });

    it("are points of this curve", () => {
      const [left, right] = [toNumber(x), toNumber(y)];
      const coordinates = [0n, 1n, left, right, p - left, p - right, p - 1n];
      for (const a of coordinates) {
        for (const b of coordinates) {
          const isGood = model.isOnCurve(a, b);
          expect(create(model.encode(a), model.encode(b)) !== null, `${a}, ${b}`).toBe(isGood);
          expect(nodeTakes(model, a, b), `${a}, ${b}`).toBe(isGood);
        }
      }
    });

    it("of another curve are refused", () => {
      for (const other of CURVES.filter((candidate) => candidate !== model)) {
        const { x: otherX, y: otherY } = other.g;
        const encode = (value: bigint) => Buffer.concat([Buffer.alloc(70), other.encode(value)]).subarray(-octets);
        expect(create(encode(otherX), encode(otherY))).toBeNull();
      }
    });

    it("have coordinates less than p, also where the number is right modulo p", () => {
      const limit = 1n << BigInt(8 * octets);
      let tried = 0;
      for (const { x: left, y: right } of pointsFrom(model, 0n, 20)) {
        expect(create(model.encode(left), model.encode(right))).not.toBeNull();
        for (const [a, b] of [
          [left + p, right],
          [left, right + p],
          [left + p, right + p],
        ] as const) {
          if (a >= limit || b >= limit) continue;
          tried++;
          expect(create(model.encode(a), model.encode(b))).toBeNull();
        }
      }
      expect(tried).toBeGreaterThan(10);
      expect(create(model.encode(p), model.encode(p))).toBeNull();
    });

    it("may have an x of 0", () => {
      const found = pointsFrom(model, 0n, 1)[0]!;
      // b is a square modulo each of the three primes.
      expect(found.x).toBe(0n);
      expect(create(model.encode(found.x), model.encode(found.y))).not.toBeNull();
    });
  });
});

describe("bounds", () => {
  it.each(MODULI.filter(({ bigEndian }) => bigEndian))("of $className are as wide as the formulas need", (modulus) => {
    const { limits, product, square } = boundsOf(modulus);
    // assembly/crypto/ecdsa/prime-field.ts
    expect(product).toBeGreaterThanOrEqual(6n);
    expect(square).toBeGreaterThanOrEqual(2n);
    expect(CARRY_WEIGHT).toBeGreaterThanOrEqual(11n);
    // assembly/crypto/ecdsa/entries.ts: a limb has four bytes.
    for (const limit of limits) expect(limit).toBeLessThan(2n ** 31n);
  });
});

describe("tables", () => {
  const BUDGET = 768 * 1024;
  const curve = 0;
  const model = CURVES[curve];

  /** So many keys, and a signature of each over this digest. */
  function signers(count: number, digest: Buffer) {
    const e = toNumber(digest);
    let point = model.multiply(model.randomScalar(random))!;
    const nonce = model.multiply(7n)!.x % model.n;
    return Array.from({ length: count }, () => {
      // With s = r·u2^-1 and e = u1·s, any multipliers make a signature of the key that they lead to.
      point = model.add(point, model.g)!;
      const r = point.x % model.n;
      const s = modulo(nonce * r, model.n);
      const u1 = modulo(e * inverse(s, model.n), model.n);
      const key = model.multiply(nonce, model.add(point, model.negate(model.multiply(u1))))!;
      return { key, signature: model.signature(r, s) };
    });
  }

  it("of many keys stay within their budget, and every verdict is right", () => {
    const digest = createHash("sha256").update("token").digest();
    const own = new CryptoModule();
    const used = signers(60, digest).map(({ key, signature }, i) => {
      const forged = Buffer.from(signature);
      forged[i % forged.length]! ^= 1 << (i % 8);
      return { key: EcdsaKey.of(own, curve, key.x, key.y), signature, forged };
    });
    const verifyAll = (times: number) => {
      for (const { key, signature, forged } of used) {
        for (let i = 0; i < times; i++) {
          expect(key.verifyDigest(digest, signature)).toBe(true);
          expect(key.verifyDigest(digest, forged)).toBe(false);
          expect(own.call("tableBytesUsed")).toBeLessThanOrEqual(BUDGET);
        }
      }
    };
    verifyAll(3);
    expect(own.call("tableBytesUsed")).toBeGreaterThan(BUDGET - 20 * 1024);
    const size = own.memorySize;
    // Each key in turn, so that its table is gone when it comes again; and one more often than the others.
    for (let round = 0; round < 4; round++) verifyAll(1);
    verifyAll(3);
    expect(own.memorySize).toBe(size);
    for (const { key } of used) key.release();
    expect(own.call("tableBytesUsed")).toBe(0);
  });

  it("and keys leave nothing behind when they are released", () => {
    const own = new CryptoModule();
    const { x, y } = model.g;
    const useAndRelease = () => {
      for (const [id, { g }] of CURVES.entries()) {
        const key = EcdsaKey.of(own, id, g.x, g.y);
        key.buildTable();
        key.release();
        expect(EcdsaKey.create(own, id, CURVES[id]!.encode(g.x), CURVES[id]!.encode(g.y + 1n))).toBeNull();
      }
    };
    // The tables of G, which stay, are made for the first key.
    useAndRelease();
    EcdsaKey.of(own, curve, x, y).release();
    own.call("ecdsaCollect");
    const [mark, size] = [own.call("heapMark"), own.memorySize];
    for (let i = 0; i < 5; i++) {
      useAndRelease();
      own.call("ecdsaCollect");
      expect(own.call("heapMark")).toBe(mark);
      expect(own.call("tableBytesUsed")).toBe(0);
    }
    expect(own.memorySize).toBe(size);
  });
});

function halves(signature: Buffer): [bigint, bigint] {
  const middle = signature.length / 2;
  return [toNumber(signature.subarray(0, middle)), toNumber(signature.subarray(middle))];
}

/** The first points with an x from `from` up, of both signs of y in turn. */
function pointsFrom(model: CurveModel, from: bigint, count: number) {
  const found: Affine[] = [];
  for (let x = from; found.length < count; x++) {
    const y = power(modulo(x ** 3n - 3n * x + model.b, model.p), (model.p + 1n) / 4n, model.p);
    if (model.isOnCurve(x, y)) found.push({ x, y: found.length % 2 === 0 ? y : model.p - y });
  }
  return found;
}

/** Whether node:crypto takes a point as a public key. */
function nodeTakes(model: CurveModel, x: bigint, y: bigint): boolean {
  try {
    model.nodeKey({ x, y });
    return true;
  } catch {
    return false;
  }
}
