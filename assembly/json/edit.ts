import * as arena from "../memory/arena";
import * as ascii from "../text/ascii";
import { Bytes, EMPTY } from "../text/bytes";
import { parseUnsigned } from "../text/decimal";
import { ByteWriter } from "../text/writer";
import { JsonEvent, JsonReader } from "./reader";
import { writeJsonString } from "./writer";

/** What became of a change. */
export enum JsonEditStatus {
  /** `result` is the changed text. */
  Ok,
  /** The text is not JSON; `offset` says where. */
  InvalidJson,
  /** The pointer is not a JSON Pointer to something inside the document. */
  InvalidPointer,
  /** The new value is not JSON. */
  InvalidValue,
  /** There is nothing at the pointer, or on the way to it. */
  Absent,
  /** On the way to it stands a value that is neither object nor array. */
  NotContainer,
  /** A member on the way is there twice: readers differ about which of them counts. */
  Duplicate,
}

/** Most levels of a text that can be changed. */
const MAX_DEPTH = 64;

/**
 * Changes one value of a JSON text and keeps every other byte. Where the value is says a JSON Pointer (RFC 6901):
 * `/user/name`, `/items/0`; `~1` stands for `/` in a name, `~0` for `~`. Create one, and reuse it:
 *
 * ```ts
 * if (editor.set(body, POINTER, value) == JsonEditStatus.Ok) … editor.result …
 * ```
 */
@final
export class JsonEditor {
  /** The changed text, in the arena; after `Ok` only. */
  result: Bytes = EMPTY;
  /** Where the text is malformed, in bytes; after `InvalidJson` only. */
  offset: i32 = 0;

  private reader: JsonReader = new JsonReader();
  // What `find` came upon, in bytes from the start of the text.
  private inObject: bool = false;
  private itemStart: i32 = 0;
  private valueStart: i32 = 0;
  private valueEnd: i32 = 0;
  /** End of the item before; -1 when it is the first. */
  private previousEnd: i32 = 0;
  /** Start of the item behind; -1 when it is the last. */
  private nextStart: i32 = 0;
  /** End of the container's last item, or of its opening bracket when it has none. */
  private lastEnd: i32 = 0;
  private itemCount: i32 = 0;
  /** The pointer's last step, once it is reached. */
  private lastStep: Bytes | null = null;

  /** Replaces the value at `pointer` by `value`, a JSON text; a member that its object does not have yet is added. */
  set(text: Bytes, pointer: Bytes, value: Bytes): JsonEditStatus {
    if (!this.isJson(value)) return JsonEditStatus.InvalidValue;
    const status = this.locate(text, pointer);
    if (status == JsonEditStatus.Ok) this.result = replace(text, this.valueStart, this.valueEnd, value);
    const name = this.lastStep;
    if (status != JsonEditStatus.Absent || !this.inObject || name === null) return status;
    this.result = replace(text, this.lastEnd, this.lastEnd, this.newMember(name, value));
    return JsonEditStatus.Ok;
  }

  /** Removes the member or element at `pointer`, and the comma that separated it. */
  remove(text: Bytes, pointer: Bytes): JsonEditStatus {
    const status = this.locate(text, pointer);
    if (status != JsonEditStatus.Ok) return status;
    let start = this.itemStart;
    let end = this.valueEnd;
    if (this.previousEnd >= 0) start = this.previousEnd;
    else if (this.nextStart >= 0) end = this.nextStart;
    this.result = replace(text, start, end, EMPTY);
    return status;
  }

  private isJson(value: Bytes): bool {
    this.reader.reset(value, MAX_DEPTH);
    return this.reader.next() != JsonEvent.Error && this.isComplete();
  }

  /** Whether the rest of the value, and of the text, is well-formed. */
  private isComplete(): bool {
    const starts = this.reader.event == JsonEvent.ObjectStart || this.reader.event == JsonEvent.ArrayStart;
    return (!starts || this.reader.skip()) && this.reader.next() == JsonEvent.End;
  }

  /** `,"name":value`, less the comma in an empty object. */
  private newMember(name: Bytes, value: Bytes): Bytes {
    const member = ByteWriter.create(name.length + value.length + 4);
    if (this.itemCount > 0) member.put(ascii.COMMA);
    writeJsonString(member, name);
    member.put(ascii.COLON);
    member.bytes(value);
    return member.finish();
  }

  /** Follows `pointer`. When only its last step leads nowhere, `lastStep` is that step. */
  private locate(text: Bytes, pointer: Bytes): JsonEditStatus {
    this.lastStep = null;
    this.valueStart = 0;
    this.valueEnd = text.length;
    if (pointer.at(0) != ascii.SLASH) return JsonEditStatus.InvalidPointer;
    let at = 0;
    while (at < pointer.length) {
      const slash = pointer.indexOf(ascii.SLASH, at + 1);
      const end = slash < 0 ? pointer.length : slash;
      const step = unescapeStep(pointer.slice(at + 1, end));
      if (step === null) return JsonEditStatus.InvalidPointer;
      if (slash < 0) this.lastStep = step;
      // Each level is read again by the next: the whole text first, so nothing malformed is ever changed.
      const status = this.find(text, this.valueStart, this.valueEnd, step);
      if (status != JsonEditStatus.Ok) return status;
      at = end;
    }
    return JsonEditStatus.Ok;
  }

  /** Finds the item that `step` names in the container that is the text between `from` and `to`. */
  private find(text: Bytes, from: i32, to: i32, step: Bytes): JsonEditStatus {
    const reader = this.reader;
    reader.reset(text.slice(from, to), MAX_DEPTH);
    const container = reader.next();
    this.inObject = container == JsonEvent.ObjectStart;
    if (!this.inObject && container != JsonEvent.ArrayStart) {
      return this.isComplete() ? JsonEditStatus.NotContainer : this.invalid();
    }
    const wanted = this.inObject ? -1 : elementIndex(step);
    let matches = 0;
    this.itemCount = 0;
    this.lastEnd = from + reader.end;
    while (true) {
      const event = reader.next();
      if (event == JsonEvent.ObjectEnd || event == JsonEvent.ArrayEnd) break;
      const start = from + reader.start;
      const matching = this.inObject ? reader.keyEquals(step) : <i64>this.itemCount == wanted;
      if (this.inObject) reader.next();
      const valueStart = from + reader.start;
      if (reader.event == JsonEvent.ObjectStart || reader.event == JsonEvent.ArrayStart) reader.skip();
      if (reader.event == JsonEvent.Error) return this.invalid();

      if (matching) {
        matches += 1;
        this.previousEnd = this.itemCount > 0 ? this.lastEnd : -1;
        this.nextStart = -1;
        this.itemStart = start;
        this.valueStart = valueStart;
        this.valueEnd = from + reader.end;
      } else if (matches > 0 && this.nextStart < 0) {
        this.nextStart = start;
      }
      this.lastEnd = from + reader.end;
      this.itemCount += 1;
    }
    if (reader.next() != JsonEvent.End) return this.invalid();
    if (matches > 1) return JsonEditStatus.Duplicate;
    return matches == 1 ? JsonEditStatus.Ok : JsonEditStatus.Absent;
  }

  private invalid(): JsonEditStatus {
    this.offset = this.reader.offset;
    return JsonEditStatus.InvalidJson;
  }
}

/** `text` with `insert` in place of what is between `start` and `end`. */
function replace(text: Bytes, start: i32, end: i32, insert: Bytes): Bytes {
  const result = ByteWriter.create(text.length - (end - start) + insert.length);
  result.bytes(text.slice(0, start));
  result.bytes(insert);
  result.bytes(text.slice(end));
  return result.finish();
}

/** Index of an array's element (RFC 6901 §4): no leading zeros; -1 when `step` is none. */
function elementIndex(step: Bytes): i64 {
  if (step.length > 1 && step.at(0) == ascii.ZERO) return -1;
  return parseUnsigned(step);
}

/** A step of a pointer with `~1` and `~0` resolved; null when another character follows a `~`. */
function unescapeStep(step: Bytes): Bytes | null {
  if (step.indexOf(ascii.TILDE) < 0) return step;
  const target = arena.allocate(<usize>step.length);
  let length = 0;
  for (let at = 0; at < step.length; at++) {
    let byte = step.at(at);
    if (byte == ascii.TILDE) {
      at += 1;
      const escaped = step.at(at);
      if (escaped != 0x30 && escaped != 0x31) return null;
      byte = escaped == 0x31 ? <u8>ascii.SLASH : <u8>ascii.TILDE;
    }
    store<u8>(target + <usize>length, byte);
    length += 1;
  }
  return Bytes.view(target, length);
}
