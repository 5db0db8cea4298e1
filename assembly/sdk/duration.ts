import { DecimalReader, DecimalStatus } from "../text/decimal";
import { Bytes } from "../text/bytes";

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 3_600_000;

/** More digits do not make a longer time than anybody means. */
const MAX_DIGITS = 9;

const decimals = new DecimalReader();

/** Milliseconds of a duration like `250ms`, `5s`, `1.5s`, `10m` or `1h`; -1 when the text is none. */
export function parseDuration(text: string): i64 {
  let end = 0;
  while (end < text.length && isNumeral(text.charCodeAt(end))) end++;
  const amount = parseDecimal(text.slice(0, end));
  const unit = unitOf(text.slice(end));
  return amount < 0 || unit == 0 ? -1 : <i64>Math.round(amount * <f64>unit);
}

/** A duration in the largest unit that leaves no fraction. */
export function formatDuration(milliseconds: i64): string {
  if (milliseconds == 0) return "0s";
  if (milliseconds % HOUR == 0) return (milliseconds / HOUR).toString() + "h";
  if (milliseconds % MINUTE == 0) return (milliseconds / MINUTE).toString() + "m";
  if (milliseconds % SECOND == 0) return (milliseconds / SECOND).toString() + "s";
  return milliseconds.toString() + "ms";
}

function isNumeral(code: i32): bool {
  return (code >= 0x30 && code <= 0x39) || code == 0x2e;
}

/** Milliseconds of a unit; 0 when there is none of that name. */
function unitOf(name: string): i64 {
  if (name == "ms") return 1;
  if (name == "s") return SECOND;
  if (name == "m") return MINUTE;
  return name == "h" ? HOUR : 0;
}

/** A decimal with or without a fraction; -1 when the text is none. */
function parseDecimal(text: string): f64 {
  if (text.length > MAX_DIGITS) return -1;
  const point = text.indexOf(".");
  const whole = parseDigits(point < 0 ? text : text.slice(0, point));
  if (whole < 0 || point < 0) return whole;
  const digits = text.slice(point + 1);
  let fraction = parseDigits(digits);
  if (fraction < 0) return -1;
  for (let i = 0; i < digits.length; i++) fraction /= 10;
  return whole + fraction;
}

function parseDigits(text: string): f64 {
  return decimals.readUnsigned(Bytes.of(text)) == DecimalStatus.Ok ? <f64>decimals.unsigned : -1;
}
