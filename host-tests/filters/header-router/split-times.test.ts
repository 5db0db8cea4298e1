/** Times in configurations (`ConfigObject.timestamp`), judged by JavaScript's own dates. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { check, mutated } from "../../pure/property.ts";
import { SplitModule } from "./split-module.ts";

const module = new SplitModule();

/** RFC 3339 §5.6, which ECMAScript's dates do not follow to the letter; days of months are left to them. */
const RFC_3339 =
  /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))[Tt]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d+))?(Z|z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

function judge(text: string): number | null {
  const parts = RFC_3339.exec(text);
  if (parts === null) return null;
  const [, date = "", time = "", fraction = "", offset = ""] = parts;
  const day = new Date(`${date}T00:00:00Z`);
  // 2026-02-30 would be a day of March.
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== date) return null;
  return Date.parse(`${date}T${time}.${fraction.padEnd(3, "0").slice(0, 3)}${offset.toUpperCase()}`);
}

describe("parseTimestamp", () => {
  test.each([
    ["1970-01-01T00:00:00Z", 0],
    ["2026-11-21T08:00:00Z", Date.UTC(2026, 10, 21, 8)],
    ["2026-11-21t09:30:00.25+01:30", Date.UTC(2026, 10, 21, 8, 0, 0, 250)],
    ["2024-02-29T23:59:59.9999z", Date.UTC(2024, 1, 29, 23, 59, 59, 999)],
    ["1969-12-31T19:00:00-05:00", 0],
    ["2000-02-29T00:00:00-00:00", Date.UTC(2000, 1, 29)],
  ])("%s", (text, milliseconds) => {
    expect(module.parseTimestamp(text)).toBe(milliseconds);
  });

  test.each([
    "",
    "now",
    "2026-11-21",
    "2026-11-21T08:00Z",
    "2026-11-21 08:00:00Z",
    "2026-11-21T08:00:00",
    "2026-11-21T08:00:00+0100",
    "2026-11-21T08:00:00.Z",
    "2026-11-21T08:00:00Z ",
    "2026-11-21T24:00:00Z",
    "2026-11-21T08:60:00Z",
    "2026-12-31T23:59:60Z",
    "2026-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2026-04-31T00:00:00Z",
    "2026-00-01T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-11-00T00:00:00Z",
    "+002026-11-21T08:00:00Z",
    "2026-11-21T08:00:00+24:00",
    "2026-11-21T08:00:00٣Z",
  ])("%j is none", (text) => {
    expect(module.parseTimestamp(text)).toBeNull();
  });

  test("any day of any year, in any zone", () => {
    const part = (most: number, least = 0) => fc.integer({ min: least, max: most });
    const two = (number: number) => String(number).padStart(2, "0");
    const parts = fc.tuple(part(9999), part(13), part(32), part(24), part(60), part(61), part(1440, -1440));
    check(5_000, [parts], ([year, month, day, hour, minute, second, offset]) => {
      const zone = `${offset < 0 ? "-" : "+"}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
      const date = `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
      const text = `${date}T${two(hour)}:${two(minute)}:${two(second)}${zone}`;
      expect(module.parseTimestamp(text)).toBe(judge(text));
    });
  });

  test("texts with a few changes", () => {
    const text = fc
      .constantFrom("2026-11-21T08:00:00Z", "2026-02-28T08:00:00.125+01:00")
      .map((text) => Buffer.from(text));
    check(5_000, [mutated(text, "0123456789-+:.TtZz")], (bytes) => {
      const text = Buffer.from(bytes).toString();
      expect(module.parseTimestamp(text)).toBe(judge(text));
    });
  });
});
