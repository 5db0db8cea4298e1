/** SHA-2 and HMAC, judged by the standards' examples and by node:crypto. */
import { createHash, createHmac } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { check } from "../pure/property.ts";
import { CryptoModule, HASHES } from "./crypto-module.ts";
import { HMAC_CASES } from "./rfc4231.ts";

const module = new CryptoModule();
const hashes = HASHES.map((name, id) => ({ name, id, size: createHash(name).digest().length }));
type Hash = (typeof hashes)[number];

const bytes = (maxLength: number) => fc.uint8Array({ maxLength, size: "max" });

/** Bytes without a pattern, the same in each run. */
function sample(length: number, seed = 0): Buffer {
  return createHash("shake256", { outputLength: length }).update(String(seed)).digest();
}

function digest({ id, size }: Hash, message: Uint8Array): string {
  module.reset();
  const out = module.put(Buffer.alloc(size + 1, 0x77));
  module.call("digest", id, module.put(message), message.length, out);
  expect(module.copy(out + size, 1)[0], "nothing is written behind the digest").toBe(0x77);
  return module.copy(out, size).toString("hex");
}

function expected({ name }: Hash, message: Uint8Array): string {
  return createHash(name).update(message).digest("hex");
}

describe.each(hashes)("$name", (hash) => {
  it("has digests of its length", () => {
    expect(module.call("digestLength", hash.id)).toBe(hash.size);
  });

  it("agrees with node:crypto at every length up to 600", () => {
    for (let length = 0; length <= 600; length++) {
      const message = sample(length);
      expect(digest(hash, message), String(length)).toBe(expected(hash, message));
    }
  });

  it("agrees with node:crypto on any bytes", () => {
    check(200, [bytes(5000)], (message) => {
      expect(digest(hash, message)).toBe(expected(hash, message));
    });
  });

  it("reads nothing behind the message", () => {
    for (const length of [0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 256]) {
      module.reset();
      const out = module.put(Buffer.alloc(hash.size));
      module.call("digest", hash.id, module.putAtEnd(sample(length)), length, out);
      expect(module.copy(out, hash.size).toString("hex")).toBe(expected(hash, sample(length)));
    }
  });

  it("takes a message in any pieces", () => {
    check(200, [fc.array(bytes(300), { maxLength: 8 })], (pieces) => {
      module.reset();
      module.call("hashReset", hash.id);
      for (const piece of pieces) module.call("hashUpdate", hash.id, module.put(piece), piece.length);
      expect(finish(hash)).toBe(expected(hash, Buffer.concat(pieces)));
    });
  });

  it("goes on from a state that was saved, as often as wanted", () => {
    const block = hash.name === "sha256" ? 64 : 128;
    for (const blocks of [0, 1, 3]) {
      module.reset();
      const start = sample(blocks * block);
      const state = module.put(Buffer.alloc(64));
      module.call("hashReset", hash.id);
      module.call("hashUpdate", hash.id, module.put(start), start.length);
      module.call("hashSave", hash.id, state);
      for (const length of [0, 1, 47, 111, 300]) {
        const end = sample(length, 1);
        module.call("hashRestore", hash.id, state, start.length);
        module.call("hashUpdate", hash.id, module.put(end), length);
        expect(finish(hash)).toBe(expected(hash, Buffer.concat([start, end])));
      }
    }
  });
});

function finish({ id, size }: Hash): string {
  const out = module.put(Buffer.alloc(size));
  module.call("hashFinish", id, out);
  return module.copy(out, size).toString("hex");
}

const LONG_MESSAGE_256 = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
const LONG_MESSAGE_512 =
  "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";
const MILLION = "a".repeat(1_000_000);

// NIST's examples for FIPS 180: how the digests begin.
it.each([
  { name: "sha256", message: "abc", start: "ba7816bf8f01cfea" },
  { name: "sha384", message: "abc", start: "cb00753f45a35e8b" },
  { name: "sha512", message: "abc", start: "ddaf35a193617aba" },
  { name: "sha256", message: LONG_MESSAGE_256, start: "248d6a61d20638b8" },
  { name: "sha384", message: LONG_MESSAGE_512, start: "09330c33f71147e8" },
  { name: "sha512", message: LONG_MESSAGE_512, start: "8e959b75dae313da" },
  { name: "sha256", message: MILLION, start: "cdc76e5c9914fb92" },
  { name: "sha384", message: MILLION, start: "9d0e1809716474cb" },
  { name: "sha512", message: MILLION, start: "e718483d0ce76964" },
])("the example of $name that begins with $start", ({ name, message, start }) => {
  const hash = hashes.find((one) => one.name === name)!;
  expect(digest(hash, Buffer.from(message)).slice(0, start.length)).toBe(start);
});

describe("HMAC", () => {
  it.each(HMAC_CASES)("RFC 4231 §$section", ({ key, message, codes }) => {
    for (const hash of hashes) expect(verify(hash, key, message, Buffer.from(codes[hash.id] ?? "", "hex"))).toBe(true);
  });

  describe.each(hashes)("$name", (hash) => {
    const code = (key: Uint8Array, message: Uint8Array) => createHmac(hash.name, key).update(message).digest();

    it("agrees with node:crypto for keys of every length up to 300", () => {
      for (let length = 0; length <= 300; length++) {
        const key = sample(length, 2);
        const message = sample((length * 7) % 500, 3);
        expect(verify(hash, key, message, code(key, message)), String(length)).toBe(true);
      }
    });

    it("agrees with node:crypto on any key and message", () => {
      check(200, [bytes(300), bytes(1000)], (key, message) => {
        expect(verify(hash, key, message, code(key, message))).toBe(true);
      });
    });

    it("refuses a code with any bit wrong", () => {
      const key = sample(64, 4);
      const message = sample(300, 5);
      const right = code(key, message);
      for (let bit = 0; bit < 8 * right.length; bit++) {
        const wrong = Buffer.from(right);
        wrong[bit >> 3]! ^= 1 << (bit & 7);
        expect(verify(hash, key, message, wrong), String(bit)).toBe(false);
      }
    });

    it("refuses a code of another length, and that of another hash function", () => {
      const key = sample(64, 4);
      const message = sample(300, 5);
      const right = code(key, message);
      for (let length = 0; length < right.length; length++) {
        expect(verify(hash, key, message, right.subarray(0, length)), String(length)).toBe(false);
      }
      expect(verify(hash, key, message, Buffer.concat([right, Buffer.alloc(1)]))).toBe(false);
      for (const other of hashes.filter((one) => one !== hash)) {
        const wrong = createHmac(other.name, key).update(message).digest();
        expect(verify(hash, key, message, wrong)).toBe(false);
        expect(verify(hash, key, message, wrong.subarray(0, right.length))).toBe(false);
      }
    });

    it("refuses another message and another key", () => {
      check(200, [bytes(200), bytes(200), bytes(200)], (key, message, other) => {
        const right = code(key, message);
        expect(verify(hash, key, other, right)).toBe(code(key, other).equals(right));
        expect(verify(hash, other, message, right)).toBe(code(other, message).equals(right));
      });
    });
  });

  it("keeps the states of a key for each hash function apart, and for each key", () => {
    module.reset();
    const secrets = [sample(64, 6), sample(200, 7)];
    const keys = secrets.map((secret) => module.call("hmacCreate", module.put(secret), secret.length));
    for (let turn = 0; turn < 3; turn++) {
      for (const [k, key] of keys.entries()) {
        for (const { name, id } of hashes) {
          const message = sample(100 * turn, 8);
          const right = createHmac(name, secrets[k]!).update(message).digest();
          expect(module.call("hmacVerify", key, id, module.view(message), module.view(right))).toBe(1);
        }
      }
    }
    for (const key of keys) module.call("hmacRelease", key);
  });

  it("wipes the secret and gives back all memory", () => {
    const secret = sample(40, 9);
    const useOne = () => {
      module.reset();
      const ptr = module.put(secret);
      const key = module.call("hmacCreate", ptr, secret.length);
      module.write(ptr, Buffer.alloc(secret.length));
      for (const { id, size } of hashes) {
        module.call("hmacVerify", key, id, module.view(Buffer.alloc(10)), module.view(Buffer.alloc(size)));
      }
      module.call("hmacRelease", key);
    };
    useOne();
    expect(module.copy(0, module.memorySize).indexOf(secret)).toBe(-1);
    // An object of the collector remains of each key, as the collector does not run here: far less than what a key owns.
    const before = module.memorySize;
    for (let i = 0; i < 3000; i++) useOne();
    expect(module.memorySize - before).toBeLessThan(4 * 65536);
  });
});

function verify({ id }: Hash, secret: Uint8Array, message: Uint8Array, code: Uint8Array): boolean {
  module.reset();
  const key = module.call("hmacCreate", module.put(secret), secret.length);
  const first = module.call("hmacVerify", key, id, module.view(message), module.view(code));
  // Once more, with the states that were kept, and where reading behind the code would trap.
  const again = module.call("hmacVerify", key, id, module.view(message), module.viewAtEnd(code));
  module.call("hmacRelease", key);
  expect(again).toBe(first);
  return first !== 0;
}
