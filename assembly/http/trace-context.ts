import * as ascii from "../text/ascii";
import { Bytes } from "../text/bytes";
import { ByteWriter } from "../text/writer";

export const TRACEPARENT = Bytes.constant("traceparent");
export const TRACESTATE = Bytes.constant("tracestate");

// The fields of a `traceparent` (https://www.w3.org/TR/trace-context/#traceparent-header-field-values): version, trace id,
// parent id and flags, in lower-case hexadecimal, with dashes between.
const TRACE_ID = 3;
const PARENT_ID = 36;
const FLAGS = 53;
const TRACEPARENT_SIZE = 55;

/** Later versions may have fields behind these, and be longer, but not without measure. */
const MAX_TRACEPARENT_SIZE = 512;

// Limits of what is passed on of a `tracestate` (https://www.w3.org/TR/trace-context/#tracestate-limits).
const MAX_TRACESTATE_SIZE = 512;
const MAX_MEMBER_SIZE = 128;

/**
 * The trace context of a request (W3C Trace Context), gathered from its headers by one who passes it on and makes no span of
 * its own: as it came, or not at all.
 */
@final
export class TraceContextReader {
  private parent: Bytes | null = null;
  private isRepeated: bool = false;
  private state: ByteWriter | null = null;

  /** Forgets what was read, for another request. */
  reset(): void {
    this.parent = null;
    this.isRepeated = false;
    this.state = null;
  }

  /** Takes a header, in the order in which they came. Names are in lower case. */
  add(name: Bytes, value: Bytes): void {
    if (name.equals(TRACEPARENT)) {
      this.isRepeated = this.parent !== null;
      this.parent = value.slice(0);
    } else if (name.equals(TRACESTATE) && value.trim().length > 0) {
      this.append(value);
    }
  }

  /** `traceparent`; null: none, several, or none that can be passed on, and then there is no `tracestate` either. */
  traceparent(): Bytes | null {
    const parent = this.parent;
    return parent !== null && !this.isRepeated && isTraceparent(parent) ? parent : null;
  }

  /** `tracestate`, several headers as one list; null: none, or none with members that are short enough. */
  tracestate(): Bytes | null {
    const state = this.state;
    if (state === null || this.traceparent() === null) return null;
    const list = withinLimits(state.finish());
    return list.length > 0 ? list : null;
  }

  private append(value: Bytes): void {
    let state = this.state;
    if (state === null) {
      state = ByteWriter.create(value.length);
      this.state = state;
    } else {
      state.put(ascii.COMMA);
    }
    state.bytes(value);
  }
}

/** Whether `value` is a `traceparent` of version 00, or of a later one, which begins with the same fields. */
export function isTraceparent(value: Bytes): bool {
  return (
    value.length <= MAX_TRACEPARENT_SIZE &&
    isVersion(value) &&
    isField(value, 0, TRACE_ID - 1) &&
    isId(value, TRACE_ID, PARENT_ID - 1) &&
    isId(value, PARENT_ID, FLAGS - 1) &&
    isHex(value, FLAGS, TRACEPARENT_SIZE)
  );
}

/** Whether the version is known to have that length; `ff` is none. */
function isVersion(value: Bytes): bool {
  if (value.at(0) == ascii.ZERO && value.at(1) == ascii.ZERO) return value.length == TRACEPARENT_SIZE;
  if (value.at(0) == LOWER_F && value.at(1) == LOWER_F) return false;
  return value.length == TRACEPARENT_SIZE || value.at(TRACEPARENT_SIZE) == ascii.MINUS;
}

const LOWER_F: u8 = 0x66;

/** Whether the bytes from `start` to `end` are an id: not all zeros. */
function isId(value: Bytes, start: i32, end: i32): bool {
  let isZero = true;
  for (let i = start; i < end; i++) isZero = isZero && value.at(i) == ascii.ZERO;
  return !isZero && isField(value, start, end);
}

/** Whether the bytes from `start` to `end` are hexadecimal, and a dash follows. */
function isField(value: Bytes, start: i32, end: i32): bool {
  return isHex(value, start, end) && value.at(end) == ascii.MINUS;
}

function isHex(value: Bytes, start: i32, end: i32): bool {
  for (let i = start; i < end; i++) {
    const byte = <u32>value.at(i);
    if (!ascii.isDigit(byte) && byte - ascii.LOWER_A >= 6) return false;
  }
  return true;
}

/** A list that is too long loses its long members, and then its last ones, as the specification asks; none is cut. */
function withinLimits(list: Bytes): Bytes {
  if (list.length <= MAX_TRACESTATE_SIZE) return list;
  const kept = ByteWriter.create(MAX_TRACESTATE_SIZE);
  let start = 0;
  while (start < list.length) {
    const comma = list.indexOf(ascii.COMMA, start);
    const end = comma < 0 ? list.length : comma;
    const size = end - start;
    if (size > 0 && size <= MAX_MEMBER_SIZE) {
      if (kept.length + 1 + size > MAX_TRACESTATE_SIZE) break;
      if (kept.length > 0) kept.put(ascii.COMMA);
      kept.bytes(list.slice(start, end));
    }
    start = end + 1;
  }
  return kept.finish();
}
