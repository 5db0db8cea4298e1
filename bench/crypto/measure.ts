/** Runs the cases with all contenders. */
import { rotated } from "../rounds.ts";
import { megabytes, type Case } from "./cases.ts";
import type { Contender, Measure } from "./contender.ts";

export interface Settings {
  rounds: number;
  /** Seconds of processor time for each measurement; `openssl speed` takes one whatever is asked. */
  seconds: number;
}

/** What was measured of a case. */
export interface Series {
  name: string;
  title: string;
  /** By contender: operations, or megabytes, a second, one a round. */
  rates: Map<string, number[]>;
}

export function measure(
  cases: readonly Case[],
  contenders: readonly Contender[],
  { rounds, seconds }: Settings,
  progress: (what: string) => void,
): Series[] {
  return cases.map((one, index) => {
    progress(`${one.title} (${index + 1} of ${cases.length})`);
    const measures = contenders.flatMap(({ name, warmsUp, start }): [string, Measure][] => {
      const started = start(one);
      if (started !== undefined && warmsUp) started(seconds);
      return started === undefined ? [] : [[name, started]];
    });

    const rates = new Map(measures.map(([name]) => [name, [] as number[]]));
    for (let round = 0; round < rounds; round++) {
      for (const [name, run] of rotated(measures, round)) rates.get(name)?.push(run(seconds) * (megabytes(one) ?? 1));
    }
    return { name: one.name, title: one.title, rates };
  });
}
