import { decodePercentLenient } from "../encoding/percent";
import { CookieReader } from "../http/cookies";
import { QueryReader } from "../http/query";
import { Bytes } from "../text/bytes";
import { HeaderSlots } from "./header-slots";
import { NameTable } from "./name-table";

/** Bytes of a slot: pointer (0: there is no value) and length of a value. */
const SLOT_SIZE: usize = 8;

const query = new QueryReader();
const cookies = new CookieReader();

/**
 * Picks the few parameters of a query, or cookies, that matter out of all that a request has: the first one of each name.
 * Names are added at configuration. The request's header is read once, when a value is first asked for, whatever the number
 * of names and of questions; and again only if a filter has changed it meanwhile.
 */
export abstract class NamedValues {
  protected readonly names: NameTable = new NameTable();
  private slots: usize = 0;
  /** What was read last; 0: nothing of this request. */
  private source: usize = 0;
  private sourceLength: i32 = 0;

  constructor(
    private readonly headers: HeaderSlots,
    /** Slot of the header that has the values. */
    private readonly slot: i32,
  ) {}

  /** Answers the slot of the value of that name; the same name has one slot. */
  add(name: string): i32 {
    const known = this.names.size;
    const slot = this.names.add(Bytes.of(name));
    if (slot < known) return slot;
    if (this.slots != 0) heap.free(this.slots);
    this.slots = heap.alloc(<usize>this.names.size * SLOT_SIZE);
    return slot;
  }

  /** Nothing is known yet of the request that comes. */
  begin(): void {
    this.source = 0;
  }

  /** The first value of a name; null when there is none. Valid until the callback ends. */
  value(slot: i32): Bytes | null {
    const source = this.headers.joined(this.slot);
    if (source === null) return null;
    if (source.ptr != this.source || source.length != this.sourceLength) this.readAll(source);
    const at = this.slotOf(slot);
    return load<usize>(at) == 0 ? null : Bytes.view(load<usize>(at), load<i32>(at, 4));
  }

  /** Frees names and slots. */
  release(): void {
    this.names.release();
    if (this.slots != 0) heap.free(this.slots);
    this.slots = 0;
  }

  /** Offers each pair in `source` whose name is one of `names`. */
  protected abstract read(source: Bytes): void;

  /** Whether a value of that name is still to be found. `slot`: -1 for none of `names`. */
  protected isWanted(slot: i32): bool {
    return slot >= 0 && load<usize>(this.slotOf(slot)) == 0;
  }

  protected put(slot: i32, value: Bytes): void {
    store<usize>(this.slotOf(slot), value.ptr);
    store<i32>(this.slotOf(slot), value.length, 4);
  }

  private readAll(source: Bytes): void {
    this.source = source.ptr;
    this.sourceLength = source.length;
    memory.fill(this.slots, 0, <usize>this.names.size * SLOT_SIZE);
    this.read(source);
  }

  private slotOf(slot: i32): usize {
    return this.slots + <usize>slot * SLOT_SIZE;
  }
}

/** Parameters of the query; names and values as they are written, which is what Envoy's routes compare. */
@final
export class RawQueryValues extends NamedValues {
  protected read(source: Bytes): void {
    query.reset(source);
    while (query.next()) {
      const slot = this.names.find(query.rawName());
      if (this.isWanted(slot)) this.put(slot, query.rawValue());
    }
  }
}

/** Parameters of the query; names and values percent-decoded. */
@final
export class QueryValues extends NamedValues {
  protected read(source: Bytes): void {
    query.reset(source);
    while (query.next()) {
      const slot = this.names.find(decodePercentLenient(query.rawName()));
      if (this.isWanted(slot)) this.put(slot, query.value());
    }
  }
}

/** Cookies. */
@final
export class CookieValues extends NamedValues {
  protected read(source: Bytes): void {
    cookies.reset(source);
    while (cookies.next()) {
      const slot = this.names.find(cookies.name());
      if (this.isWanted(slot)) this.put(slot, cookies.value());
    }
  }
}
