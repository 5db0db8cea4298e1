import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { PureModule } from "./pure-module.ts";
import { check, mutated } from "./property.ts";

const pure = new PureModule();
const decoder = new TextDecoder("utf-8", { fatal: true });

function judge(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Asks about `bytes` where they are, for the many calls of an exhaustive test. */
function isValid(bytes: number[]): boolean {
  return pure.call(() => pure.exports.isValidUtf8(pure.bytes(Uint8Array.from(bytes)))) === 1;
}

/** Bytes at the limits of the ranges of RFC 3629 §4. */
const EDGES = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff];

describe("isValidUtf8", () => {
  test("every pair of bytes", () => {
    for (let first = 0; first < 256; first++) {
      for (let second = 0; second < 256; second++) {
        expect(isValid([first, second]), `${first} ${second}`).toBe(judge(Uint8Array.of(first, second)));
      }
    }
  });

  test("every lead and second byte with every kind of third and fourth", () => {
    const wrong: number[][] = [];
    for (let lead = 0xe0; lead < 256; lead++) {
      for (let second = 0x70; second < 0xd0; second++) {
        for (const third of EDGES) {
          for (const bytes of [[lead, second, third], ...EDGES.map((fourth) => [lead, second, third, fourth])]) {
            if (isValid(bytes) !== judge(Uint8Array.from(bytes))) wrong.push(bytes);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test("longer texts, whole and damaged", () => {
    const text = fc.string({ unit: "binary", maxLength: 40 }).map((text) => Buffer.from(text) as Uint8Array);
    check(3000, [mutated(text, "a\u007f€😀")], (bytes) => {
      expect(pure.everywhere([bytes], (view) => pure.exports.isValidUtf8(view))).toBe(Number(judge(bytes)));
    });
  });

  test("a text that ends inside a character, at any distance from a multiple of 8", () => {
    for (let length = 0; length < 20; length++) {
      for (const [whole, cut] of [
        ["é", 1],
        ["€", 2],
        ["😀", 3],
      ] as const) {
        const bytes = Buffer.from("a".repeat(length) + whole);
        const valid = (input: Uint8Array) => pure.everywhere([input], (view) => pure.exports.isValidUtf8(view));
        expect(valid(bytes)).toBe(1);
        for (let missing = 1; missing <= cut; missing++) expect(valid(bytes.subarray(0, -missing))).toBe(0);
      }
    }
  });
});
