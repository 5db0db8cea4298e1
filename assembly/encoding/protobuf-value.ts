import { Bytes } from "../text/bytes";
import { ByteWriter } from "../text/writer";
import { FIXED64, LENGTH_DELIMITED, storeVarint, VARINT, varintSize } from "./protobuf";

// Fields of google.protobuf.Value (google/protobuf/struct.proto) with their wire types.
const NULL_VALUE: u8 = <u8>((1 << 3) | VARINT);
const NUMBER_VALUE: u8 = <u8>((2 << 3) | FIXED64);
const STRING_VALUE: u8 = <u8>((3 << 3) | LENGTH_DELIMITED);
const BOOL_VALUE: u8 = <u8>((4 << 3) | VARINT);
const STRUCT_VALUE: u8 = <u8>((5 << 3) | LENGTH_DELIMITED);
const LIST_VALUE: u8 = <u8>((6 << 3) | LENGTH_DELIMITED);

/** Field 1 of Struct (an entry of its map), of the entry (its key) and of ListValue (an element). */
const FIRST: u8 = <u8>((1 << 3) | LENGTH_DELIMITED);
/** Field 2 of the entry: its value. */
const SECOND: u8 = <u8>((2 << 3) | LENGTH_DELIMITED);

/** Most structs and lists that can be open at a time. */
const MAX_LEVELS = 64;

/** A struct or list that is open. */
@unmanaged
@final
class Level {
  /** Where its contents start in what is written. */
  start: i32;
  isStruct: bool;
  /** Its own name, when it is a member of a struct. */
  name: Bytes;
}

/** Room for the open levels; a `Level` is smaller. */
const LEVELS = memory.data(MAX_LEVELS * 16);

/**
 * Writes a `google.protobuf.Value`, serialized, value by value, as a JSON reader comes upon them:
 *
 * ```ts
 * writer.reset();
 * writer.openStruct();
 * writer.name(…); writer.string(…);
 * writer.close();
 * writer.finish()
 * ```
 *
 * A message's length stands before its contents. So a struct or list is written first, and pushed back to make room for
 * its head once it is closed.
 */
@final
export class ProtobufValueWriter {
  private writer: ByteWriter = ByteWriter.create(0);
  private depth: i32 = 0;
  private member: Bytes = Bytes.constant("");
  private tooDeep: bool = false;

  /** Starts over. What is written lives in the arena. */
  reset(): void {
    this.writer = ByteWriter.create();
    this.depth = 0;
    this.tooDeep = false;
  }

  /** How many bytes were written so far; the heads of open structs and lists do not count yet. */
  get length(): i32 {
    return this.writer.length;
  }

  /** The value, when everything is closed; null when more than 64 levels were open. */
  finish(): Bytes | null {
    return this.tooDeep ? null : this.writer.finish();
  }

  /** Names the member that comes next. Its bytes must stay until its value is complete. */
  name(name: Bytes): void {
    this.member = name;
  }

  nullValue(): void {
    this.scalar(2);
    this.writer.put(NULL_VALUE);
    this.writer.put(0);
  }

  bool(value: bool): void {
    this.scalar(2);
    this.writer.put(BOOL_VALUE);
    this.writer.put(<u8>value);
  }

  number(value: f64): void {
    this.scalar(9);
    this.writer.put(NUMBER_VALUE);
    store<f64>(this.writer.extend(8), value);
  }

  /** `value` must be valid UTF-8. */
  string(value: Bytes): void {
    this.scalar(1 + varintSize(value.length) + value.length);
    this.writer.put(STRING_VALUE);
    storeVarint(this.writer.extend(varintSize(value.length)), value.length);
    this.writer.bytes(value);
  }

  openStruct(): void {
    this.open(true);
  }

  openList(): void {
    this.open(false);
  }

  /** Ends the innermost struct or list. */
  close(): void {
    if (this.tooDeep || this.depth == 0) return;
    this.depth -= 1;
    const level = levelAt(this.depth);
    this.member = level.name;
    const size = this.writer.length - level.start;
    const valueSize = 1 + varintSize(size) + size;
    const headSize = this.headSize(valueSize);
    let at = this.writer.insert(level.start, headSize + valueSize - size);
    at = this.storeHead(at, valueSize);
    store<u8>(at, level.isStruct ? STRUCT_VALUE : LIST_VALUE);
    storeVarint(at + 1, size);
  }

  private open(isStruct: bool): void {
    if (this.depth >= MAX_LEVELS) {
      this.tooDeep = true;
      return;
    }
    const level = levelAt(this.depth);
    level.start = this.writer.length;
    level.isStruct = isStruct;
    level.name = this.member;
    this.depth += 1;
  }

  /** The head of a value of `size` bytes that is written next. */
  private scalar(size: i32): void {
    const headSize = this.headSize(size);
    this.storeHead(this.writer.extend(headSize), size);
  }

  private get inStruct(): bool {
    return this.depth > 0 && levelAt(this.depth - 1).isStruct;
  }

  /** What stands before a value of `size` bytes: nothing before the outermost, a member's name, or only its length. */
  private headSize(size: i32): i32 {
    if (this.depth == 0) return 0;
    if (!this.inStruct) return 1 + varintSize(size);
    const entry = this.entrySize(size);
    return 1 + varintSize(entry) + entry - size;
  }

  private entrySize(size: i32): i32 {
    const name = this.member.length;
    return 1 + varintSize(name) + name + 1 + varintSize(size) + size;
  }

  private storeHead(at: usize, size: i32): usize {
    if (this.depth == 0) return at;
    store<u8>(at, FIRST);
    if (!this.inStruct) return storeVarint(at + 1, size);
    const name = this.member;
    at = storeVarint(at + 1, this.entrySize(size));
    store<u8>(at, FIRST);
    at = storeVarint(at + 1, name.length);
    memory.copy(at, name.ptr, <usize>name.length);
    at += <usize>name.length;
    store<u8>(at, SECOND);
    return storeVarint(at + 1, size);
  }
}

function levelAt(index: i32): Level {
  return changetype<Level>(LEVELS + <usize>index * offsetof<Level>());
}
