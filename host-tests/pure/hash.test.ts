import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { type Input, PureModule } from "./pure-module.ts";
import { check } from "./property.ts";
import { xxh64 } from "./xxh64.ts";

const pure = new PureModule();

function hash(input: Input, seed = 0n): bigint {
  return BigInt.asUintN(
    64,
    pure.everywhere([input], (view) => pure.exports.hash(view, seed)),
  );
}

describe("hash64", () => {
  test("published values of XXH64", () => {
    expect(hash("")).toBe(0xef46db3751d8e999n);
    expect(hash("a")).toBe(0xd24ec4f1a98c6e5bn);
    expect(hash("abc")).toBe(0x44bc2cf5ad770999n);
    expect(hash("Nobody inspects the spammish repetition")).toBe(0xfbcea83c8a378bf1n);
    expect(hash("xxhash", 20141025n)).toBe(0xb559b98d844e0635n);
  });

  test("agrees with another implementation at every length up to 200", () => {
    const bytes = Buffer.from(Array.from({ length: 200 }, (_, i) => (i * 131 + 7) & 255));
    for (let length = 0; length <= bytes.length; length++) {
      const input = bytes.subarray(0, length);
      expect(hash(input)).toBe(xxh64(input, 0n));
    }
  });

  test("agrees with another implementation on any bytes and seed", () => {
    const seed = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    check(500, [fc.uint8Array({ maxLength: 150 }), seed], (bytes, seed) => {
      expect(hash(bytes, seed)).toBe(xxh64(Buffer.from(bytes), seed));
    });
  });
});
