import { JsonEvent, JsonReader } from "../json/reader";
import { Bytes, EMPTY } from "../text/bytes";
import { wordEnd, wordStart } from "./word-lists";

const DOT: u8 = 0x2e;
const OPEN: u8 = 0x5b;
const CLOSE: u8 = 0x5d;

/**
 * Where a claim stands in a claims set, prepared at configuration: the name of a member, and perhaps a path on from there.
 *
 * - `a.b.c` is the member `c` of `b` of `a`: it splits at each dot, as Envoy's `claim_name` and Istio's `claim` do. A claim
 *   whose own name has dots is never found this way.
 * - `[https://example.com/roles][admin]` takes each name as it stands, as Istio writes `request.auth.claims[…][…]`.
 */
@final
export class ClaimPath {
  /** The path that continues inside the member `name`; null where the path ends. */
  next: ClaimPath | null = null;

  private constructor(readonly name: Bytes) {}

  /** The path that `text` spells, kept until `release`; null when a name in it is empty or a bracket is out of place. */
  static parse(text: Bytes): ClaimPath | null {
    const bracketed = text[0] == OPEN;
    let first: ClaimPath | null = null;
    let last: ClaimPath | null = null;
    for (let start = 0; start <= text.length;) {
      const name = bracketed ? bracketedName(text, start) : dottedName(text, start);
      if (name === null) {
        if (first !== null) first.release();
        return null;
      }
      const step = new ClaimPath(name.persist());
      if (last === null) first = step;
      else last.next = step;
      last = step;
      start += name.length + (bracketed ? 2 : 1);
      if (bracketed && start == text.length) break;
    }
    return first;
  }

  /** Frees the names. */
  release(): void {
    for (let step: ClaimPath | null = this; step !== null; step = step.next) step.name.release();
  }
}

function dottedName(text: Bytes, start: i32): Bytes | null {
  const dot = text.indexOf(DOT, start);
  const name = text.slice(start, dot < 0 ? text.length : dot);
  return name.length == 0 ? null : name;
}

function bracketedName(text: Bytes, start: i32): Bytes | null {
  const close = text.indexOf(CLOSE, start);
  if (text[start] != OPEN || close <= start + 1) return null;
  return text.slice(start + 1, close);
}

/** What a claim's value is. */
export enum ClaimKind {
  /** There is none. */
  Absent,
  String,
  Number,
  True,
  False,
  Null,
  Object,
  Array,
}

/** Finds claims in a claims set: one reader, used again and again. */
@final
export class ClaimLookup {
  kind: ClaimKind = ClaimKind.Absent;
  /** A string without quotes and escapes; everything else as it stands in the JSON. Lives as long as the callback. */
  value: Bytes = EMPTY;

  private readonly reader: JsonReader = new JsonReader();
  private readonly elements: JsonReader = new JsonReader();

  /** Looks for the claim at `path` in `payload`. A path through anything but objects finds nothing. */
  find(payload: Bytes, path: ClaimPath): bool {
    this.kind = ClaimKind.Absent;
    this.value = EMPTY;
    const reader = this.reader;
    reader.reset(payload);
    let event = reader.next();
    for (let step: ClaimPath | null = path; step !== null; step = step.next) {
      if (event != JsonEvent.ObjectStart || !this.seek(step.name)) return false;
      event = reader.next();
    }
    this.kind = kindOf(event);
    if (this.kind == ClaimKind.Absent) return false;
    this.value = this.read(payload);
    return true;
  }

  /**
   * Whether what was found is one of `values`, or a list with an element that is one. Strings compare without their escapes,
   * numbers, `true` and `false` as they stand in the JSON. `words`: a string is a list of words separated by spaces.
   */
  hasAnyOf(values: Bytes[], words: bool): bool {
    switch (this.kind) {
      case ClaimKind.String:
        return words ? hasWordOf(this.value, values) : this.value.isOneOf(values);
      case ClaimKind.Number:
      case ClaimKind.True:
      case ClaimKind.False:
        return this.value.isOneOf(values);
      case ClaimKind.Array:
        return this.hasElementOf(values);
      default:
        return false;
    }
  }

  private hasElementOf(values: Bytes[]): bool {
    const reader = this.elements;
    reader.reset(this.value);
    reader.next();
    for (let event = reader.next(); event != JsonEvent.ArrayEnd; event = reader.next()) {
      switch (kindOf(event)) {
        case ClaimKind.Absent:
          return false;
        case ClaimKind.Object:
        case ClaimKind.Array:
          if (!reader.skip()) return false;
          break;
        case ClaimKind.String:
          if (reader.text().isOneOf(values)) return true;
          break;
        case ClaimKind.Null:
          break;
        default:
          if (this.value.slice(reader.start, reader.end).isOneOf(values)) return true;
      }
    }
    return false;
  }

  /** After `ObjectStart`: stops after the key `name`; false when the object has none. */
  private seek(name: Bytes): bool {
    const reader = this.reader;
    while (reader.next() == JsonEvent.Key) {
      if (reader.keyEquals(name)) return true;
      if (!reader.skip()) return false;
    }
    return false;
  }

  private read(payload: Bytes): Bytes {
    const reader = this.reader;
    if (this.kind == ClaimKind.String) return reader.text();
    const start = reader.start;
    if (this.kind == ClaimKind.Object || this.kind == ClaimKind.Array) reader.skip();
    return payload.slice(start, reader.end);
  }
}

function hasWordOf(text: Bytes, values: Bytes[]): bool {
  for (let start = wordStart(text, 0); start < text.length;) {
    const end = wordEnd(text, start);
    if (text.slice(start, end).isOneOf(values)) return true;
    start = wordStart(text, end);
  }
  return false;
}

export function kindOf(event: JsonEvent): ClaimKind {
  switch (event) {
    case JsonEvent.String:
      return ClaimKind.String;
    case JsonEvent.Number:
      return ClaimKind.Number;
    case JsonEvent.True:
      return ClaimKind.True;
    case JsonEvent.False:
      return ClaimKind.False;
    case JsonEvent.Null:
      return ClaimKind.Null;
    case JsonEvent.ObjectStart:
      return ClaimKind.Object;
    case JsonEvent.ArrayStart:
      return ClaimKind.Array;
    default:
      return ClaimKind.Absent;
  }
}
