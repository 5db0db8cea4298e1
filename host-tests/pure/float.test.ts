import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { PureModule } from "./pure-module.ts";
import { check } from "./property.ts";

const pure = new PureModule();

function parse(text: string): number {
  return pure.everywhere([text], (view) => pure.exports.float64(view));
}

function agrees(text: string): void {
  expect(parse(text), text).toBe(Number(text));
}

/** The exact decimal of the point halfway between `value` (not negative) and the next larger f64. */
function halfway(value: number): { digits: bigint; exponent: number } {
  const bits = new BigUint64Array(Float64Array.of(value).buffer)[0] ?? 0n;
  const biased = Number(bits >> 52n);
  const significand = (bits & ((1n << 52n) - 1n)) | (biased === 0 ? 0n : 1n << 52n);
  // value = significand * 2^scale; halfway to the next is (2 * significand + 1) * 2^(scale - 1)
  const scale = Math.max(biased, 1) - 1075 - 1;
  const odd = 2n * significand + 1n;
  return scale >= 0
    ? { digits: odd << BigInt(scale), exponent: 0 }
    : { digits: odd * 5n ** BigInt(-scale), exponent: scale };
}

const anyF64 = fc
  .bigInt({ min: 0n, max: 0x7fefffffffffffffn })
  .map((bits) => new Float64Array(BigUint64Array.of(bits).buffer)[0] ?? 0);

describe("parseFloat64", () => {
  test("shortest decimals of all kinds of values", () => {
    check(2000, [anyF64], (value) => agrees(String(value)));
    check(1000, [fc.double({ noNaN: true, noDefaultInfinity: true })], (value) => agrees(String(value)));
  });

  test("numbers of the JSON grammar", () => {
    check(3000, [fc.stringMatching(/^-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,3})?$/)], agrees);
  });

  test("points halfway between two values, and a little beside them", () => {
    check(300, [anyF64], (value) => {
      const { digits, exponent } = halfway(value);
      agrees(`${digits}e${exponent}`);
      agrees(`${digits}0001e${exponent - 4}`);
      agrees(`${digits - 1n}e${exponent}`);
      agrees(`${digits + 1n}e${exponent}`);
      agrees(`${digits}${"0".repeat(900)}1e${exponent - 901}`);
    });
  });

  test("the edges of the range", () => {
    for (const text of [
      [
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "1.8e308",
        "1e309",
        "1e310",
        "1e311",
      ],
      ["4.9406564584124654e-324", "2.4703282292062328e-324", "2.4703282292062327e-324", "1e-400", "3e-324", "2e-324"],
      ["2.2250738585072014e-308", "2.2250738585072011e-308", "2.225073858507201e-308", "0.00022250738585072014e-304"],
      ["0", "-0", "0.0", "-0e5", "0e999999999999999999999", "1e999999999999999999999", "1e-999999999999999999999"],
      ["9007199254740991", "9007199254740992", "9007199254740993", "9007199254740994.999999999999999999999999"],
      [`1${"0".repeat(400)}e-400`, `0.${"0".repeat(400)}1e401`, `1${"0".repeat(2000)}`, `0.${"0".repeat(2000)}1`],
      [`${"9".repeat(5000)}e-5000`, `0.${"3".repeat(5000)}`, "1".repeat(309), `1.${"0".repeat(1000)}1`],
    ].flat()) {
      agrees(text);
      agrees(`-${text}`.replace("--", ""));
    }
  });
});
