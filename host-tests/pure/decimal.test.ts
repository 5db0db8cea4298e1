import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { PureModule } from "./pure-module.ts";
import { check } from "./property.ts";

const pure = new PureModule();
const { exports } = pure;

const STATUS = ["Ok", "Malformed", "Overflow"];
const U64_MAX = 2n ** 64n - 1n;
const I64_MAX = 2n ** 63n - 1n;
const I64_MIN = -(2n ** 63n);

function unsigned(text: string): string {
  return pure.everywhere([text], (view) => {
    const status = STATUS[exports.readUnsigned(view)];
    return `${String(status)} ${BigInt.asUintN(64, exports.unsignedValue())}`;
  });
}

function signed(text: string): string {
  return pure.everywhere([text], (view) => {
    const status = STATUS[exports.readSigned(view)];
    return `${String(status)} ${exports.signedValue()}`;
  });
}

/** What the result must be, decided with numbers of any length. */
function expected(text: string, grammar: RegExp, least: bigint, most: bigint): string {
  if (!grammar.test(text)) return "Malformed 0";
  const value = BigInt(text);
  if (value > most) return `Overflow ${most}`;
  return value < least ? `Overflow ${least}` : `Ok ${value}`;
}

const digits = fc.oneof(
  fc.stringMatching(/^-?[0-9]{0,25}$/),
  fc.stringMatching(/^[-+ 0-9a.]{0,4}$/),
  fc.bigInt({ min: -30n, max: 30n }).map((near) => String(U64_MAX + near)),
  fc.bigInt({ min: -30n, max: 30n }).map((near) => String(I64_MAX + near)),
  fc.bigInt({ min: -30n, max: 30n }).map((near) => String(I64_MIN + near)),
);

describe("decimal", () => {
  test("unsigned", () => {
    check(3000, [digits], (text) => expect(unsigned(text)).toBe(expected(text, /^[0-9]+$/, 0n, U64_MAX)));
  });

  test("signed", () => {
    check(3000, [digits], (text) => expect(signed(text)).toBe(expected(text, /^-?[0-9]+$/, I64_MIN, I64_MAX)));
  });

  test("the limits, exactly", () => {
    expect(unsigned("18446744073709551615")).toBe("Ok 18446744073709551615");
    expect(unsigned("18446744073709551616")).toBe("Overflow 18446744073709551615");
    expect(unsigned("99999999999999999999")).toBe("Overflow 18446744073709551615");
    expect(signed("9223372036854775807")).toBe("Ok 9223372036854775807");
    expect(signed("9223372036854775808")).toBe("Overflow 9223372036854775807");
    expect(signed("-9223372036854775808")).toBe("Ok -9223372036854775808");
    expect(signed("-9223372036854775809")).toBe("Overflow -9223372036854775808");
    expect(signed("-99999999999999999999999")).toBe("Overflow -9223372036854775808");
    expect(signed("-0")).toBe("Ok 0");
    expect(unsigned("000000000000000000000000000007")).toBe("Ok 7");
  });

  test("what is no decimal", () => {
    for (const text of ["", "-", "--1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "१"]) {
      expect(signed(text)).toBe("Malformed 0");
      expect(unsigned(text)).toBe("Malformed 0");
    }
    expect(unsigned("-1")).toBe("Malformed 0");
    expect(unsigned("99999999999999999999x")).toBe("Malformed 0");
  });

  test("parseUnsigned answers -1 for everything but a number up to its limit", () => {
    const parse = (text: string, max: bigint) => pure.everywhere([text], (view) => exports.parseUnsigned(view, max));
    expect(parse("999", 999n)).toBe(999n);
    expect(parse("1000", 999n)).toBe(-1n);
    expect(parse("", 999n)).toBe(-1n);
    expect(parse("-1", 999n)).toBe(-1n);
    expect(parse("9223372036854775807", I64_MAX)).toBe(I64_MAX);
    expect(parse("9223372036854775808", I64_MAX)).toBe(-1n);
    expect(parse("18446744073709551615", I64_MAX)).toBe(-1n);
  });
});
