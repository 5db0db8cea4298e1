/** A new table has 2 to this power slots. */
const INITIAL_BITS = 6;
const INITIAL_CAPACITY = 1 << INITIAL_BITS;

/** Multiplier of Fibonacci hashing: spreads consecutive ids over the whole table. */
const GOLDEN_RATIO: u32 = 0x9e3779b1;

/**
 * A map from ids that a host gave (contexts, callouts; never 0) to objects. Open addressing with linear probing; it
 * allocates only when it grows, so a steady number of entries causes no garbage.
 */
export class IdTable<T> {
  private keys: StaticArray<u32> = new StaticArray<u32>(INITIAL_CAPACITY);
  private values: StaticArray<T | null> = new StaticArray<T | null>(INITIAL_CAPACITY);
  private mask: u32 = INITIAL_CAPACITY - 1;
  /** Keeps as many high bits of the hash, the well mixed ones, as a slot number has. */
  private shift: u32 = 32 - INITIAL_BITS;
  /** How many entries there are. */
  size: i32 = 0;

  get(id: u32): T | null {
    const slot = this.find(id);
    return unchecked(this.keys[slot]) == id ? unchecked(this.values[slot]) : null;
  }

  set(id: u32, value: T): void {
    let slot = this.find(id);
    if (unchecked(this.keys[slot]) != id) {
      if (<u32>(this.size + 1) * 2 > this.mask + 1) {
        this.grow();
        slot = this.find(id);
      }
      unchecked((this.keys[slot] = id));
      this.size += 1;
    }
    unchecked((this.values[slot] = value));
  }

  /** Removes the entry and answers what it was. */
  remove(id: u32): T | null {
    let slot = this.find(id);
    if (unchecked(this.keys[slot]) != id) return null;
    const removed = unchecked(this.values[slot]);
    this.size -= 1;
    // Moves later members of the probe sequence up, so that none of them is cut off by the gap.
    let next = (slot + 1) & this.mask;
    while (unchecked(this.keys[next]) != 0) {
      const home = this.home(unchecked(this.keys[next]));
      if (((next - home) & this.mask) >= ((next - slot) & this.mask)) {
        unchecked((this.keys[slot] = this.keys[next]));
        unchecked((this.values[slot] = this.values[next]));
        slot = next;
      }
      next = (next + 1) & this.mask;
    }
    unchecked((this.keys[slot] = 0));
    unchecked((this.values[slot] = null));
    return removed;
  }

  private home(id: u32): u32 {
    return (id * GOLDEN_RATIO) >> this.shift;
  }

  /** The slot that holds `id`, or the free one where it would go. */
  private find(id: u32): u32 {
    let slot = this.home(id);
    while (unchecked(this.keys[slot]) != id && unchecked(this.keys[slot]) != 0) slot = (slot + 1) & this.mask;
    return slot;
  }

  private grow(): void {
    const keys = this.keys;
    const values = this.values;
    const capacity = keys.length * 2;
    this.keys = new StaticArray<u32>(capacity);
    this.values = new StaticArray<T | null>(capacity);
    this.mask = <u32>capacity - 1;
    this.shift -= 1;
    for (let i = 0; i < keys.length; i++) {
      const id = unchecked(keys[i]);
      if (id == 0) continue;
      const slot = this.find(id);
      unchecked((this.keys[slot] = id));
      unchecked((this.values[slot] = values[i]));
    }
  }
}
