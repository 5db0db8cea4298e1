/** What can be wrong with a pod, and which of its requests have to do with it. */

/** What is wrong with a pod. `{}`: nothing. */
export interface Fault {
  /** Milliseconds that it waits before it does anything else. */
  delay?: number;
  /** Answers this, 200 to 599, in place of 200. */
  status?: number;
  /** Breaks the connection off without an answer. */
  reset?: boolean;
  /**
   * Of the requests, 0 to 1; default 1. Exact over any row of requests, without chance: of the first n the floor of n × share,
   * so that with 0.5 it is each second one, and the first is spared.
   */
  share?: number;
  /** Ends after so many requests at fault; default: never. */
  times?: number;
}

/** What one request gets. */
export type Mishap = Pick<Fault, "delay" | "status" | "reset">;

const CHECKS: Readonly<Record<keyof Fault, [valid: (value: unknown) => boolean, expected: string]>> = {
  delay: [(value) => isInteger(value, 0, 600_000), "milliseconds, 0 to 600000"],
  status: [(value) => isInteger(value, 200, 599), "a status, 200 to 599"],
  reset: [(value) => typeof value === "boolean", "true or false"],
  share: [(value) => typeof value === "number" && value >= 0 && value <= 1, "a number from 0 to 1"],
  times: [(value) => isInteger(value, 0, Number.MAX_SAFE_INTEGER), "a count of requests"],
};

/** Reads a fault from JSON. Throws an Error that names the member that is wrong and what was expected. */
export function parseFault(json: string): Fault {
  const value = jsonOf(json);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error(`a fault is an object such as {"status":503,"share":0.5}; this is: ${json}`);
  }
  for (const [name, member] of Object.entries(value)) {
    if (!Object.hasOwn(CHECKS, name)) throw new Error(`${name}: a fault has ${Object.keys(CHECKS).join(", ")}`);
    const [valid, expected] = CHECKS[name as keyof Fault];
    if (!valid(member)) throw new Error(`${name}: expected ${expected}; this is ${JSON.stringify(member)}`);
  }
  return value;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Deals a fault out to requests in the order in which they come. */
export class FaultDealer {
  readonly #fault: Fault;
  #requests = 0;
  #dealt = 0;

  constructor(fault: Fault) {
    this.#fault = fault;
  }

  /** What the next request gets. */
  next(): Mishap {
    const { share = 1, times = Infinity, ...mishap } = this.#fault;
    const dueBefore = due(this.#requests, share);
    this.#requests += 1;
    if (due(this.#requests, share) === dueBefore || this.#dealt >= times) return {};
    this.#dealt += 1;
    return mishap;
  }
}

/** How many of so many requests are at fault. */
function due(requests: number, share: number): number {
  // 100 × 0.29 is a little less than 29.
  return Math.floor(requests * share + 1e-9);
}

function isInteger(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}
