import * as ascii from "../text/ascii";
import { Bytes } from "../text/bytes";

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 86_400_000;

/** Length of `2026-11-21T08:00:00`, which every timestamp begins with. */
const FIXED_LENGTH = 19;

/** What `parseTimestamp` answers when the text is none; a time before any that there can be. */
export const NO_TIMESTAMP: i64 = i64.MIN_VALUE;

/**
 * Milliseconds since 1970-01-01T00:00:00Z of a date and time in the form of RFC 3339 §5.6, such as `2026-11-21T08:00:00Z`
 * or `2026-11-21t09:00:00.5+01:00`; `NO_TIMESTAMP` when the text is none. Digits beyond milliseconds are cut off. There is
 * no leap second: who means one writes the second after it.
 */
export function parseTimestamp(text: Bytes): i64 {
  const day = parseDay(text);
  const time = parseTime(text);
  let end = FIXED_LENGTH;
  let fraction: i64 = 0;
  if (text.at(end) == ascii.DOT) {
    end = skipDigits(text, end + 1);
    if (end == FIXED_LENGTH + 1) return NO_TIMESTAMP;
    fraction = milliseconds(text, FIXED_LENGTH + 1, end);
  }
  const offset = parseOffset(text, end);
  const complete = day != NO_TIMESTAMP && time != NO_TIMESTAMP && offset != NO_TIMESTAMP;
  return complete ? day + time + fraction - offset : NO_TIMESTAMP;
}

/** Milliseconds up to the start of the day. */
function parseDay(text: Bytes): i64 {
  const century = twoDigits(text, 0, 0, 99);
  const year = twoDigits(text, 2, 0, 99);
  const month = twoDigits(text, 5, 1, 12);
  if (century < 0 || year < 0 || month < 0 || text.at(4) != ascii.MINUS || text.at(7) != ascii.MINUS)
    return NO_TIMESTAMP;
  const fullYear = century * 100 + year;
  const day = twoDigits(text, 8, 1, daysOf(fullYear, month));
  return day < 0 ? NO_TIMESTAMP : daysSinceEpoch(fullYear, month, day) * DAY;
}

/** Milliseconds since the start of the day. */
function parseTime(text: Bytes): i64 {
  const hour = twoDigits(text, 11, 0, 23);
  const minute = twoDigits(text, 14, 0, 59);
  const second = twoDigits(text, 17, 0, 59);
  const separated = (text.at(10) | 0x20) == 0x74 && text.at(13) == ascii.COLON && text.at(16) == ascii.COLON;
  if (hour < 0 || minute < 0 || second < 0 || !separated) return NO_TIMESTAMP;
  return <i64>hour * HOUR + <i64>minute * MINUTE + <i64>second * SECOND;
}

/** Milliseconds by which local time, as the text has it, is ahead of UTC. The offset is the rest of the text. */
function parseOffset(text: Bytes, at: i32): i64 {
  const sign = text.at(at);
  if ((sign | 0x20) == 0x7a) return at + 1 == text.length ? 0 : NO_TIMESTAMP;
  if ((sign != ascii.PLUS && sign != ascii.MINUS) || at + 6 != text.length) return NO_TIMESTAMP;
  const hours = twoDigits(text, at + 1, 0, 23);
  const minutes = twoDigits(text, at + 4, 0, 59);
  if (hours < 0 || minutes < 0 || text.at(at + 3) != ascii.COLON) return NO_TIMESTAMP;
  const offset = <i64>hours * HOUR + <i64>minutes * MINUTE;
  return sign == ascii.MINUS ? -offset : offset;
}

/** The number in two digits at `at`; -1 when they are none, or not from `least` to `most`. */
function twoDigits(text: Bytes, at: i32, least: i32, most: i32): i32 {
  const tens = <u32>text.at(at);
  const ones = <u32>text.at(at + 1);
  if (!ascii.isDigit(tens) || !ascii.isDigit(ones)) return -1;
  const number = <i32>((tens - ascii.ZERO) * 10 + (ones - ascii.ZERO));
  return number >= least && number <= most ? number : -1;
}

function skipDigits(text: Bytes, from: i32): i32 {
  let at = from;
  while (ascii.isDigit(text.at(at))) at++;
  return at;
}

/** The first three digits of a fraction of a second. */
function milliseconds(text: Bytes, from: i32, end: i32): i64 {
  let value: i64 = 0;
  for (let i = from; i < from + 3; i++) value = value * 10 + (i < end ? <i64>(<u32>text.at(i) - ascii.ZERO) : 0);
  return value;
}

function daysOf(year: i32, month: i32): i32 {
  if (month == 2) return isLeap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

function isLeap(year: i32): bool {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/** Days from 1970-01-01; negative before. Gregorian, also before there was that calendar (ISO 8601). */
function daysSinceEpoch(year: i32, month: i32, day: i32): i64 {
  // Years that begin in March have the leap day at their end, and months of 31, 30, 31, 30, 31 days, five by five.
  const isEarly = month <= 2;
  const marchYear = <i64>(isEarly ? year - 1 : year) + 400;
  const marchMonth = <i64>(isEarly ? month + 9 : month - 3);
  const days = marchYear * 365 + marchYear / 4 - marchYear / 100 + marchYear / 400 + (marchMonth * 153 + 2) / 5 + day;
  return days - DAYS_TO_EPOCH;
}

/** What `daysSinceEpoch` counts up to 1970-01-01, from 400 years before the year 0. */
const DAYS_TO_EPOCH: i64 = 865_566;
