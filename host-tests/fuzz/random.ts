/** Randomness that a seed repeats. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** The randomness of case number `index` of a run: it depends on nothing that the cases before it did. */
  static ofCase(seed: number, index: number): Random {
    const first = new Random(seed);
    return new Random(Math.imul(first.#draw(), 0x9e3779b1) + Math.imul(index + 1, 0x85ebca6b));
  }

  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError("nothing to pick from");
    return items[this.below(items.length)] as T;
  }

  /** So many bytes. */
  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  /** So many bytes as a byte string; control characters that no codec lets through are left out. */
  text(length: number): string {
    return Array.from({ length }, () => this.byte()).join("");
  }

  byte(): string {
    const code = this.chance(0.8) ? 0x20 + this.below(0x5f) : 1 + this.below(255);
    return code === 0x0a || code === 0x0d ? " " : String.fromCharCode(code);
  }

  #next(): number {
    return this.#draw() / 2 ** 32;
  }

  /** mulberry32: small, and good enough to choose test cases. */
  #draw(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
}

const EDGES = [
  "",
  " ",
  "%",
  "%0",
  "%00",
  "%2e",
  "=",
  "==",
  ".",
  "..",
  ";",
  ",",
  "&",
  '"',
  "\\",
  "{",
  "}",
  "[",
  "\t",
  "\x7f",
  "\xff",
  "é",
];

/** `text` with a few bytes replaced, removed, doubled or inserted. */
export function mutateText(text: string, random: Random): string {
  let result = text;
  for (let count = 1 + random.below(3); count > 0; count--) {
    const at = random.below(result.length + 1);
    const end = Math.min(result.length, at + random.below(4));
    const insert = random.pick([random.byte(), random.pick(EDGES), result.slice(at, end + 8), ""]);
    result = result.slice(0, at) + insert + result.slice(random.chance(0.5) ? end : at);
  }
  return random.chance(0.02) ? result.repeat(1 + random.below(20)) : result;
}
