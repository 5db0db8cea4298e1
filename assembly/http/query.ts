import { decodePercentLenient, equalsDecoded } from "../encoding/percent";
import * as ascii from "../text/ascii";
import { Bytes, findByte } from "../text/bytes";
import { ByteWriter } from "../text/writer";

/**
 * Reads the query of a request target (`:path`) parameter by parameter, as Envoy does: it starts at the first `?`,
 * parameters end at `&`, a name ends at the first `=`, a parameter without `=` has an empty value. It ends at a `#`.
 * Names compare percent-decoded (`%61` is `a`); a malformed encoding stands for itself, and so does `+`.
 */
@final
export class QueryReader {
  /** Where the query starts in the target, behind the `?`; the target's end when there is none. */
  queryStart: i32 = 0;
  /** Where the query ends in the target: at the `#`, or the target's end. */
  queryEnd: i32 = 0;
  /** Where the current parameter starts in the target. */
  start: i32 = 0;
  /** Where the current parameter ends in the target. */
  end: i32 = 0;

  private ptr: usize = 0;
  private nameEnd: i32 = 0;
  private nextStart: i32 = 1;

  /** Starts over with `target`, which must stay as it is while it is read. */
  reset(target: Bytes): void {
    this.ptr = target.ptr;
    this.queryEnd = findByte(this.ptr, ascii.HASH, 0, target.length);
    this.queryStart = min(findByte(this.ptr, ascii.QUESTION, 0, this.queryEnd) + 1, this.queryEnd);
    this.start = this.queryStart;
    this.end = this.queryStart;
    this.nameEnd = this.queryStart;
    // An empty query has no parameter, rather than one that is empty.
    this.nextStart = this.queryStart < this.queryEnd ? this.queryStart : this.queryEnd + 1;
  }

  /** Goes on to the next parameter; false when there is none. */
  next(): bool {
    if (this.nextStart > this.queryEnd) return false;
    this.start = this.nextStart;
    this.end = findByte(this.ptr, ascii.AMPERSAND, this.start, this.queryEnd);
    this.nameEnd = findByte(this.ptr, ascii.EQUALS, this.start, this.end);
    this.nextStart = this.end + 1;
    return true;
  }

  /** Goes on to the next parameter whose decoded name is `name`; false when there is none. */
  nextNamed(name: Bytes): bool {
    while (this.next()) {
      if (this.nameEquals(name)) return true;
    }
    return false;
  }

  /** Whether the current parameter's decoded name is `name`. */
  nameEquals(name: Bytes): bool {
    return equalsDecoded(this.rawName(), name);
  }

  /** The current parameter's name as it is written. */
  rawName(): Bytes {
    return this.span(this.start, this.nameEnd);
  }

  /** The current parameter's value as it is written. */
  rawValue(): Bytes {
    return this.span(min(this.nameEnd + 1, this.end), this.end);
  }

  /** The current parameter's value, percent-decoded. */
  value(): Bytes {
    return decodePercentLenient(this.rawValue());
  }

  private span(start: i32, end: i32): Bytes {
    return Bytes.view(this.ptr + <usize>start, end - start);
  }
}

const reader = new QueryReader();

/** Percent-decoded value of the first parameter `name` of a request target; null when there is none. */
export function findParameter(target: Bytes, name: Bytes): Bytes | null {
  reader.reset(target);
  return reader.nextNamed(name) ? reader.value() : null;
}

/**
 * `target` without any parameter `name`, and without the `?` when no parameter is left. Everything else stays as it is,
 * byte for byte. Answers `target` itself when it has none.
 */
export function removeParameter(target: Bytes, name: Bytes): Bytes {
  reader.reset(target);
  if (!reader.nextNamed(name)) return target;

  const kept = ByteWriter.create(target.length);
  kept.bytes(target.slice(0, reader.queryStart));
  reader.reset(target);
  let separate = false;
  while (reader.next()) {
    if (reader.nameEquals(name)) continue;
    if (separate) kept.put(ascii.AMPERSAND);
    kept.bytes(target.slice(reader.start, reader.end));
    separate = true;
  }
  if (kept.length == reader.queryStart) kept.length -= 1;
  kept.bytes(target.slice(reader.queryEnd));
  return kept.finish();
}
