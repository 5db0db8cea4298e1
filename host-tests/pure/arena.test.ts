import { beforeEach, describe, expect, test } from "vitest";
import { PureModule } from "./pure-module.ts";

const pure = new PureModule();
const { exports } = pure;

const CHUNK_SIZE = 64 * 1024;
const LARGE_SIZE = CHUNK_SIZE / 4;

describe("arena", () => {
  let base: number;

  beforeEach(() => {
    exports.reset();
    base = exports.allocate(0);
  });

  test("hands out blocks one after the other, aligned to 8", () => {
    expect(exports.allocate(1)).toBe(base);
    expect(exports.allocate(8)).toBe(base + 8);
    expect(exports.allocate(9)).toBe(base + 16);
    expect(exports.allocate(0)).toBe(base + 32);
    expect(exports.allocate(0)).toBe(base + 32);
    expect(base % 8).toBe(0);
  });

  test("is empty again after a reset", () => {
    exports.allocate(100);
    exports.reset();
    expect(exports.allocate(1)).toBe(base);
  });

  test("puts large blocks elsewhere, so that they take nothing from the small ones", () => {
    const large = exports.allocate(LARGE_SIZE + 1);
    expect(large < base || large >= base + CHUNK_SIZE).toBe(true);
    expect(exports.allocate(LARGE_SIZE)).toBe(base);
  });

  test("goes on in another chunk when one is full, and in the first after a reset", () => {
    for (let i = 0; i < 4; i++) expect(exports.allocate(LARGE_SIZE)).toBe(base + i * LARGE_SIZE);
    const beyond = exports.allocate(8);
    expect(beyond < base || beyond >= base + CHUNK_SIZE).toBe(true);
    expect(exports.allocate(8)).toBe(beyond + 8);
    exports.reset();
    expect(exports.allocate(8)).toBe(base);
  });

  test("traps rather than hand out less than was asked for", () => {
    expect(() => exports.allocate(0xffff_fff8)).toThrow();
  });

  test("blocks never overlap, whatever their sizes", () => {
    const sizes = [1, 7, 8, 9, 4000, LARGE_SIZE, LARGE_SIZE + 1, 100_000, 3, 30_000, LARGE_SIZE, LARGE_SIZE, 5];
    const blocks = sizes.map((size, i) => ({ ptr: exports.allocate(size), size, mark: i + 1 }));
    for (const { ptr, size, mark } of blocks) new Uint8Array(exports.memory.buffer, ptr, size).fill(mark);
    for (const { ptr, size, mark } of blocks) {
      expect(new Uint8Array(exports.memory.buffer, ptr, size).every((byte) => byte === mark)).toBe(true);
    }
  });

  test("memory stays as large as it is over many callbacks with large blocks", () => {
    const callback = () => {
      exports.enter();
      exports.allocate(1_000_000);
      exports.allocate(10);
      exports.allocate(300_000);
      exports.leave();
    };
    callback();
    const size = exports.memory.buffer.byteLength;
    for (let i = 0; i < 1000; i++) callback();
    expect(exports.memory.buffer.byteLength).toBe(size);
  });

  test("a callback inside a callback gives nothing back", () => {
    exports.enter();
    const outer = exports.allocate(8);
    exports.enter();
    const inner = exports.allocate(8);
    exports.leave();
    expect(exports.allocate(8)).toBe(inner + 8);
    exports.leave();
    expect(exports.allocate(8)).toBe(outer);
  });
});
