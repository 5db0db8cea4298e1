/** XXH64 (the xxHash specification, version 0.1.1) on big integers: slow, and a judge of the one in `assembly/text`. */
const P1 = 11400714785074694791n;
const P2 = 14029467366897019727n;
const P3 = 1609587929392839161n;
const P4 = 9650029242287828579n;
const P5 = 2870177450012600261n;
const word = (value: bigint) => BigInt.asUintN(64, value);
const rotate = (value: bigint, bits: bigint) => word((value << bits) | (value >> (64n - bits)));

/** XXH64, step by step as its specification has it. */
export function xxh64(input: Buffer, seed: bigint): bigint {
  const round = (acc: bigint, lane: bigint) => word(rotate(word(acc + lane * P2), 31n) * P1);
  let at = 0;
  let acc = word(seed + P5);
  if (input.length >= 32) {
    const accs = [word(seed + P1 + P2), word(seed + P2), seed, word(seed - P1)];
    for (; at + 32 <= input.length; at += 32) {
      for (let i = 0; i < 4; i++) accs[i] = round(accs[i] ?? 0n, input.readBigUInt64LE(at + 8 * i));
    }
    acc = word([1n, 7n, 12n, 18n].reduce((sum, bits, i) => sum + rotate(accs[i] ?? 0n, bits), 0n));
    for (const lane of accs) acc = word((acc ^ round(0n, lane)) * P1 + P4);
  }
  acc = word(acc + BigInt(input.length));
  for (; at + 8 <= input.length; at += 8) {
    acc = word(rotate(acc ^ round(0n, input.readBigUInt64LE(at)), 27n) * P1 + P4);
  }
  if (at + 4 <= input.length) {
    acc = word(rotate(acc ^ word(BigInt(input.readUInt32LE(at)) * P1), 23n) * P2 + P3);
    at += 4;
  }
  for (; at < input.length; at++) acc = word(rotate(acc ^ word(BigInt(input.readUInt8(at)) * P5), 11n) * P1);
  acc = word((acc ^ (acc >> 33n)) * P2);
  acc = word((acc ^ (acc >> 29n)) * P3);
  return acc ^ (acc >> 32n);
}
