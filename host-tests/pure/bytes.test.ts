import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { type Input, PureModule } from "./pure-module.ts";
import { check, mutated } from "./property.ts";

const pure = new PureModule();

/** The numbers that `bytesMethod` in assembly/test/pure.ts gives the methods. */
const Method = {
  at: 0,
  index: 1,
  equals: 2,
  startsWith: 3,
  endsWith: 4,
  equalsIgnoreCase: 5,
  startsWithIgnoreCase: 6,
  indexOf: 7,
  lastIndexOf: 8,
};

function call(method: keyof typeof Method, bytes: Input, other: Input, from = 0, to = 0): number {
  return pure.everywhere([bytes, other], (a, b) => pure.exports.bytesMethod(Method[method], a, b, from, to));
}

describe("Bytes", () => {
  test("at and [] answer 0 outside", () => {
    for (const method of ["at", "index"] as const) {
      expect([-2147483648, -1, 0, 1, 2, 3, 2147483647].map((i) => call(method, "abc", "", i))).toEqual([
        0, 0, 97, 98, 99, 0, 0,
      ]);
      expect(call(method, "", "", 0)).toBe(0);
      expect(call(method, Uint8Array.of(0xff), "", 0)).toBe(255);
    }
  });

  const short = fc.stringMatching(/^[abAB\t @`[{é]{0,20}$/);

  test("comparisons agree with those of strings", () => {
    check(1000, [short, short, fc.nat(20)], (a, b, length) => {
      for (const other of [b, a.slice(0, length), a.slice(length)]) {
        const [left, right] = [Buffer.from(a), Buffer.from(other)];
        expect(call("equals", a, other)).toBe(Number(a === other));
        expect(call("startsWith", a, other)).toBe(Number(left.subarray(0, right.length).equals(right)));
        const end = left.subarray(Math.max(0, left.length - right.length));
        expect(call("endsWith", a, other)).toBe(Number(end.equals(right)));
        expect(call("equalsIgnoreCase", a, other)).toBe(Number(asciiLower(a) === asciiLower(other)));
        expect(call("startsWithIgnoreCase", a, other)).toBe(Number(asciiLower(a).startsWith(asciiLower(other))));
      }
    });
  });

  test("ignoring case folds letters only", () => {
    for (let byte = 0; byte < 256; byte++) {
      const other = byte ^ 0x20;
      const letter = /^[a-z]$/i.test(String.fromCharCode(byte));
      expect(call("equalsIgnoreCase", Uint8Array.of(byte), Uint8Array.of(other))).toBe(Number(letter));
    }
  });

  test("indexOf and lastIndexOf", () => {
    check(
      500,
      [short, fc.constantFrom("a", "b", "A", "B", "@"), fc.integer({ min: -3, max: 24 })],
      (text, wanted, from) => {
        const buffer = Buffer.from(text);
        const byte = wanted.charCodeAt(0);
        expect(call("indexOf", text, "", from, byte)).toBe(buffer.indexOf(byte, Math.max(0, from)));
        expect(call("lastIndexOf", text, "", 0, byte)).toBe(buffer.lastIndexOf(byte));
      },
    );
  });

  test("slice is clamped to what there is", () => {
    const position = fc.oneof(fc.integer({ min: -3, max: 8 }), fc.constantFrom(2147483647, -2147483648));
    check(1000, [fc.uint8Array({ maxLength: 6 }), position, position], (bytes, from, to) => {
      const sliced = pure.everywhere([bytes], (view) => pure.read(pure.exports.bytesSlice(view, from, to)));
      const expected = bytes.slice(Math.max(0, from), Math.max(0, from, to));
      expect(sliced).toEqual(Buffer.from(expected));
    });
  });

  test("trim takes spaces and tabs off both ends, nothing else", () => {
    const trim = (text: string) => pure.everywhere([text], (view) => pure.text(pure.exports.bytesTrim(view)));
    expect(trim(" \t a b\t ")).toBe("a b");
    expect(trim(" \t ")).toBe("");
    expect(trim("")).toBe("");
    expect(trim("\na\r")).toBe("\na\r");
    expect(trim("\u00a0a")).toBe("\u00a0a");
  });

  test("text survives a String, malformed UTF-8 becomes U+FFFD", () => {
    const roundTrip = (input: Input) =>
      pure.everywhere([input], (view) => pure.text(pure.exports.bytesRoundTrip(view)));
    check(300, [fc.string({ unit: "binary" })], (text) => expect(roundTrip(text)).toBe(text));
    const merged = (text: string | null) => text?.replaceAll(/\ufffd+/g, "\ufffd");
    const bytes = mutated(
      fc.string({ unit: "binary" }).map((text) => Buffer.from(text)),
      "\xc0\xe2\xf0\x9f",
    );
    check(1000, [bytes], (input) => {
      // A decoder may merge several malformed bytes into one U+FFFD.
      expect(merged(roundTrip(input))).toBe(merged(Buffer.from(input).toString()));
    });
  });

  test("persist outlives the arena", () => {
    const kept = pure.call(() => pure.exports.persist(pure.bytes("kept")));
    pure.call(() => pure.bytes("over written"));
    expect(pure.text(kept)).toBe("kept");
    pure.exports.release(kept);
  });
});

function asciiLower(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
