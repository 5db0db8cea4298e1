import { randomBytes } from "../../sdk";

/** Numbers that one hostcall brings. */
const NUMBERS_AT_ONCE = 128;

const ALL: f64 = 100;

/** How many numbers of 32 bits there are. */
const RANGE: f64 = 4_294_967_296;

/** Chooses a share of requests by chance. */
@final
export class Sampler {
  private readonly pool: StaticArray<u32> = new StaticArray<u32>(NUMBERS_AT_ONCE);
  private left: i32 = 0;
  private readonly isAll: bool;
  /** Numbers below it are chosen. */
  private readonly limit: u32;

  /** `percent`: above 0, up to 100. */
  constructor(percent: f64) {
    this.isAll = percent >= ALL;
    this.limit = this.isAll ? 0 : <u32>((percent / ALL) * RANGE);
  }

  /** Whether the next one is chosen. All of them are on a proxy that gives no random bytes: better too much than nothing. */
  take(): bool {
    if (this.isAll || (this.left == 0 && !this.draw())) return true;
    this.left -= 1;
    // eslint-disable-next-line waypost/no-index -- below the number of those that were drawn
    return unchecked(this.pool[this.left]) < this.limit;
  }

  private draw(): bool {
    const drawn = randomBytes(NUMBERS_AT_ONCE * sizeof<u32>());
    if (drawn === null) return false;
    memory.copy(changetype<usize>(this.pool), drawn.ptr, <usize>drawn.length);
    this.left = NUMBERS_AT_ONCE;
    return true;
  }
}
