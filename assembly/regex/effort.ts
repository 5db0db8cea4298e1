/**
 * How much work matchers have done: each instruction that is followed at a position counts. One search is linear in its text;
 * whoever searches a text again and again, as a rewrite does, goes by this to stay linear too.
 */
let steps: u64 = 0;

export function resetEffort(): void {
  steps = 0;
}

export function addEffort(count: u64): void {
  steps += count;
}

/** Steps since `resetEffort`. */
export function effort(): u64 {
  return steps;
}
