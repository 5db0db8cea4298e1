import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { type Input, PureModule } from "./pure-module.ts";
import { check } from "./property.ts";

const pure = new PureModule();
const { exports } = pure;

const isName = (name: Input) => pure.everywhere([name], (view) => exports.isHeaderName(view)) === 1;
const isValue = (value: Input) => pure.everywhere([value], (view) => exports.isHeaderValue(view)) === 1;

describe("header fields", () => {
  test("a name is a token (RFC 9110 §5.6.2), byte by byte", () => {
    for (let byte = 0; byte < 256; byte++) {
      const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]$/.test(String.fromCharCode(byte));
      expect(isName(Uint8Array.of(0x78, byte)), String(byte)).toBe(token);
    }
    expect(isName("")).toBe(false);
    expect(isName(":path")).toBe(false);
    expect(isName("x-claim-sub")).toBe(true);
  });

  test("a value has no control characters but tab, and no white space around it", () => {
    for (let byte = 0; byte < 256; byte++) {
      const control = (byte < 0x20 && byte !== 0x09) || byte === 0x7f;
      expect(isValue(Uint8Array.of(0x78, byte, 0x78)), String(byte)).toBe(!control);
    }
    for (const value of ["", "a", "a b", "a\tb", "é", "{}"]) expect(isValue(value)).toBe(true);
    for (const value of [" ", "\t", " a", "a ", "\ta", "a\t", "a\r\nb: c", "\n", "a\0"])
      expect(isValue(value)).toBe(false);
  });

  test.each([
    ["application/grpc", true],
    ["application/grpc+proto", true],
    ["application/grpc+", true],
    ["application/grpc-web", false],
    ["application/grpc; charset=utf-8", false],
    ["application/grp", false],
    ["Application/grpc", false],
    [" application/grpc", false],
    ["", false],
  ])("content-type %j is gRPC: %s", (value, expected) => {
    expect(pure.everywhere([value], (view) => exports.isGrpcContentType(view)) === 1).toBe(expected);
  });
});

describe("Cache-Control", () => {
  function read(...lines: string[]): { maxAge: bigint | undefined; noStore: boolean; noCache: boolean } {
    return (
      lines
        .map((line, i) =>
          pure.everywhere([line], (view) => {
            // Read again at each place, so the earlier lines must be as well.
            lines.slice(0, i).forEach((earlier, j) => exports.cacheControlRead(pure.bytes(earlier), Number(j === 0)));
            return pure.read(exports.cacheControlRead(view, Number(i === 0)));
          }),
        )
        .map((result) => ({
          maxAge: result?.readBigInt64LE(),
          noStore: result?.[8] === 1,
          noCache: result?.[9] === 1,
        }))
        .slice(-1)[0] ?? { maxAge: undefined, noStore: false, noCache: false }
    );
  }

  test.each([
    ["max-age=60", 60n],
    ["public, max-age=60, must-revalidate", 60n],
    ["MAX-AGE=60", 60n],
    ["max-age=0", 0n],
    ["max-age=007", 7n],
    ['max-age="60"', 60n],
    [" ,, max-age=60 ,", 60n],
    ["max-age = 60", 60n],
    ["max-age=60,max-age=10", 60n],
    ["max-age=2147483648", 2147483648n],
    ["max-age=2147483649", 2147483648n],
    ["max-age=99999999999999999999999999", 2147483648n],
    ["max-age=-1", 0n],
    ["max-age=1.5", 0n],
    ["max-age=", 0n],
    ["max-age", 0n],
    ["max-age=60s", 0n],
    ['max-age="', 0n],
    ["", -1n],
    ["s-maxage=60", -1n],
    ["max-agex=60", -1n],
    ["xmax-age=60", -1n],
    ['x="a, max-age=60"', -1n],
    ['x="a\\", max-age=60", max-age=5', 5n],
    ['x="a, max-age=60', -1n],
    ['x="\\', -1n],
  ])("%j: max-age %s", (line, maxAge) => expect(read(line).maxAge).toBe(maxAge));

  test("no-store and no-cache", () => {
    expect(read("no-store")).toEqual({ maxAge: -1n, noStore: true, noCache: false });
    expect(read("No-Cache, max-age=5")).toEqual({ maxAge: 5n, noStore: false, noCache: true });
    expect(read('no-cache="set-cookie, x"')).toEqual({ maxAge: -1n, noStore: false, noCache: true });
    expect(read("no-storex, xno-cache")).toEqual({ maxAge: -1n, noStore: false, noCache: false });
  });

  test("lines add up, the first max-age counts", () => {
    expect(read("max-age=5", "max-age=9, no-store", "no-cache")).toEqual({ maxAge: 5n, noStore: true, noCache: true });
  });

  test("whatever an issuer sends, max-age stays in its range", () => {
    check(3000, [fc.stringMatching(/^(max-age|no-store|[=",\\ 0-9x]){0,6}$/)], (line) => {
      const { maxAge } = read(line);
      expect(maxAge !== undefined && maxAge >= -1n && maxAge <= 2147483648n).toBe(true);
    });
  });
});
