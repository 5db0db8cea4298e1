/** JSON texts for tests: made at random, judged by JSON.parse, and read back from what the reader under test says. */
import * as fc from "fast-check";

/** The names of the reader's events and statuses, in the order of their enums in assembly/json. */
export const EVENTS = [
  ...["Error", "End", "ObjectStart", "ObjectEnd", "ArrayStart", "ArrayEnd"],
  ...["Key", "String", "Number", "True", "False", "Null"],
];
export const STATUSES = [
  ...["Ok", "UnexpectedEnd", "UnexpectedByte", "InvalidString", "InvalidEscape", "InvalidUtf8", "InvalidNumber"],
  ...["TooDeep", "TrailingData", "DuplicateMember"],
];

/** An event as `jsonTrace` in assembly/test/pure.ts writes it. */
export interface TracedEvent {
  event: string;
  status: string;
  escaped: boolean;
  isInteger: boolean;
  overflow: boolean;
  offset: number;
  depth: number;
  start: number;
  end: number;
  /** Of Key, String and Number. */
  text: string;
  /** Of Number. */
  integer: bigint;
  number: number;
}

export function readTrace(trace: Buffer): TracedEvent[] {
  const events: TracedEvent[] = [];
  for (let at = 0; at < trace.length;) {
    const flags = trace.readUInt8(at + 2);
    const traced: TracedEvent = {
      event: EVENTS[trace.readUInt8(at)] ?? "?",
      status: STATUSES[trace.readUInt8(at + 1)] ?? "?",
      escaped: (flags & 1) !== 0,
      isInteger: (flags & 2) !== 0,
      overflow: (flags & 4) !== 0,
      offset: trace.readInt32LE(at + 3),
      depth: trace.readInt32LE(at + 7),
      start: trace.readInt32LE(at + 11),
      end: trace.readInt32LE(at + 15),
      text: "",
      integer: 0n,
      number: 0,
    };
    at += 19;
    if (["Key", "String", "Number"].includes(traced.event)) {
      const length = trace.readUInt32LE(at);
      traced.text = trace.toString("utf8", at + 4, at + 4 + length);
      at += 4 + length;
    }
    if (traced.event === "Number") {
      traced.integer = trace.readBigInt64LE(at);
      traced.number = trace.readDoubleLE(at + 8);
      at += 16;
    }
    events.push(traced);
  }
  return events;
}

/** Builds the value from events, as JSON.parse would: of two members with one name the last counts. */
export function valueOf(events: TracedEvent[]): unknown {
  const rest = [...events];
  return nextValue(rest);
}

function nextValue(rest: TracedEvent[]): unknown {
  const first = rest.shift();
  switch (first?.event) {
    case "ObjectStart": {
      const object = {};
      for (let key = rest.shift(); key?.event === "Key"; key = rest.shift()) {
        const property = { value: nextValue(rest), enumerable: true, configurable: true, writable: true };
        Object.defineProperty(object, key.text, property);
      }
      return object;
    }
    case "ArrayStart": {
      const array: unknown[] = [];
      while (rest[0] !== undefined && rest[0].event !== "ArrayEnd") array.push(nextValue(rest));
      rest.shift();
      return array;
    }
    case "String":
      return first.text;
    case "Number":
      return first.number;
    case "True":
      return true;
    case "False":
      return false;
    case "Null":
      return null;
    default:
      throw new Error(`no value: ${String(first?.event)}`);
  }
}

/** What JSON.parse makes of `text`, or undefined where it or our stricter rules refuse it. */
export function judge(text: Uint8Array, maxDepth: number): unknown {
  try {
    const characters = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text);
    const value: unknown = JSON.parse(characters);
    const strings = characters.match(STRINGS) ?? [];
    if (!strings.every((literal) => (JSON.parse(literal) as string).isWellFormed())) return undefined;
    return nesting(characters) <= maxDepth ? value : undefined;
  } catch {
    return undefined;
  }
}

const STRINGS = /"(?:[^"\\]|\\.)*"/g;

/** How many objects and arrays are inside each other in a well-formed text. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of text.replaceAll(STRINGS, "").matchAll(/[[\]{}]/g)) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

const space = fc.stringMatching(/^[ \t\r\n]{0,2}$/);

const character = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 6 }).map((text) => JSON.stringify(text).slice(1, -1)),
  fc.stringMatching(/^[ -!#-[\]-~]{1,12}$/),
  fc.constantFrom('\\"', "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0041", "\\u00e9", "\\u0000", "\\uFFFF"),
  fc.constantFrom("\\ud83d\\ude00", "\\uD800\\uDC00", "\\udbff\\udfff", "é", "€", "😀", "\u007f", "\u2028"),
  fc.constantFrom("\\ud800", "\\udc00", "\\ud800\\ud800", "\\ud800x", "\\u12", "\\x", "\\U0041", "\t", "\u0000"),
);
const string = fc.array(character, { maxLength: 4 }).map((parts) => `"${parts.join("")}"`);

const scalar = fc.oneof(
  { weight: 4, arbitrary: string },
  { weight: 3, arbitrary: fc.stringMatching(/^-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,5})?([eE][-+]?[0-9]{1,3})?$/) },
  { weight: 1, arbitrary: fc.stringMatching(/^[-+0-9.eE]{1,5}$/) },
  { weight: 3, arbitrary: fc.constantFrom("true", "false", "null") },
);

/** JSON texts of every shape; about one in ten has a mistake in a string or a number. */
export const jsonText: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc
    .tuple(
      space,
      fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        scalar,
        fc.array(tie("value"), { maxLength: 4 }).map((items) => `[${items.join(",")}]`),
        fc
          .array(fc.tuple(space, string, space, tie("value")), { maxLength: 4 })
          .map((members) => `{${members.map(([a, name, b, value]) => `${a}${name}${b}:${value}`).join(",")}}`),
        fc.tuple(fc.constantFrom("[]", "{}", "[ ]", "{\n}")).map(([empty]) => empty),
      ),
      space,
    )
    .map((parts) => parts.join("")),
})).value;

/** Bytes that mean something in JSON. */
export const JSON_ALPHABET = '{}[]:,"\\/ \t\r\n0123456789+-.eEtrufalsn\u0000\u001f\u007fé😀\ufeff';
