/** How fast the algorithms are meant to be: against OpenSSL and against RustCrypto in Wasm, measured in the same run. */
import { ratios, type Summary } from "../statistics.ts";
import type { Series } from "./measure.ts";

export interface Goal {
  case: string;
  /** Name of our contender. */
  of: string;
  /** Name of the one that it is compared with. */
  than: string;
  /** How many times as fast it must be at least; undefined: only the goal below is set. */
  must: number | undefined;
  goal: number;
}

/** `tie`: what is missing to the goal is less than the spread. */
export type Verdict = "goal met" | "tie with the goal" | "must met" | "goal missed" | "missed";

export interface GoalResult extends Goal {
  ratio: Summary;
  verdict: Verdict;
}

const OURS = "waypost";
const NO_TABLE = "waypost-no-table";

const GOALS: readonly Goal[] = [
  { case: "RS256-2048", of: OURS, than: "openssl", must: 0.36, goal: 0.42 },
  { case: "RS256-2048", of: OURS, than: "rustcrypto", must: 12, goal: 12 },
  { case: "RS256-2048", of: OURS, than: "go", must: undefined, goal: 5 },
  { case: "RS256-4096", of: OURS, than: "openssl", must: 0.38, goal: 0.48 },
  { case: "PS256-2048", of: OURS, than: "openssl", must: 0.33, goal: 0.4 },
  { case: "ES256", of: NO_TABLE, than: "openssl", must: 0.5, goal: 0.6 },
  { case: "ES256", of: OURS, than: "openssl", must: 1.7, goal: 2.2 },
  { case: "ES384", of: NO_TABLE, than: "openssl", must: 1.4, goal: 1.8 },
  { case: "ES384", of: OURS, than: "openssl", must: 4.5, goal: 6 },
  { case: "ES512", of: NO_TABLE, than: "openssl", must: 0.5, goal: 0.7 },
  { case: "ES512", of: OURS, than: "openssl", must: 1.5, goal: 2 },
  { case: "EdDSA", of: NO_TABLE, than: "openssl", must: 1.2, goal: 1.4 },
  { case: "EdDSA", of: OURS, than: "openssl", must: 3.5, goal: 4.4 },
  // Set as 0.75 and 1.1 million a second, on a machine where RustCrypto with its key kept would do 0.94 million.
  { case: "HS256", of: OURS, than: "rustcrypto", must: 0.8, goal: 1.17 },
  { case: "SHA-256", of: OURS, than: "rustcrypto", must: 1, goal: 1.2 },
  { case: "SHA-512", of: OURS, than: "rustcrypto", must: 1, goal: 1.1 },
];

/** The goals of which both sides were measured. */
export function judge(series: readonly Series[]): GoalResult[] {
  const rates = (name: string, contender: string) =>
    series.find((one) => one.name === name)?.rates.get(contender) ?? [];
  return GOALS.flatMap((goal) => {
    const ratio = ratios(rates(goal.case, goal.of), rates(goal.case, goal.than));
    return Number.isNaN(ratio.median) ? [] : [{ ...goal, ratio, verdict: verdict(goal, ratio) }];
  });
}

function verdict({ must, goal }: Goal, { median, spread }: Summary): Verdict {
  if (median >= goal) return "goal met";
  if (median + spread >= goal) return "tie with the goal";
  if (must === undefined) return "goal missed";
  return median >= must ? "must met" : "missed";
}
