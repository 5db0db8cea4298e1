/**
 * A table of multiples makes verifying with a key several times as fast, but it is large, and each worker thread has a VM of
 * its own. So all tables of a VM share one budget. A key that is used again and again gets a table; when there is no room,
 * those used longest ago are given up, and their keys start counting again. So keys in turn, more than there is room for, cost
 * a table every `USES_BEFORE_TABLE` verifications at most: half as long as these take together.
 */

/** Bytes that the tables of all keys in a VM take together at most: 42 keys on P-256. */
const TABLE_BUDGET: usize = 768 * 1024;

/** The use of a key that its table is built at: by then, one from the start would have saved what building it takes. */
export const USES_BEFORE_TABLE: i32 = 4;

let bytesUsed: usize = 0;

// A list in the order of use, of those that have a table.
let newest: KeyTable | null = null;
let oldest: KeyTable | null = null;

/** Bytes that tables take now. */
export function tableBytesUsed(): usize {
  return bytesUsed;
}

/** What a key knows of its table, whether it has one or not. On the heap; give it back with `release`. */
@unmanaged
@final
export class KeyTable {
  private address: usize;
  private size: usize;
  private uses: i32;
  private newer: KeyTable | null;
  private older: KeyTable | null;

  /** For a key that has no table yet. */
  static create(): KeyTable {
    const table = changetype<KeyTable>(heap.alloc(offsetof<KeyTable>()));
    table.address = 0;
    table.size = 0;
    table.uses = 0;
    table.newer = null;
    table.older = null;
    return table;
  }

  /** Counts a use of the key. Address of its table; 0: there is none. */
  use(): usize {
    if (this.address == 0) {
      this.uses = min(this.uses + 1, USES_BEFORE_TABLE);
    } else if (newest !== this) {
      this.unlink();
      this.link();
    }
    return this.address;
  }

  /** Whether the key has no table and has been used often enough to deserve one. */
  isDue(): bool {
    return this.address == 0 && this.uses >= USES_BEFORE_TABLE;
  }

  /** Memory for the table of a key that has none, to be filled at once; aligned to 16 bytes. 0: larger than the budget. */
  allocate(size: usize): usize {
    if (size > TABLE_BUDGET) return 0;
    let last = oldest;
    while (last !== null && size > TABLE_BUDGET - bytesUsed) {
      last.drop();
      last = oldest;
    }
    this.address = heap.alloc(size);
    this.size = size;
    bytesUsed += size;
    this.link();
    return this.address;
  }

  /** Frees the table and this. */
  release(): void {
    if (this.address != 0) this.drop();
    heap.free(changetype<usize>(this));
  }

  private drop(): void {
    this.unlink();
    heap.free(this.address);
    bytesUsed -= this.size;
    this.address = 0;
    this.size = 0;
    this.uses = 0;
  }

  private link(): void {
    const former = newest;
    this.older = former;
    this.newer = null;
    if (former === null) oldest = this;
    else former.newer = this;
    newest = this;
  }

  private unlink(): void {
    const newer = this.newer;
    const older = this.older;
    if (newer === null) newest = older;
    else newer.older = older;
    if (older === null) oldest = newer;
    else older.newer = newer;
  }
}
