import { Sha2 } from "./sha2";
import { compress } from "./sha256-blocks";

/** The initial hash value (FIPS 180-4 §5.3.3). */
const START = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

/** SHA-256 (FIPS 180-4 §6.2). */
@final
export class Sha256 extends Sha2 {
  constructor() {
    super(START, 64, 32);
  }

  protected compress(at: usize, end: usize): void {
    compress(this.state, at, end);
  }

  protected writeDigest(out: usize): void {
    for (let at: usize = 0; at < 32; at += 4) store<u32>(out + at, bswap(load<u32>(this.state + at)));
  }
}
