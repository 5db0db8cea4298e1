import { Bytes } from "../text/bytes";
import { ByteWriter, Pairs, Status, requestHeaders } from "../sdk";
import { NameTable } from "./name-table";
import { StringMatch, matchesAny } from "./string-match";

/** Bytes of a slot: pointer and length of one header's first value, how many there are, pointer and length of all in one. */
const SLOT_SIZE: usize = 20;

const COOKIE = Bytes.constant("cookie");
/** Between the fields of a Cookie header (RFC 9113 §8.2.3), and between those of any other (RFC 9110 §5.3). */
const COOKIE_SEPARATOR = Bytes.constant("; ");
const SEPARATOR = Bytes.constant(",");

/**
 * Picks the few request headers that matter out of all of a request's, in one pass over one hostcall's answer. Names are
 * added at configuration; `collect` then fills a slot for each with the first value and how many there are.
 *
 * Several filters can share the slots in one callback: what one writes by `set`, `append` and `remove` goes to the host, and
 * the next one sees it without asking the host again.
 */
@final
export class HeaderSlots {
  private readonly names: NameTable = new NameTable();
  private slots: usize = 0;
  /** What was collected last. Gone with its callback. */
  private pairs: Pairs | null = null;

  /** Answers the slot of that header; the same name has one slot. */
  add(name: string): i32 {
    const known = this.names.size;
    const index = this.names.add(Bytes.of(name.toLowerCase()));
    if (index < known) return index;
    if (this.slots != 0) heap.free(this.slots);
    this.slots = heap.alloc(<usize>this.names.size * SLOT_SIZE);
    return index;
  }

  /** Frees names and slots. */
  release(): void {
    this.names.release();
    if (this.slots != 0) heap.free(this.slots);
    this.slots = 0;
  }

  collect(pairs: Pairs): void {
    this.pairs = pairs;
    memory.fill(this.slots, 0, <usize>this.names.size * SLOT_SIZE);
    while (pairs.next()) {
      const index = this.names.find(pairs.name);
      if (index < 0) continue;
      const slot = this.slots + <usize>index * SLOT_SIZE;
      const count = load<u32>(slot, 8);
      if (count == 0) this.put(index, pairs.value);
      else store<u32>(slot, count + 1, 8);
    }
  }

  /** How many values the header has. */
  count(index: i32): u32 {
    return load<u32>(this.slots + <usize>index * SLOT_SIZE, 8);
  }

  /** The first value; null when the header is missing. Valid until the callback ends. */
  value(index: i32): Bytes | null {
    const slot = this.slots + <usize>index * SLOT_SIZE;
    return load<u32>(slot, 8) == 0 ? null : Bytes.view(load<usize>(slot), load<i32>(slot, 4));
  }

  /**
   * All values in one, in order, as Envoy joins them; null when the header is missing. Made once a request: any number of
   * conditions may ask for it, and what the arena has grown to, it keeps.
   */
  joined(index: i32): Bytes | null {
    if (this.count(index) < 2) return this.value(index);
    const slot = this.slots + <usize>index * SLOT_SIZE;
    if (load<usize>(slot, 12) == 0) this.putJoined(index, this.join(index));
    return Bytes.view(load<usize>(slot, 12), load<i32>(slot, 16));
  }

  /** Whether a value fulfils one of `matches`: each by itself, as for Envoy's RBAC, whatever the others are. */
  anyMatches(index: i32, matches: StringMatch[]): bool {
    const count = this.count(index);
    const first = this.value(index);
    if (first === null) return false;
    if (matchesAny(matches, first)) return true;
    const pairs = this.pairs;
    if (count == 1 || pairs === null) return false;
    const name = this.name(index);
    pairs.rewind();
    while (pairs.next()) {
      if (pairs.name.equals(name) && matchesAny(matches, pairs.value)) return true;
    }
    return false;
  }

  /** Sets the header to this one value. `value` must stay until the callback ends. */
  set(index: i32, value: Bytes): Status {
    const status = requestHeaders.setBytes(this.name(index), value);
    if (status == Status.Ok) this.put(index, value);
    return status;
  }

  /**
   * Adds a value after those that are there; for readers of this callback they become one. `value` must stay until it
   * ends.
   */
  append(index: i32, value: Bytes): Status {
    const all = this.joined(index);
    const status = requestHeaders.addBytes(this.name(index), value);
    if (status == Status.Ok) this.put(index, all === null ? value : this.inOne(index, all, value));
    return status;
  }

  /** Removes the header, if it is there. */
  remove(index: i32): void {
    if (this.count(index) == 0) return;
    requestHeaders.removeBytes(this.name(index));
    memory.fill(this.slots + <usize>index * SLOT_SIZE, 0, SLOT_SIZE);
  }

  name(index: i32): Bytes {
    return this.names.name(index);
  }

  private join(index: i32): Bytes {
    const writer = ByteWriter.create();
    const pairs = this.pairs;
    if (pairs === null) return writer.finish();
    const name = this.name(index);
    const separator = this.separator(index);
    let isFirst = true;
    pairs.rewind();
    while (pairs.next()) {
      if (!pairs.name.equals(name)) continue;
      if (!isFirst) writer.bytes(separator);
      writer.bytes(pairs.value);
      isFirst = false;
    }
    return writer.finish();
  }

  private inOne(index: i32, all: Bytes, value: Bytes): Bytes {
    const writer = ByteWriter.create(all.length + value.length + COOKIE_SEPARATOR.length);
    writer.bytes(all);
    writer.bytes(this.separator(index));
    writer.bytes(value);
    return writer.finish();
  }

  private separator(index: i32): Bytes {
    return this.name(index).equals(COOKIE) ? COOKIE_SEPARATOR : SEPARATOR;
  }

  /** The one value that the header has. */
  private put(index: i32, value: Bytes): void {
    const slot = this.slots + <usize>index * SLOT_SIZE;
    store<usize>(slot, value.ptr);
    store<i32>(slot, value.length, 4);
    store<u32>(slot, 1, 8);
    store<usize>(slot, 0, 12);
  }

  private putJoined(index: i32, all: Bytes): void {
    const slot = this.slots + <usize>index * SLOT_SIZE;
    store<usize>(slot, all.ptr, 12);
    store<i32>(slot, all.length, 16);
  }
}
