import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { PureModule } from "./pure-module.ts";
import { check } from "./property.ts";

const pure = new PureModule();
const { exports } = pure;

const i64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

type Piece =
  { put: number } | { bytes: Uint8Array } | { text: string } | { i64: bigint } | { u64: bigint } | { u32le: number };

const piece: fc.Arbitrary<Piece> = fc.oneof(
  fc.record({ put: fc.nat(255) }),
  fc.record({ bytes: fc.uint8Array({ maxLength: 40 }) }),
  fc.record({ text: fc.string({ unit: "binary" }) }),
  fc.record({ i64 }),
  fc.record({ u64 }),
  fc.record({ u32le: fc.nat(0xffffffff) }),
);

function write(piece: Piece): Buffer {
  if ("put" in piece) {
    exports.writerPut(piece.put);
    return Buffer.of(piece.put);
  }
  if ("bytes" in piece) {
    exports.writerBytes(pure.bytes(piece.bytes));
    return Buffer.from(piece.bytes);
  }
  if ("text" in piece) {
    exports.writerText(pure.bytes(piece.text));
    return Buffer.from(piece.text);
  }
  if ("i64" in piece) {
    exports.writerI64(piece.i64);
    return Buffer.from(String(piece.i64));
  }
  if ("u64" in piece) {
    exports.writerU64(piece.u64);
    return Buffer.from(String(piece.u64));
  }
  exports.writerU32le(piece.u32le);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(piece.u32le);
  return bytes;
}

function written(capacity: number, pieces: Piece[]): { written: Buffer | null; expected: Buffer } {
  return pure.call(() => {
    exports.writerCreate(capacity);
    const expected = Buffer.concat(pieces.map(write));
    return { written: pure.read(exports.writerFinish()), expected };
  });
}

describe("ByteWriter", () => {
  test("holds what was written, however often it has to grow", () => {
    check(500, [fc.nat(20), fc.array(piece, { maxLength: 30 })], (capacity, pieces) => {
      const result = written(capacity, pieces);
      expect(result.written).toEqual(result.expected);
    });
  });

  test("writes the limits of 64 bits", () => {
    const limits = [0n, 1n, -1n, 9n, 10n, 2n ** 63n - 1n, -(2n ** 63n)];
    for (const value of limits) expect(written(0, [{ i64: value }]).written?.toString()).toBe(String(value));
    expect(written(0, [{ u64: 2n ** 64n - 1n }]).written?.toString()).toBe("18446744073709551615");
  });

  test("what was finished does not change when more is written", () => {
    pure.call(() => {
      exports.writerCreate(2);
      exports.writerBytes(pure.bytes("abc"));
      const early = exports.writerFinish();
      exports.writerBytes(pure.bytes("d".repeat(100)));
      expect(pure.text(early)).toBe("abc");
      expect(pure.text(exports.writerFinish())).toBe("abc" + "d".repeat(100));
    });
  });

  test("grows beyond the arena's chunk", () => {
    const pieces = Array.from({ length: 3000 }, (_, i) => ({ bytes: Buffer.alloc(100, i) }));
    const result = written(1, pieces);
    expect(result.written?.equals(result.expected)).toBe(true);
  });
});
