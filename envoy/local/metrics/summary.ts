/** Requests by operation and lane over some time: how many, how they ended, how long they took. */
import { histogramQuantile, type Bucket } from "./quantile.ts";
import { increases, NO_REQUESTS, type Group, type Reading, type Series } from "./requests.ts";

export interface Row extends Group {
  requests: number;
  /** Requests with a code of 400 to 499. */
  clientErrors: number;
  /** Requests with a code of 500 to 599. */
  serverErrors: number;
  /** Milliseconds within which half of the requests ended; NaN: nothing is known of any. */
  p50: number;
  p99: number;
  /** Requests since Envoy began to count. */
  total: number;
}

/** What the requests of some time came to. */
export interface Summary {
  /** 0: there is one reading yet, which says nothing of any time. */
  seconds: number;
  /** Sorted by service, operation and lane. Groups without requests in this time are there too. */
  rows: Row[];
  /** All of them as one; its labels are empty. */
  all: Row;
  /** What was read last. */
  latest: Reading;
}

/** All requests since Envoy began to count. */
export function summarizeAll(reading: Reading): Summary {
  return summarize(increases(NO_REQUESTS, reading), 0, reading);
}

/** The last readings, and what they say of the time between them. */
export class MovingWindow {
  readonly #length: number;
  #latest: { reading: Reading; time: number } | undefined;
  #steps: { grown: Series[]; milliseconds: number }[] = [];

  /** @param length  milliseconds that it looks back, at least, once there are so many */
  constructor(length: number) {
    this.#length = length;
  }

  /**
   * Takes a new reading, and answers what the window says now. Each reading is compared with the one before it, so that
   * of a counter that begins anew nothing is lost but what came just before.
   *
   * @param time  milliseconds of any steady clock
   */
  add(reading: Reading, time: number): Summary {
    // Compared with itself, a first reading has every series and no growth.
    const { reading: before, time: since } = this.#latest ?? { reading, time };
    this.#latest = { reading, time };
    this.#steps.push({ grown: increases(before, reading), milliseconds: time - since });
    while (this.#steps.length > 1 && this.#duration(1) >= this.#length) this.#steps.shift();
    const grown = this.#steps.flatMap((step) => step.grown);
    return summarize(grown, this.#duration() / 1_000, reading);
  }

  /** Milliseconds of all steps but the first `skipped`. */
  #duration(skipped = 0): number {
    return this.#steps.slice(skipped).reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  }
}

function summarize(grown: readonly Series[], seconds: number, latest: Reading): Summary {
  const everything = [...latest.series.values()];
  const totals = byGroup(everything);
  const groups = [...byGroup(grown)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    seconds,
    rows: groups.map(([key, { group, series }]) => rowOf(group, series, totals.get(key)?.series ?? [])),
    all: rowOf({ service: "", operation: "", lane: "", key: "" }, grown, everything),
    latest,
  };
}

function byGroup(all: readonly Series[]): Map<string, { group: Group; series: Series[] }> {
  const groups = new Map<string, { group: Group; series: Series[] }>();
  for (const one of all) {
    const { key } = one.group;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { group: one.group, series: [one] });
    else known.series.push(one);
  }
  return groups;
}

function rowOf(group: Group, grown: readonly Series[], all: readonly Series[]): Row {
  const buckets = bucketsOf(grown);
  return {
    ...group,
    requests: requestsIn(grown),
    clientErrors: requestsIn(grown, /^4/),
    serverErrors: requestsIn(grown, /^5/),
    p50: histogramQuantile(0.5, buckets),
    p99: histogramQuantile(0.99, buckets),
    total: requestsIn(all),
  };
}

function requestsIn(series: readonly Series[], codes = /^/): number {
  const counts = series.map((one) => ("code" in one && codes.test(one.code) ? one.count : 0));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The buckets of several histograms as those of one. */
function bucketsOf(series: readonly Series[]): Bucket[] {
  const counts = new Map<number, number>();
  for (const one of series) {
    if ("bound" in one) counts.set(one.bound, (counts.get(one.bound) ?? 0) + one.count);
  }
  return [...counts].map(([bound, count]) => ({ bound, count }));
}
