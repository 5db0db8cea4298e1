import { Bytes } from "../../text/bytes";
import { ByteWriter, Pairs } from "../../sdk";

/** Bytes of a slot: pointer and length of one header's first value, how many there are, pointer and length of all in one. */
const SLOT_SIZE: usize = 20;

const COOKIE = Bytes.constant("cookie");
/** Between the fields of a Cookie header (RFC 9113 §8.2.3), and between those of any other (RFC 9110 §5.3). */
const COOKIE_SEPARATOR = Bytes.constant("; ");
const SEPARATOR = Bytes.constant(",");

/**
 * Picks the few headers that matter out of all of a request's, in one pass over one hostcall's answer. Names are added at
 * configuration; `collect` then fills a slot for each with the first value and how many there are.
 */
@final
export class HeaderSlots {
  private names: Bytes[] = [];
  /** One bit for each length that some name has, modulo 64: most headers of a request are passed over by it. */
  private lengths: u64 = 0;
  private slots: usize = 0;
  /** What was collected last. Gone with its callback. */
  private pairs: Pairs | null = null;

  /** Answers the slot of that header; the same name has one slot. */
  add(name: string): i32 {
    const wanted = Bytes.of(name.toLowerCase());
    const known = this.find(wanted);
    if (known >= 0) return known;
    this.names.push(wanted.persist());
    this.lengths |= lengthBit(wanted.length);
    if (this.slots != 0) heap.free(this.slots);
    this.slots = heap.alloc(<usize>this.names.length * SLOT_SIZE);
    return this.names.length - 1;
  }

  /** Frees names and slots. */
  release(): void {
    for (let i = 0; i < this.names.length; i++) unchecked(this.names[i]).release();
    this.names = [];
    if (this.slots != 0) heap.free(this.slots);
    this.slots = 0;
  }

  collect(pairs: Pairs): void {
    this.pairs = pairs;
    memory.fill(this.slots, 0, <usize>this.names.length * SLOT_SIZE);
    while (pairs.next()) {
      if ((this.lengths & lengthBit(pairs.name.length)) == 0) continue;
      const index = this.find(pairs.name);
      if (index < 0) continue;
      const slot = this.slots + <usize>index * SLOT_SIZE;
      const count = load<u32>(slot, 8);
      if (count == 0) {
        store<usize>(slot, pairs.value.ptr);
        store<i32>(slot, pairs.value.length, 4);
      }
      store<u32>(slot, count + 1, 8);
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
    if (load<usize>(slot, 12) == 0) {
      const all = this.join(index);
      store<usize>(slot, all.ptr, 12);
      store<i32>(slot, all.length, 16);
    }
    return Bytes.view(load<usize>(slot, 12), load<i32>(slot, 16));
  }

  name(index: i32): Bytes {
    // eslint-disable-next-line waypost/no-index -- slots are numbered by `add`
    return unchecked(this.names[index]);
  }

  private join(index: i32): Bytes {
    const writer = ByteWriter.create();
    const pairs = this.pairs;
    if (pairs === null) return writer.finish();
    const separator = this.name(index).equals(COOKIE) ? COOKIE_SEPARATOR : SEPARATOR;
    let isFirst = true;
    pairs.rewind();
    while (pairs.next()) {
      if (this.find(pairs.name) != index) continue;
      if (!isFirst) writer.bytes(separator);
      writer.bytes(pairs.value);
      isFirst = false;
    }
    return writer.finish();
  }

  private find(name: Bytes): i32 {
    for (let i = 0; i < this.names.length; i++) {
      if (unchecked(this.names[i]).equals(name)) return i;
    }
    return -1;
  }
}

function lengthBit(length: i32): u64 {
  return (<u64>1) << (length & 63);
}
