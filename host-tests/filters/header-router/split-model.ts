/** How a split chooses lanes, as docs/traffic-split.md says it: a judge of the code in `assembly/filters/header-router`. */
import { xxh64 } from "../../pure/xxh64.ts";

export interface LaneDescription {
  name: string;
  /** Without a ramp. */
  weight?: number;
  /** Times in milliseconds. */
  ramp?: { from: number; to: number; start: number; duration: number };
}

/** Draws that are as near as that could come out in another order with another library's logarithm. */
const TIE = 1e-12;

/** The share of each lane at a moment; they sum up to 1, or are all 0. */
export function sharesAt(lanes: readonly LaneDescription[], now: number): number[] {
  const steady = sum(lanes.map(({ weight, ramp }) => (ramp === undefined ? (weight ?? 0) : 0)));
  const weights = lanes.map((lane) => weightAt(lane, now));
  if (steady === 0) {
    const all = sum(weights);
    return weights.map((weight) => (all === 0 ? 0 : weight / all));
  }
  const whole = steady + sum(lanes.map(({ ramp }) => (ramp === undefined ? 0 : Math.max(ramp.from, ramp.to))));
  const rest = 1 - sum(lanes.map(({ ramp }, i) => (ramp === undefined ? 0 : (weights[i] ?? 0) / whole)));
  return lanes.map(({ ramp }, i) =>
    ramp === undefined ? (rest * (weights[i] ?? 0)) / steady : (weights[i] ?? 0) / whole,
  );
}

/** The names of the lanes that may be the key's: one, but for draws that nearly tie; none when all shares are 0. */
export function lanesOf(
  lanes: readonly LaneDescription[],
  key: string | Uint8Array,
  salt: string,
  now: number,
): string[] {
  const keyHash = Buffer.alloc(8);
  keyHash.writeBigUInt64LE(xxh64(Buffer.from(key), xxh64(Buffer.from(salt), 0n)));
  const shares = sharesAt(lanes, now);
  const times = lanes.map(({ name }, i) => {
    const hash = xxh64(keyHash, xxh64(Buffer.from(name), 0n));
    const fraction = (Number(hash >> 12n) + 0.5) / 2 ** 52;
    return -Math.log(fraction) / (shares[i] ?? 0);
  });
  const least = Math.min(...times);
  return lanes.filter((_, i) => Number.isFinite(least) && (times[i] ?? 0) <= least * (1 + TIE)).map(({ name }) => name);
}

function weightAt({ weight, ramp }: LaneDescription, now: number): number {
  if (ramp === undefined) return weight ?? 0;
  const progress = Math.min(1, Math.max(0, (now - ramp.start) / ramp.duration));
  return ramp.from * (1 - progress) + ramp.to * progress;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
