import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { type Input, PureModule } from "./pure-module.ts";
import { check, mutated } from "./property.ts";

const pure = new PureModule();
const { exports } = pure;

const strict = (text: Input, plusIsSpace = false) =>
  pure.everywhere([text], (view) => pure.read(exports.percentDecode(view, Number(plusIsSpace))));
const lenient = (text: Input, plusIsSpace = false) =>
  pure.everywhere([text], (view) => pure.read(exports.percentDecodeLenient(view, Number(plusIsSpace))));
const equalsDecoded = (text: Input, plain: Input) =>
  pure.everywhere([text, plain], (a, b) => exports.equalsDecoded(a, b)) === 1;

const text = mutated(
  fc.string().map((plain) => Buffer.from(encodeURIComponent(plain.toWellFormed()))),
  "%+afAF0689 x",
);

/** Decoding as the URL standard has it (percent-decode), on bytes. */
function judge(text: Uint8Array, plusIsSpace: boolean): Buffer {
  const characters = Buffer.from(text).toString("latin1");
  const spaced = plusIsSpace ? characters.replaceAll("+", " ") : characters;
  return Buffer.from(
    spaced.replaceAll(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    "latin1",
  );
}

describe("percent-decoding", () => {
  test("of whatever a client may send", () => {
    check(5000, [text, fc.boolean()], (text, plusIsSpace) => {
      const expected = judge(text, plusIsSpace);
      const malformed = /%(?![0-9a-fA-F]{2})/.test(Buffer.from(text).toString("latin1"));
      expect(lenient(text, plusIsSpace)).toEqual(expected);
      expect(strict(text, plusIsSpace)).toEqual(malformed ? null : expected);
    });
  });

  test("agrees with decodeURIComponent and URLSearchParams", () => {
    check(1000, [fc.string({ unit: "grapheme" })], (plain) => {
      expect(strict(encodeURIComponent(plain))?.toString()).toBe(decodeURIComponent(encodeURIComponent(plain)));
      const form = new URLSearchParams({ name: plain }).toString().slice("name=".length);
      expect(strict(form, true)?.toString()).toBe(plain);
    });
  });

  test("comparing without decoding first gives the same", () => {
    check(3000, [text, fc.uint8Array({ maxLength: 3 })], (text, other) => {
      const decoded = judge(text, false);
      expect(equalsDecoded(text, decoded)).toBe(true);
      expect(equalsDecoded(text, decoded.subarray(0, -1))).toBe(decoded.length === 0);
      expect(equalsDecoded(text, Buffer.concat([decoded, Buffer.of(0)]))).toBe(false);
      expect(equalsDecoded(text, other)).toBe(decoded.equals(other));
    });
  });

  test.each(["%", "%4", "a%", "%4g", "%g4", "%%41", "%4%31", "%u0041", "%-1"])("%j is malformed", (text) => {
    expect(strict(text)).toBeNull();
  });

  test("decodes once only", () => {
    expect(strict("%2541")?.toString()).toBe("%41");
    expect(strict("%00%ff")).toEqual(Buffer.of(0, 255));
  });
});
