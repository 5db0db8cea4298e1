import { Bytes } from "../text/bytes";
import { hash64 } from "../text/hash";

/** A new table has so many places; a power of two, like every size it grows to. */
const INITIAL_CAPACITY = 16;

/** Bytes of an entry: hash (8), the name (4), the parent (4). */
const ENTRY_SIZE: usize = 16;

/**
 * Numbers for names, from 0 on in the order in which they are added. A name can stand under another one, its parent, and is
 * then not the same as that name elsewhere. Open addressing over XXH64; names are compared as well, because clients choose
 * what is looked up. A request that adds one, and so needs memory, must see to it that there is an end to that.
 */
@final
export class NameTable {
  /** How many names there are. */
  size: i32 = 0;
  private entries: usize = 0;
  /** For each place the number of its name plus one; 0: it is free. At least half of them are. */
  private places: usize = 0;
  private capacity: i32 = 0;
  /** One bit for each length that some name has, modulo 64: most names of a request are passed over by it. */
  private lengths: u64 = 0;

  /** Answers the number of `name`, of which a copy is kept; the same one has one. `parent`: a number, or -1. */
  add(name: Bytes, parent: i32 = -1): i32 {
    const known = this.find(name, parent);
    if (known >= 0) return known;
    if (this.size * 2 >= this.capacity) this.grow();
    const hash = hashOf(name, parent);
    const entry = this.entryOf(this.size);
    store<u64>(entry, hash);
    store<usize>(entry, changetype<usize>(name.persist()), 8);
    store<i32>(entry, parent, 12);
    this.lengths |= lengthBit(name.length);
    this.size += 1;
    this.place(hash, this.size);
    return this.size - 1;
  }

  /** The number of `name` under `parent`; -1 when there is none. */
  find(name: Bytes, parent: i32 = -1): i32 {
    if ((this.lengths & lengthBit(name.length)) == 0) return -1;
    const hash = hashOf(name, parent);
    const mask = this.capacity - 1;
    let place = (<i32>hash) & mask;
    let number = load<i32>(this.placeOf(place)) - 1;
    while (number >= 0 && !this.is(number, hash, name, parent)) {
      place = (place + 1) & mask;
      number = load<i32>(this.placeOf(place)) - 1;
    }
    return number;
  }

  /** The name with that number. */
  name(number: i32): Bytes {
    return changetype<Bytes>(load<usize>(this.entryOf(number), 8));
  }

  /** The parent of a name, -1 for none. */
  parent(number: i32): i32 {
    return load<i32>(this.entryOf(number), 12);
  }

  release(): void {
    for (let number = 0; number < this.size; number++) this.name(number).release();
    if (this.entries != 0) heap.free(this.entries);
    if (this.places != 0) heap.free(this.places);
    this.entries = 0;
    this.places = 0;
    this.capacity = 0;
    this.size = 0;
    this.lengths = 0;
  }

  private is(number: i32, hash: u64, name: Bytes, parent: i32): bool {
    const entry = this.entryOf(number);
    if (load<u64>(entry) != hash || load<i32>(entry, 12) != parent) return false;
    return this.name(number).equals(name);
  }

  private grow(): void {
    this.capacity = max(INITIAL_CAPACITY, this.capacity * 2);
    const entries = heap.alloc(<usize>(this.capacity / 2) * ENTRY_SIZE);
    if (this.entries != 0) {
      memory.copy(entries, this.entries, <usize>this.size * ENTRY_SIZE);
      heap.free(this.entries);
      heap.free(this.places);
    }
    this.entries = entries;
    const places = <usize>this.capacity * sizeof<i32>();
    this.places = heap.alloc(places);
    memory.fill(this.places, 0, places);
    for (let number = 0; number < this.size; number++) this.place(load<u64>(this.entryOf(number)), number + 1);
  }

  /** Notes `value` in the first place for the hash that is free. */
  private place(hash: u64, value: i32): void {
    const mask = this.capacity - 1;
    let place = (<i32>hash) & mask;
    while (load<i32>(this.placeOf(place)) != 0) place = (place + 1) & mask;
    store<i32>(this.placeOf(place), value);
  }

  private entryOf(number: i32): usize {
    return this.entries + <usize>number * ENTRY_SIZE;
  }

  private placeOf(place: i32): usize {
    return this.places + <usize>place * sizeof<i32>();
  }
}

function hashOf(name: Bytes, parent: i32): u64 {
  return hash64(name, <u64>parent);
}

function lengthBit(length: i32): u64 {
  return (<u64>1) << (length & 63);
}
