/** Durations of manifests. */
import { Refused } from "./manifest.ts";

/** Of a second. */
const UNITS: Readonly<Record<string, number>> = { h: 3_600, m: 60, s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9 };

const PART = /(\d+(?:\.\d+)?)(h|ms|m|s|us|ns)/g;

/**
 * A duration as manifests write it, `1m30s` or `500ms`, as proto3 JSON wants it: `90s`, `0.5s`.
 *
 * @param where  of the field, for the error
 */
export function duration(text: string, where: string): string {
  const parts = [...text.matchAll(PART)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text) {
    throw new Refused(where, `${text}: expected a duration such as 500ms or 1m30s`);
  }
  const seconds = parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (UNITS[unit] ?? 0), 0);
  // To the nanosecond, which is the finest there is.
  return `${Number(seconds.toFixed(9))}s`;
}
