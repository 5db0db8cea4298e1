import { randomBytes, Bytes } from "../../sdk";

/** Octets of a random key: as many as a UUID has, so that no two clients ever get the same one. */
export const RANDOM_KEY_SIZE = 16;

/** Keys that one hostcall brings. */
const KEYS_AT_ONCE = 64;

/** Random keys. They are drawn in advance, many by one hostcall, for splits in which each request takes one. */
@final
export class RandomKeys {
  private readonly pool: StaticArray<u8> = new StaticArray<u8>(KEYS_AT_ONCE * RANDOM_KEY_SIZE);
  private left: i32 = 0;

  /**
   * A key that nobody has got yet, valid until the next one is asked for; null when the proxy has no random bytes to
   * give.
   */
  next(): Bytes | null {
    const pool = changetype<usize>(this.pool);
    if (this.left == 0) {
      const drawn = randomBytes(KEYS_AT_ONCE * RANDOM_KEY_SIZE);
      if (drawn === null) return null;
      memory.copy(pool, drawn.ptr, <usize>drawn.length);
      this.left = KEYS_AT_ONCE;
    }
    this.left -= 1;
    return Bytes.view(pool + <usize>(this.left * RANDOM_KEY_SIZE), RANDOM_KEY_SIZE);
  }
}
