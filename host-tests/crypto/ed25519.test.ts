/** Ed25519, judged by the RFCs' examples, node:crypto (OpenSSL) and the curve in BigInt. */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { toNumber } from "../fuzz/numbers.ts";
import { Random } from "../fuzz/random.ts";
import { CryptoModule } from "./crypto-module.ts";
import * as curve from "./edwards25519.ts";
import { RFC8032_CASES } from "./rfc8032.ts";
import { flipped, seed } from "./random-input.ts";

const random = new Random(seed);
const context = `SEED=${seed}`;
const module = new CryptoModule();

/** Verifications of a key until it has a table; the last of them makes it. */
const UNTIL_TABLE = 4;
const TABLE_BYTES = 55_296;

const MESSAGE = Buffer.from("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc");

/** A key in the module. */
class Key {
  private constructor(private readonly address: number) {}

  /** Null: refused. */
  static create(encoded: Uint8Array): Key | null {
    module.reset();
    const address = module.call("ed25519Create", module.view(encoded));
    return address === 0 ? null : new Key(address);
  }

  verify(message: Uint8Array, signature: Uint8Array): boolean {
    module.reset();
    return module.call("ed25519Verify", this.address, module.view(message), module.view(signature)) === 1;
  }

  /** Uses the key until it has a table. */
  makeTable(): void {
    const before = tableBytes();
    for (let i = 0; i < UNTIL_TABLE && tableBytes() === before; i++) this.verify(MESSAGE, Buffer.alloc(64));
    expect(tableBytes()).toBe(before + TABLE_BYTES);
  }

  release(): void {
    module.call("ed25519Release", this.address);
  }
}

interface Signer {
  encoded: Buffer;
  secret: KeyObject;
}

/** A random key. */
function signer(): Signer {
  const secret = createPrivateKey({
    key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), random.bytes(32)]),
    format: "der",
    type: "pkcs8",
  });
  return { encoded: Buffer.from(createPublicKey(secret).export({ format: "jwk" }).x ?? "", "base64url"), secret };
}

function nodeVerifies(encoded: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const x = Buffer.from(encoded).toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  return verify(null, message, key, signature);
}

function tableBytes(): number {
  return module.call("ed25519TableBytes");
}

/** Our verdict, which must be the same without a table and with one; false for a key that is refused. */
function verifies(encoded: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const key = Key.create(encoded);
  if (key === null) return false;
  const verdict = key.verify(message, signature);
  key.makeTable();
  expect(key.verify(message, signature), `with a table, ${context}`).toBe(verdict);
  key.release();
  return verdict;
}

function hex(text: string): Buffer {
  return Buffer.from(text, "hex");
}

afterEach(() => {
  expect(tableBytes(), "tables are given back").toBe(0);
});

describe("published vectors", () => {
  test.each(RFC8032_CASES)("RFC 8032 §7.1 $name", ({ publicKey, message, signature }) => {
    expect(verifies(hex(publicKey), hex(message), hex(signature))).toBe(true);
    expect(verifies(hex(publicKey), hex(`${message}00`), hex(signature))).toBe(false);
  });

  test("RFC 8037 A.4", () => {
    const x = Buffer.from("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "base64url");
    const signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    expect(verifies(x, MESSAGE, Buffer.from(signature, "base64url"))).toBe(true);
  });
});

describe("random keys", () => {
  const KEYS = 1000;

  test(`${KEYS} keys, with and without a table: what OpenSSL signs is valid, one bit beside it is not`, () => {
    for (let i = 0; i < KEYS; i++) {
      const { encoded, secret } = signer();
      const key = Key.create(encoded);
      // The key has a table from the fourth verification on.
      for (let use = 0; use < 2 * UNTIL_TABLE; use += 2) {
        const message = random.bytes(random.below(400));
        const signature = sign(null, message, secret);
        expect(key?.verify(message, signature), context).toBe(true);
        expect(key?.verify(message, flipped(signature, random.below(512))), context).toBe(false);
      }
      expect(tableBytes()).toBe(TABLE_BYTES);
      key?.release();
    }
  });

  test("every bit of R, S, the message and the key counts", () => {
    const { encoded, secret } = signer();
    const message = random.bytes(40);
    const signature = sign(null, message, secret);
    const key = Key.create(encoded);
    key?.makeTable();
    for (let bit = 0; bit < 512; bit++) {
      const forged = flipped(signature, bit);
      expect(key?.verify(message, forged), `bit ${bit}, ${context}`).toBe(false);
      const fresh = Key.create(encoded);
      expect(fresh?.verify(message, forged), `bit ${bit} without a table, ${context}`).toBe(false);
      fresh?.release();
    }
    for (let bit = 0; bit < 320; bit++) {
      expect(key?.verify(flipped(message, bit), signature), `bit ${bit}, ${context}`).toBe(false);
    }
    for (let bit = 0; bit < 256; bit++) {
      const changed = Key.create(flipped(encoded, bit));
      expect(changed?.verify(message, signature) ?? false, `bit ${bit}, ${context}`).toBe(false);
      changed?.release();
    }
    key?.release();
  });

  test("more keys than there is room for tables", () => {
    const keys = Array.from({ length: 30 }, () => {
      const { encoded, secret } = signer();
      return { key: Key.create(encoded), signature: sign(null, MESSAGE, secret) };
    });
    for (let round = 0; round < 12; round++) {
      for (const [i, { key, signature }] of keys.entries()) {
        // One key after the other, and some much more often than others.
        if (round % (1 + (i % 5)) > 0) continue;
        expect(key?.verify(MESSAGE, signature), context).toBe(true);
        expect(key?.verify(MESSAGE, keys[(i + 1) % keys.length]!.signature), context).toBe(false);
      }
    }
    expect(tableBytes()).toBeGreaterThan(10 * TABLE_BYTES);
    expect(tableBytes()).toBeLessThan(keys.length * TABLE_BYTES);
    for (const { key } of keys) key?.release();
  });
});

describe("signatures", () => {
  const { encoded, secret } = signer();
  const signature = sign(null, MESSAGE, secret);
  const r = signature.subarray(0, 32);
  const s = curve.numberOf(signature.subarray(32));

  test("S is below L (RFC 8032 §5.1.7 step 1)", () => {
    for (let value = s; value < 2n ** 256n; value += curve.L) {
      const forged = Buffer.concat([r, curve.octets(value)]);
      expect(verifies(encoded, MESSAGE, forged), context).toBe(value === s);
      expect(nodeVerifies(encoded, MESSAGE, forged)).toBe(value === s);
    }
    for (const value of [0n, curve.L - 1n, curve.L, curve.L + 1n, 2n ** 252n, 2n ** 253n, 2n ** 256n - 1n]) {
      expect(verifies(encoded, MESSAGE, Buffer.concat([r, curve.octets(value)]))).toBe(false);
    }
  });

  test("64 octets, neither more nor fewer", () => {
    for (const length of [0, 1, 31, 32, 63]) {
      expect(verifies(encoded, MESSAGE, signature.subarray(0, length))).toBe(false);
    }
    expect(verifies(encoded, MESSAGE, Buffer.concat([signature, Buffer.alloc(1)]))).toBe(false);
    expect(verifies(encoded, MESSAGE, Buffer.concat([signature, signature]))).toBe(false);
  });

  test("nothing behind key, message and signature is read", () => {
    for (const last of ["key", "message", "signature"]) {
      module.reset();
      const view = (name: string, bytes: Uint8Array) => {
        return module.call("view", name === last ? module.putAtEnd(bytes) : module.put(bytes), bytes.length);
      };
      const key = module.call("ed25519Create", view("key", encoded));
      for (let use = 0; use < 2 * UNTIL_TABLE; use++) {
        expect(module.call("ed25519Verify", key, view("message", MESSAGE), view("signature", signature))).toBe(1);
      }
      module.call("ed25519Release", key);
    }
  });

  test("R of small order: its canonical encoding is right, another one of the same point is not", () => {
    // With r = 0, R is the neutral point and S = k·a: valid in all but form.
    const a = 8n * (1n + BigInt(random.below(2 ** 32)));
    const publicKey = curve.encode(curve.multiply(a, curve.BASE));
    for (const [encodedR, valid] of [
      [curve.octets(1n), true],
      [curve.octets(1n | (1n << 255n)), false],
      [curve.octets(2n ** 255n - 18n), false],
      [curve.octets((2n ** 255n - 18n) | (1n << 255n)), false],
    ] as const) {
      const k = curve.challenge(encodedR, publicKey, MESSAGE);
      const forged = Buffer.concat([encodedR, curve.octets((k * a) % curve.L)]);
      expect(verifies(publicKey, MESSAGE, forged), context).toBe(valid);
      expect(nodeVerifies(publicKey, MESSAGE, forged)).toBe(valid);
    }
  });

  test("R with a part of small order: refused, as the equation is used without its cofactor", () => {
    const a = 1n + BigInt(random.below(2 ** 32));
    const publicKey = curve.encode(curve.multiply(a, curve.BASE));
    for (let order = 0n; order < 8n; order++) {
      const nonce = toNumber(random.bytes(30));
      const point = curve.add(curve.multiply(nonce, curve.BASE), curve.multiply(order, curve.TORSION));
      const encodedR = curve.encode(point);
      const k = curve.challenge(encodedR, publicKey, MESSAGE);
      const forged = Buffer.concat([encodedR, curve.octets((nonce + k * a) % curve.L)]);
      expect(verifies(publicKey, MESSAGE, forged), context).toBe(order === 0n);
      expect(nodeVerifies(publicKey, MESSAGE, forged)).toBe(order === 0n);
    }
  });
});

describe("keys", () => {
  const SMALL_ORDER = Array.from({ length: 8 }, (_, i) => curve.encode(curve.multiply(BigInt(i), curve.TORSION)));
  const P = 2n ** 255n - 19n;
  const SIGN = 1n << 255n;

  test("32 octets, neither more nor fewer", () => {
    const { encoded } = signer();
    for (const length of [0, 1, 31]) expect(Key.create(encoded.subarray(0, length))).toBeNull();
    expect(Key.create(Buffer.concat([encoded, Buffer.alloc(1)]))).toBeNull();
    expect(Key.create(Buffer.concat([Buffer.alloc(1), encoded]))).toBeNull();
  });

  test("half of all numbers are no point (RFC 8032 §5.1.3 step 3)", () => {
    let refused = 0;
    for (let y = 2n; y < 300n; y++) {
      const isPoint = decodes(curve.octets(y));
      const keys = [Key.create(curve.octets(y)), Key.create(curve.octets(y | SIGN))];
      for (const key of keys) {
        expect(key !== null, String(y)).toBe(isPoint);
        key?.release();
      }
      refused += isPoint ? 0 : 1;
    }
    expect(refused).toBeGreaterThan(100);
  });

  test("the eight points of small order are refused: under them, everybody can sign; OpenSSL takes them", () => {
    expect(new Set(SMALL_ORDER.map((point) => point.toString("hex"))).size).toBe(8);
    for (const encoded of SMALL_ORDER) {
      expect(Key.create(encoded), encoded.toString("hex")).toBeNull();
      const order = [1n, 2n, 4n, 8n].find((count) =>
        curve.encode(curve.multiply(count, curve.decode(encoded))).equals(curve.encode(curve.NEUTRAL)),
      );
      const { message, signature } = forgery(encoded, order ?? 8n);
      expect(nodeVerifies(encoded, message, signature)).toBe(true);
    }
  });

  test("y of the prime or more, or a sign at x = 0, is no encoding (RFC 8032 §5.1.3 steps 1 and 4); OpenSSL takes them", () => {
    const signAtZero = [1n | SIGN, (P - 1n) | SIGN];
    const tooLarge = Array.from({ length: 19 }, (_, i) => P + BigInt(i)).flatMap((y) => [y, y | SIGN]);
    for (const value of [...signAtZero, ...tooLarge]) expect(Key.create(curve.octets(value)), String(value)).toBeNull();
    for (const value of [...signAtZero, P, P | SIGN, P + 1n, (P + 1n) | SIGN]) {
      const { message, signature } = forgery(curve.octets(value), 8n);
      expect(nodeVerifies(curve.octets(value), message, signature), String(value)).toBe(true);
    }
  });

  test("a part of small order changes no verdict that OpenSSL comes to", () => {
    const verdicts = { valid: 0, invalid: 0 };
    for (let round = 0; round < 64; round++) {
      const a = 1n + BigInt(random.below(2 ** 32));
      const torsion = curve.multiply(BigInt(1 + (round % 7)), curve.TORSION);
      const encoded = curve.encode(curve.add(curve.multiply(a, curve.BASE), torsion));
      const nonce = toNumber(random.bytes(30));
      const encodedR = curve.encode(curve.multiply(nonce, curve.BASE));
      const k = curve.challenge(encodedR, encoded, MESSAGE);
      const signature = Buffer.concat([encodedR, curve.octets((nonce + k * a) % curve.L)]);
      const expected = nodeVerifies(encoded, MESSAGE, signature);
      expect(verifies(encoded, MESSAGE, signature), context).toBe(expected);
      verdicts[expected ? "valid" : "invalid"] += 1;
    }
    expect(verdicts.valid).toBeGreaterThan(2);
    expect(verdicts.invalid).toBeGreaterThan(20);
  });

  test("what a key holds is given back", () => {
    const encoded = signer().encoded;
    const cycle = () => {
      const key = Key.create(encoded);
      key?.makeTable();
      key?.release();
    };
    cycle();
    const before = module.memorySize;
    for (let i = 0; i < 200; i++) cycle();
    expect(module.memorySize).toBe(before);
  });

  /** For a key of this order: S = 0 and R = -k·A = 0, with a message that makes k a multiple of the order. */
  function forgery(encoded: Uint8Array, order: bigint): { message: Buffer; signature: Buffer } {
    const encodedR = curve.encode(curve.NEUTRAL);
    for (;;) {
      const message = random.bytes(8);
      if (curve.challenge(encodedR, encoded, message) % order === 0n) {
        return { message, signature: Buffer.concat([encodedR, Buffer.alloc(32)]) };
      }
    }
  }

  function decodes(encoded: Uint8Array): boolean {
    try {
      curve.decode(encoded);
      return true;
    } catch {
      return false;
    }
  }
});

describe("arithmetic", () => {
  test("numbers of 512 bits are reduced modulo L", () => {
    const largest = 2n ** 512n - 1n;
    const multiples = [0n, 1n, 2n, 2n ** 259n, largest / curve.L].map((factor) => factor * curve.L);
    const edges = [...multiples.flatMap((value) => [value - 1n, value, value + 1n]), 2n ** 252n, 2n ** 392n, largest];
    const numbers = [
      ...edges.filter((value) => value >= 0n && value <= largest),
      ...Array.from({ length: 2000 }, () => curve.numberOf(random.bytes(64))),
    ];
    for (const number of numbers) {
      module.reset();
      const out = module.put(Buffer.alloc(40, 0x77));
      const digest = Buffer.from(number.toString(16).padStart(128, "0"), "hex").reverse();
      module.call("reduceDigest", module.put(digest), out);
      expect(curve.numberOf(module.copy(out, 32)), `${number}, ${context}`).toBe(number % curve.L);
      expect(module.copy(out + 32, 8)).toEqual(Buffer.alloc(8, 0x77));
    }
  });

  test("a scalar is below L or not, word by word", () => {
    for (const bit of [0n, 1n, 63n, 64n, 127n, 128n, 191n, 192n, 252n, 255n]) {
      for (const value of [curve.L + (1n << bit), curve.L - (1n << bit), curve.L ^ (1n << bit), 1n << bit]) {
        if (value < 0n || value >= 2n ** 256n) continue;
        module.reset();
        const isReduced = module.call("isReduced", module.put(curve.octets(value))) === 1;
        expect(isReduced, String(value)).toBe(value < curve.L);
      }
    }
    expect(module.call("isReduced", module.put(curve.octets(curve.L)))).toBe(0);
  });

  test("a sign at x = 0 is refused where points of small order are not", () => {
    for (const y of [1n, 2n ** 255n - 20n]) {
      expect(product(0n, 1n, curve.octets(y), false)).toEqual(curve.octets(y));
      expect(product(0n, 1n, curve.octets(y | (1n << 255n)), false)).toBeNull();
    }
  });

  test("s·B + k·P is right for scalars at the edges and points of every order", () => {
    const scalars = [
      0n,
      1n,
      2n,
      15n,
      16n,
      17n,
      2n ** 16n - 1n,
      2n ** 252n,
      curve.L - 1n,
      curve.L - 2n,
      2n ** 253n - 1n,
    ];
    const random253 = () => curve.numberOf(random.bytes(32)) >> 3n;
    const mixed = curve.add(curve.multiply(random253(), curve.BASE), curve.TORSION);
    for (const point of [curve.BASE, curve.negate(curve.BASE), curve.NEUTRAL, curve.TORSION, mixed]) {
      for (const s of [...scalars.slice(0, 3), curve.L - 1n, random253()]) {
        for (const k of [...scalars, random253()]) {
          const expected = curve.encode(curve.add(curve.multiply(s, curve.BASE), curve.multiply(k, point)));
          const encoded = curve.encode(point);
          expect(product(s, k, encoded, false), `${s}, ${k}, ${context}`).toEqual(expected);
          expect(product(s, k, encoded, true), `${s}, ${k}, ${context}`).toEqual(expected);
        }
      }
    }
  });

  /** s·B + k·P; null: P is no encoding of a point. */
  function product(s: bigint, k: bigint, point: Buffer, withTable: boolean): Buffer | null {
    module.reset();
    const out = module.put(Buffer.alloc(32));
    const inputs = [curve.octets(s), curve.octets(k), point].map((bytes) => module.put(bytes));
    return module.call("ed25519Multiply", out, ...inputs, Number(withTable)) === 1 ? module.copy(out, 32) : null;
  }
});
