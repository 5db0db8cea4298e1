/** Moments and lengths of time as scenarios write them. */
import type { Duration, Moment } from "./format.ts";

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const MOMENT = /^now(?:([+-])(\d+)(ms|s|m|h|d))?$/;
const DURATION = /^(\d+)(ms|s|m|h)$/;

/** Whether `text` is a Moment. */
export function isMoment(text: string): text is Moment {
  return MOMENT.test(text);
}

/**
 * NumericDate (RFC 7519 §2) of a Moment: whole seconds since the epoch, rounded down.
 *
 * @param now  milliseconds since the epoch
 */
export function numericDate(moment: Moment, now: number): number {
  return Math.floor(instant(moment, now) / 1_000);
}

/**
 * A Moment in the form of RFC 3339, to the millisecond.
 *
 * @param now  milliseconds since the epoch
 */
export function timestamp(moment: Moment, now: number): string {
  return new Date(instant(moment, now)).toISOString();
}

/** Milliseconds since the epoch. Throws an Error when `moment` is none. */
function instant(moment: Moment, now: number): number {
  const parts = MOMENT.exec(moment);
  if (parts === null) throw new Error(`not a moment: ${JSON.stringify(moment)}`);
  const [, sign, count = "0", unit = "ms"] = parts;
  const offset = Number(count) * (UNITS[unit] ?? Number.NaN);
  return sign === "-" ? now - offset : now + offset;
}

/** Milliseconds of a Duration. Throws an Error when it is none. */
export function milliseconds(duration: Duration): number {
  const parts = DURATION.exec(duration);
  if (parts === null) throw new Error(`not a duration: ${JSON.stringify(duration)}`);
  return Number(parts[1]) * (UNITS[parts[2] ?? ""] ?? Number.NaN);
}
