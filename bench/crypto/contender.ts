/** What takes part in the measurement. */
import process from "node:process";
import type { Case } from "./cases.ts";

/** One implementation. */
export interface Contender {
  name: string;
  /** Heading of its column. */
  title: string;
  /** Whether it gets faster while it runs: engines optimize, and keys get their tables. */
  warmsUp: boolean;
  /** Makes a case ready to be measured; undefined: it has no such algorithm. */
  start: (one: Case) => Measure | undefined;
}

/** A contender that cannot take part on this machine. */
export interface Absent {
  title: string;
  reason: string;
}

/** Works for about so many seconds of processor time; answers operations a second of it. */
export type Measure = (seconds: number) => number;

/**
 * Measures `run`, which does so many operations, in this process.
 *
 * @param prepare what is done for them beforehand, and not measured
 */
export function measureHere(run: (times: number) => void, prepare: (times: number) => void = () => undefined): Measure {
  let times = 1;
  return (seconds) => {
    for (;;) {
      prepare(times);
      const before = process.cpuUsage();
      run(times);
      const { user, system } = process.cpuUsage(before);
      const used = (user + system) / 1e6;
      const done = times;
      times = Math.max(1, Math.ceil(Math.min(times * 16, (times * seconds) / Math.max(used, 1e-6))));
      if (used > seconds / 2) return done / used;
    }
  };
}
