import { Sha2 } from "./sha2";
import { compress } from "./sha512-blocks";

/** The initial hash value of SHA-512 (FIPS 180-4 §5.3.5). */
const START_512 = memory.data<u64>([
  0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1, 0x510e527fade682d1,
  0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
]);

/** The initial hash value of SHA-384 (FIPS 180-4 §5.3.4). */
const START_384 = memory.data<u64>([
  0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939, 0x67332667ffc00b31,
  0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4,
]);

/** SHA-512 (FIPS 180-4 §6.4), or SHA-384 (§6.5): the same with another start, and the end of its digest left out. */
@final
export class Sha512 extends Sha2 {
  constructor(start: usize = START_512, digestLength: i32 = 64) {
    super(start, 128, digestLength);
  }

  /** A SHA-384. */
  static sha384(): Sha512 {
    return new Sha512(START_384, 48);
  }

  protected compress(at: usize, end: usize): void {
    compress(this.state, at, end);
  }

  protected writeDigest(out: usize): void {
    const length = <usize>this.digestLength;
    for (let at: usize = 0; at < length; at += 8) store<u64>(out + at, bswap(load<u64>(this.state + at)));
  }
}
