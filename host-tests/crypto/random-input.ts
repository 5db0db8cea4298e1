/** What the random tests of this folder have in common. */
import process from "node:process";

/** What they start from: `SEED` of the environment, else another one each time. They name it when they fail. */
export const seed = Number(process.env["SEED"] ?? Date.now() % 2 ** 32);

/** A copy with one bit changed; bit 0 is the lowest of the first octet. */
export function flipped(bytes: Uint8Array, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return copy;
}
