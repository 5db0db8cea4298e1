import { Bytes } from "../text/bytes";
import { JsonEvent, JsonReader } from "./reader";
import { JsonStatus, statusText } from "./status";

export enum JsonKind {
  Null,
  Boolean,
  Number,
  String,
  Array,
  Object,
}

/** A value of a `JsonDocument`. For configuration: it allocates, and its strings are the garbage collector's. */
@final
export class JsonValue {
  /** The member's name; empty when the value is no member. */
  name: string = "";
  /** Which member or element of its parent it is, from 0. */
  index: i32 = 0;
  /** Where it starts in the document's text, in bytes. */
  start: i32 = 0;
  /** Where it ends in the document's text. */
  end: i32 = 0;
  /** The object or array that it is in; null for the root. */
  parent: JsonValue | null = null;
  /** The first member or element; null when there is none. */
  first: JsonValue | null = null;
  /** The next member or element of the parent, in the order of the text; null for the last. */
  next: JsonValue | null = null;
  /** How many members or elements it has. */
  size: i32 = 0;

  /** Value of a Boolean. */
  boolean: bool = false;
  /** Value of a String; a Number as it is written. */
  text: string = "";
  /** Value of a Number. */
  number: f64 = 0;
  /** Value of a Number that `isInteger`; the nearest i64 when `overflow`. */
  integer: i64 = 0;
  /** Whether a Number has neither fraction nor exponent. */
  isInteger: bool = false;
  /** Whether an integer does not fit into an i64. */
  overflow: bool = false;

  private last: JsonValue | null = null;
  private members: Map<string, JsonValue> | null = null;

  constructor(readonly kind: JsonKind) {}

  /** An object's member `name`; null when there is none, or when this is no object. */
  get(name: string): JsonValue | null {
    const members = this.members;
    return members !== null && members.has(name) ? members.get(name) : null;
  }

  /** Where the value is in its document, such as `jwtRules[0].issuer`; empty for the root. */
  path(): string {
    let path = "";
    let value: JsonValue = this;
    let parent = value.parent;
    while (parent !== null) {
      const inArray = parent.kind == JsonKind.Array;
      const step = inArray ? "[" + value.index.toString() + "]" : value.name;
      // An index follows what it belongs to directly, a name follows it with a dot.
      path = step + (path.length > 0 && !path.startsWith("[") ? "." : "") + path;
      value = parent;
      parent = value.parent;
    }
    return path;
  }

  /** Adds a member or element; false when there is a member of that name already. */
  append(child: JsonValue): bool {
    if (this.kind == JsonKind.Object) {
      let members = this.members;
      if (members === null) {
        members = new Map<string, JsonValue>();
        this.members = members;
      }
      if (members.has(child.name)) return false;
      members.set(child.name, child);
    }
    const last = this.last;
    if (last === null) this.first = child;
    else last.next = child;
    this.last = child;
    child.parent = this;
    child.index = this.size;
    this.size += 1;
    return true;
  }
}

const reader = new JsonReader();

/** A whole JSON text as a tree; no object in it has two members of one name. For configuration: it allocates. */
@final
export class JsonDocument {
  /** The value; null when the text is malformed. */
  root: JsonValue | null = null;
  /** `Ok`, or why there is no root. */
  status: JsonStatus = JsonStatus.Ok;
  /** Where the text is malformed, in bytes. */
  offset: i32 = 0;

  private constructor(readonly text: Bytes) {}

  /** Reads `text`, which must stay as it is while positions are asked for. */
  static parse(text: Bytes, maxDepth: i32 = 32): JsonDocument {
    const document = new JsonDocument(text);
    reader.reset(text, maxDepth);
    const root = document.build();
    if (document.status == JsonStatus.Ok) document.root = root;
    return document;
  }

  /** What is wrong and where, such as `line 3, column 7: unexpected character`. */
  problem(): string {
    return this.position(this.offset) + ": " + statusText(this.status);
  }

  /** `offset` in words: `line 3, column 7`. */
  position(offset: i32): string {
    return "line " + this.line(offset).toString() + ", column " + this.column(offset).toString();
  }

  /** Number of the line that the byte at `offset` is in, from 1. */
  line(offset: i32): i32 {
    let line = 1;
    for (let i = 0; i < min(offset, this.text.length); i++) {
      if (this.text.at(i) == 0x0a) line += 1;
    }
    return line;
  }

  /** Number of the character in its line that the byte at `offset` is in, from 1. */
  column(offset: i32): i32 {
    let column = 1;
    for (let i = min(offset, this.text.length) - 1; i >= 0 && this.text.at(i) != 0x0a; i--) {
      // A character is counted at its first byte.
      if ((this.text.at(i) & 0xc0) != 0x80) column += 1;
    }
    return column;
  }

  private build(): JsonValue | null {
    let root: JsonValue | null = null;
    let container: JsonValue | null = null;
    let name = "";
    let nameStart = 0;
    while (true) {
      const event = reader.next();
      if (event == JsonEvent.Error) {
        this.fail(reader.status, reader.offset);
        return null;
      }
      if (event == JsonEvent.End) return root;
      if (event == JsonEvent.Key) {
        name = reader.text().toString();
        nameStart = reader.start;
        continue;
      }
      if (event == JsonEvent.ObjectEnd || event == JsonEvent.ArrayEnd) {
        container = closed(container);
        continue;
      }
      const value = currentValue();
      if (container === null) {
        root = value;
      } else {
        if (container.kind == JsonKind.Object) value.name = name;
        if (!container.append(value)) {
          this.fail(JsonStatus.DuplicateMember, nameStart);
          return null;
        }
      }
      if (event == JsonEvent.ObjectStart || event == JsonEvent.ArrayStart) container = value;
    }
  }

  private fail(status: JsonStatus, offset: i32): void {
    this.status = status;
    this.offset = offset;
  }
}

/** Ends the innermost container with the current token, and answers the one around it. */
function closed(container: JsonValue | null): JsonValue | null {
  if (container === null) return null;
  container.end = reader.end;
  return container.parent;
}

function currentValue(): JsonValue {
  const value = new JsonValue(currentKind());
  value.start = reader.start;
  value.end = reader.end;
  if (reader.event == JsonEvent.True) value.boolean = true;
  if (value.kind == JsonKind.String || value.kind == JsonKind.Number) value.text = reader.text().toString();
  if (value.kind == JsonKind.Number) {
    value.number = reader.number();
    value.isInteger = reader.isInteger;
    if (value.isInteger) {
      value.integer = reader.integer();
      value.overflow = reader.overflow;
    }
  }
  return value;
}

function currentKind(): JsonKind {
  switch (reader.event) {
    case JsonEvent.ObjectStart:
      return JsonKind.Object;
    case JsonEvent.ArrayStart:
      return JsonKind.Array;
    case JsonEvent.String:
      return JsonKind.String;
    case JsonEvent.Number:
      return JsonKind.Number;
    case JsonEvent.True:
    case JsonEvent.False:
      return JsonKind.Boolean;
    default:
      return JsonKind.Null;
  }
}
