import { JsonEvent, JsonReader } from "../json/reader";
import * as arena from "../memory/arena";
import { Bytes, EMPTY } from "../text/bytes";
import { hash64 } from "../text/hash";

/** How deep JSON of a token or a key set may nest. Envoy's parser stops at 100, no real token passes 10. */
export const MAX_DEPTH = 32;

/** Slots of the first table of names: room for 32 members before it grows. */
const FIRST_SLOTS: u32 = 64;

/** Slots of the largest table: 16,384 members, more than a token has room for, and half a megabyte. */
const MAX_SLOTS: u32 = 32768;

/** How many slots are tried for a name. In a table half full only names made to collide need more. */
const MAX_PROBES: i32 = 128;

/** A name that was met, in an open hash table: no entry while `ptr` is 0. */
@unmanaged
@final
class Slot {
  hash: u32;
  /** The object that has the member: a number counted up at each `{`. */
  owner: u32;
  ptr: usize;
  length: i32;
}

/**
 * JSON in which no object has two members of one name, as RFC 7515 §4, RFC 7517 §4 and RFC 7519 §4 want it for headers,
 * keys and claims: what two readers take differently must not pass.
 *
 * Walks like the `JsonReader` that it wraps. All names go into one hash table in the arena, so that the time stays linear
 * in the text, also when a client chooses the names.
 */
@final
export class StrictJson {
  readonly reader: JsonReader = new JsonReader();
  /**
   * Whether an object had a member twice, or this cannot be told: names collide too often, or are too many. The walk goes
   * on: whose object it was decides what is refused.
   */
  repeated: bool = false;
  /** The name of the member, after `JsonEvent.Key`. In the arena. */
  name: Bytes = EMPTY;
  /** How many objects and lists are open. */
  level: i32 = 0;

  // The table, its size (a power of two) and how many entries it has.
  private slots: usize = 0;
  private slotCount: u32 = 0;
  private used: u32 = 0;
  // For each open level its number; how many there were.
  private owners: usize = 0;
  private objects: u32 = 0;

  /** Starts over with `text`. */
  reset(text: Bytes): void {
    this.reader.reset(text, MAX_DEPTH);
    this.repeated = false;
    this.level = 0;
    this.objects = 0;
    this.owners = arena.allocate((MAX_DEPTH + 1) * sizeof<u32>());
    this.allocateSlots(FIRST_SLOTS);
  }

  /** The next event of the JSON. */
  next(): JsonEvent {
    const event = this.reader.next();
    if (event == JsonEvent.Key) {
      this.name = this.reader.text();
      this.remember(this.name, this.owner());
    } else if (event == JsonEvent.ObjectStart || event == JsonEvent.ArrayStart) {
      this.open();
    } else if (event == JsonEvent.ObjectEnd || event == JsonEvent.ArrayEnd) {
      this.level -= 1;
    }
    return event;
  }

  /** The event that starts the next value, which is consumed whole; `Error` when the text is not JSON. */
  value(): JsonEvent {
    const outside = this.level;
    const event = this.next();
    return this.finish(outside) ? event : JsonEvent.Error;
  }

  /** Consumes up to the end of everything that was opened since there were `level` levels. False when it is not JSON. */
  finish(level: i32): bool {
    while (this.level > level) {
      const event = this.next();
      if (event == JsonEvent.Error || event == JsonEvent.End) return false;
    }
    return true;
  }

  // A list gets a number too: only levels are counted, and no name is ever looked up in it.
  private open(): void {
    this.level += 1;
    this.objects += 1;
    if (<u32>this.level <= <u32>MAX_DEPTH) store<u32>(this.ownerSlot(), this.objects);
  }

  private owner(): u32 {
    return <u32>this.level <= <u32>MAX_DEPTH ? load<u32>(this.ownerSlot()) : 0;
  }

  private ownerSlot(): usize {
    return this.owners + <usize>this.level * sizeof<u32>();
  }

  private remember(name: Bytes, owner: u32): void {
    if (this.used * 2 == this.slotCount && !this.grow()) {
      this.repeated = true;
      return;
    }
    const hash = <u32>hash64(name, <u64>owner);
    const slot = this.find(hash, owner, name);
    if (slot === null || slot.ptr != 0) {
      this.repeated = true;
      return;
    }
    slot.hash = hash;
    slot.owner = owner;
    slot.ptr = name.ptr;
    slot.length = name.length;
    this.used += 1;
  }

  /** The slot that holds the name, else a free one for it; null when none is near. */
  private find(hash: u32, owner: u32, name: Bytes): Slot | null {
    const mask = this.slotCount - 1;
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const slot = this.slotAt((hash + <u32>probe) & mask);
      if (slot.ptr == 0) return slot;
      if (slot.hash != hash || slot.owner != owner || slot.length != name.length) continue;
      if (memory.compare(slot.ptr, name.ptr, <usize>name.length) == 0) return slot;
    }
    return null;
  }

  private slotAt(index: u32): Slot {
    return changetype<Slot>(this.slots + <usize>index * offsetof<Slot>());
  }

  private allocateSlots(count: u32): void {
    const size = <usize>count * offsetof<Slot>();
    this.slots = arena.allocate(size);
    memory.fill(this.slots, 0, size);
    this.slotCount = count;
    this.used = 0;
  }

  /** Doubles the table; false when it must not grow any more. */
  private grow(): bool {
    const old = this.slots;
    const oldCount = this.slotCount;
    if (oldCount == MAX_SLOTS) return false;
    this.allocateSlots(oldCount * 2);
    for (let i: u32 = 0; i < oldCount; i++) {
      const entry = changetype<Slot>(old + <usize>i * offsetof<Slot>());
      if (entry.ptr != 0) this.reinsert(entry);
    }
    return true;
  }

  private reinsert(entry: Slot): void {
    const mask = this.slotCount - 1;
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const slot = this.slotAt((entry.hash + <u32>probe) & mask);
      if (slot.ptr != 0) continue;
      memory.copy(changetype<usize>(slot), changetype<usize>(entry), offsetof<Slot>());
      this.used += 1;
      return;
    }
    this.repeated = true;
  }
}
