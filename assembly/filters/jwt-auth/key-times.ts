import { Bytes, nowNanoseconds } from "../../sdk";
import { hash64 } from "../../text/hash";

/** Wait after the first failed fetch, in milliseconds; each further one doubles it, up to the other. */
const MIN_BACKOFF: i64 = 1_000;
const MAX_BACKOFF: i64 = 60_000;

/** Wait after a fetch that could not be sent, for want of a cluster or a host of it. */
const RETRY_INTERVAL: i64 = 100;

/** An issuer that allows less is asked no more often than after so many milliseconds. */
const MIN_FRESHNESS: i64 = 30_000;

/** Tenths of their time after which keys are fetched again: from this one on, and before the next. */
const REFRESH_TENTH: i64 = 8;

const NOTHING = Bytes.constant("");

/** Counts the numbers drawn, so that two drawn at one moment differ. */
let draws: u64 = 0;

/**
 * A number from 0 to below `range` (at most 2^31), to keep proxies that started together apart. Its source is the clock,
 * to the nanosecond, well mixed: proxies differ in it, and nobody gains by guessing it.
 */
function jitter(range: i64): i64 {
  draws += 1;
  const random = hash64(NOTHING, nowNanoseconds() + draws);
  return (<i64>((random >>> 32) * <u64>range)) >>> 32;
}

/** When fetched keys are due, when they expire, and until when they may be used. Milliseconds, moments since 1970. */
@final
export class KeyTimes {
  /** When the keys were fetched; 0: never, or not by the clock as it is now. */
  fetchedAt: i64 = 0;
  private expiresAt: i64 = 0;
  /** When the next fetch is due. */
  private due: i64 = 0;
  /** The moment that `due` was counted from. */
  private dueSince: i64 = 0;

  constructor(
    private readonly cacheDuration: i64,
    private readonly staleDuration: i64,
  ) {}

  /** Keys that the issuer gave at `at`, and allows to use for `freshFor`. */
  fetched(at: i64, freshFor: i64): void {
    const lifetime = this.lifetime(freshFor);
    const tenth = lifetime / 10;
    this.fetchedAt = at;
    this.expiresAt = at + lifetime;
    this.due = at + tenth * REFRESH_TENTH + jitter(tenth);
    this.dueSince = at;
  }

  /** Whether keys fetched at `at` may be used at `now`. */
  wouldServe(now: i64, at: i64, freshFor: i64): bool {
    return at <= now && now < at + this.lifetime(freshFor) + this.staleDuration;
  }

  /** Whether the keys that are here may be used. */
  serve(now: i64): bool {
    return now < this.expiresAt + this.staleDuration;
  }

  /** A fetch failed, one of so many in a row, at least 1: answers how long to wait, half of which is left to chance. */
  failed(now: i64, failures: u32): i64 {
    const backoff = min(MIN_BACKOFF << (<i64>min(failures - 1, 6)), MAX_BACKOFF);
    const wait = backoff / 2 + jitter(backoff / 2);
    this.retryIn(now, wait);
    return wait;
  }

  /** A fetch could not begin. Trying again costs the issuer nothing. */
  notSent(now: i64): void {
    this.retryIn(now, RETRY_INTERVAL);
  }

  private retryIn(now: i64, wait: i64): void {
    this.due = now + wait;
    this.dueSince = now;
  }

  isDue(now: i64): bool {
    return now >= this.due || now < this.dueSince;
  }

  /** Looks whether the clock was set back. Keys fetched in what is now the future count as expired. */
  checkClock(now: i64): void {
    if (now >= this.fetchedAt) return;
    this.fetchedAt = 0;
    this.expiresAt = min(this.expiresAt, now);
    this.due = now;
    this.dueSince = now;
  }

  /** For how long an answer of the issuer counts as fresh that allows to use it for `freshFor`. */
  lifetime(freshFor: i64): i64 {
    return min(this.cacheDuration, max(freshFor, MIN_FRESHNESS));
  }
}
