/** XXH64 (the xxHash specification, version 0.1.1), and how to end a text so that its hash is the one that is wanted. */

const PRIME_1 = 0x9e3779b185ebca87n;
const PRIME_2 = 0xc2b2ae3d27d4eb4fn;
const PRIME_4 = 0x85ebca77c2b2ae63n;
const MASK = (1n << 64n) - 1n;

const times = (a: bigint, b: bigint) => (a * b) & MASK;
const rotate = (value: bigint, by: bigint) => ((value << by) | (value >> (64n - by))) & MASK;
const round = (lane: bigint, input: bigint) => times(rotate((lane + times(input, PRIME_2)) & MASK, 31n), PRIME_1);
const inverse = (odd: bigint) => {
  let result = odd;
  for (let i = 0; i < 6; i++) result = times(result, (2n - times(odd, result)) & MASK);
  return result;
};

/** The state after so many whole stripes of 32 bytes and words of 8 bytes, before the last steps. */
function state(bytes: Buffer, length: number): bigint {
  let at = 0;
  let hash = 0x27d4eb2f165667c5n;
  if (bytes.length >= 32) {
    let lanes = [(PRIME_1 + PRIME_2) & MASK, PRIME_2, 0n, -PRIME_1 & MASK];
    for (; at + 32 <= bytes.length; at += 32) {
      const start = at;
      lanes = lanes.map((lane, index) => round(lane, bytes.readBigUInt64LE(start + 8 * index)));
    }
    const turns = [1n, 7n, 12n, 18n];
    hash = lanes.reduce((sum, lane, index) => (sum + rotate(lane, turns[index] ?? 0n)) & MASK, 0n);
    for (const lane of lanes) hash = (times(hash ^ round(0n, lane), PRIME_1) + PRIME_4) & MASK;
  }
  hash = (hash + BigInt(length)) & MASK;
  for (; at + 8 <= bytes.length; at += 8) hash = mix(hash, bytes.readBigUInt64LE(at));
  return hash;
}

function mix(hash: bigint, word: bigint): bigint {
  return (times(rotate(hash ^ round(0n, word), 27n), PRIME_1) + PRIME_4) & MASK;
}

/** The word that takes one state to the other. */
function wordBetween(from: bigint, to: bigint): bigint {
  const mixed = rotate(times((to - PRIME_4) & MASK, inverse(PRIME_1)), 37n) ^ from;
  return times(rotate(times(mixed, inverse(PRIME_1)), 33n), inverse(PRIME_2));
}

/** What a URL's path may have (RFC 3986 §3.3), escapes left out. */
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/";

/** A text with the hash of `target`, whose length is a multiple of 8. It is `prefix` and what a URL's path may have. */
export function collide(prefix: string, target: string): string {
  const wanted = Buffer.from(target);
  const goal = state(wanted, wanted.length);
  // The last word stands behind the last whole stripe, and all before it is a number of whole words.
  const start = prefix.padEnd(Math.ceil(prefix.length / 32) * 32, "x");
  for (let attempt = 0; ; attempt++) {
    const free = [0, 1, 2, 3].map((index) => LETTERS[Math.floor(attempt / LETTERS.length ** index) % LETTERS.length]);
    const known = Buffer.from(`${start}${free.join("")}xxxx`);
    const last = Buffer.alloc(8);
    last.writeBigUInt64LE(wordBetween(state(known, known.length + 8), goal));
    const text = last.toString("latin1");
    if (Array.from(text).every((letter) => LETTERS.includes(letter))) return known.toString() + text;
  }
}
