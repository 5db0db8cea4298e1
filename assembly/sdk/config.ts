import { LogLevel } from "../abi/types";
import { JsonDocument, JsonKind, JsonValue } from "../json/document";
import { Bytes } from "../text/bytes";
import { formatDuration, parseDuration } from "./duration";
import { log } from "./log";
import { nearest } from "./nearest";
import { NO_TIMESTAMP, parseTimestamp } from "./timestamp";

/** More problems than this are not told: the first ones explain the others. */
const MAX_PROBLEMS = 20;

/**
 * A configuration being read. Everything that is wrong with it is collected, each as `path: what is wrong`, so that one
 * attempt shows all:
 *
 * ```ts
 * onConfigure(text: Bytes): bool {
 *   const config = Configuration.parse(text);
 *   const root = config.root();
 *   this.header = root.string("header", "x-hello");
 *   this.limit = root.integer("limit", 10, 1, 1000);
 *   return config.finish(); // logs the problems, unknown fields included; true when there are none
 * }
 * ```
 */
@final
export class Configuration {
  private readonly problems: string[] = [];
  private rootObject: ConfigObject | null = null;

  private constructor(
    readonly text: Bytes,
    private readonly rootValue: JsonValue | null,
  ) {}

  static parse(text: Bytes): Configuration {
    const document = JsonDocument.parse(text);
    const value = document.root;
    const configuration = new Configuration(text, value);
    if (text.length == 0) configuration.problem("", "missing: a configuration is needed");
    else if (value === null) configuration.problem("", "not JSON: " + document.problem());
    else if (value.kind != JsonKind.Object) configuration.problem("", "must be an object");
    return configuration;
  }

  /** The configuration's fields; none when it is not an object at all. */
  root(): ConfigObject {
    const known = this.rootObject;
    if (known !== null) return known;
    const root = new ConfigObject(this, this.rootValue);
    this.rootObject = root;
    return root;
  }

  /** Notes that something at `path` (such as `jwtRules[0].issuer`) is wrong, and what. */
  problem(path: string, what: string): void {
    this.problems.push(path.length == 0 ? what : path + ": " + what);
  }

  /** Looks for fields that nobody read, logs what is wrong, and answers whether nothing is. */
  finish(): bool {
    this.root().reportUnknown();
    const shown = min(this.problems.length, MAX_PROBLEMS);
    for (let i = 0; i < this.problems.length && i < shown; i++)
      log.error("configuration: " + unchecked(this.problems[i]));
    if (this.problems.length > shown) {
      log
        .line(LogLevel.Error)
        .text("configuration: and ")
        .number(this.problems.length - shown)
        .text(" more")
        .send();
    }
    return this.problems.length == 0;
  }
}

/** An object of a configuration. Reading a field gives its value, or a default and perhaps a problem. */
@final
export class ConfigObject {
  private readonly known: string[] = [];
  private readonly children: ConfigObject[] = [];

  /** `value` null: the object is not there, and every field is absent. */
  constructor(
    readonly configuration: Configuration,
    private readonly value: JsonValue | null,
  ) {}

  /** Where it is in the configuration; empty for the root. */
  get path(): string {
    const value = this.value;
    return value === null ? "" : value.path();
  }

  /** The path of one of its fields. */
  pathOf(field: string): string {
    const path = this.path;
    return path.length == 0 ? field : path + "." + field;
  }

  /** Notes that a field is wrong. */
  problem(field: string, what: string): void {
    this.configuration.problem(this.pathOf(field), what);
  }

  /** Whether the field is there; null counts as absent, as in a protobuf message. */
  has(field: string): bool {
    return this.get(field) !== null;
  }

  /** Refuses a field that others have and that means nothing here, be it null: `why` says what to use in its place. */
  refuse(field: string, why: string): void {
    if (this.names().includes(field)) this.problem(field, why);
    if (!this.known.includes(field)) this.known.push(field);
  }

  /** The one of `fields` that is there; null, with a problem, when there is none or more than one. */
  only(fields: string[]): string | null {
    let found: string | null = null;
    let count = 0;
    for (let i = 0; i < fields.length; i++) {
      if (!this.has(unchecked(fields[i]))) continue;
      found = unchecked(fields[i]);
      count++;
    }
    if (count == 1) return found;
    this.configuration.problem(this.path, "must have exactly one of " + fields.join(", "));
    return null;
  }

  /** The names of its fields in order, for an object whose fields its author names. */
  names(): string[] {
    const names: string[] = [];
    const value = this.value;
    let member: JsonValue | null = value === null ? null : value.first;
    while (member !== null) {
      names.push(member.name);
      member = member.next;
    }
    return names;
  }

  /** The value as it is; null when absent. Reading a field makes it known. */
  get(field: string): JsonValue | null {
    if (!this.known.includes(field)) this.known.push(field);
    const value = this.value;
    if (value === null) return null;
    const found = value.get(field);
    return found === null || found.kind == JsonKind.Null ? null : found;
  }

  /**
   * The JSON text of a value of any kind that must be there, as the configuration has it; `""` with a problem when it is
   * not.
   */
  requiredJson(field: string): string {
    const found = this.get(field);
    if (found !== null) return this.configuration.text.slice(found.start, found.end).toString();
    this.problem(field, "missing: a JSON value is needed");
    return "";
  }

  string(field: string, absent: string = ""): string {
    const found = this.typed(field, JsonKind.String, "a string");
    return found === null ? absent : found.text;
  }

  /** A string that must be there and not be empty; `""` when it is not, with a problem. */
  requiredString(field: string): string {
    const found = this.get(field);
    if (found === null) this.problem(field, "missing: a string is needed");
    else if (found.kind == JsonKind.String && found.text.length == 0) this.problem(field, "must not be empty");
    return this.string(field);
  }

  bool(field: string, absent: bool): bool {
    const found = this.typed(field, JsonKind.Boolean, "true or false");
    return found === null ? absent : found.boolean;
  }

  /** A whole number from `least` to `most`. 5.0 is one too: Istio hands over every number as a double. */
  integer(field: string, absent: i64, least: i64, most: i64): i64 {
    const found = this.typed(field, JsonKind.Number, "a number");
    if (found === null) return absent;
    const number = found.number;
    if (number == Math.floor(number) && number >= <f64>least && number <= <f64>most) return <i64>number;
    this.problem(field, "must be a whole number from " + least.toString() + " to " + most.toString());
    return absent;
  }

  /** A number, with a fraction or without, from `least` to `most`. */
  number(field: string, absent: f64, least: f64, most: f64): f64 {
    const found = this.typed(field, JsonKind.Number, "a number");
    if (found === null) return absent;
    if (found.number >= least && found.number <= most) return found.number;
    this.problem(field, "must be a number from " + plain(least) + " to " + plain(most));
    return absent;
  }

  /** A time such as `2026-11-21T08:00:00Z` (RFC 3339), in milliseconds since 1970-01-01T00:00:00Z. */
  timestamp(field: string, absent: i64): i64 {
    const found = this.typed(field, JsonKind.String, 'a time such as "2026-11-21T08:00:00Z"');
    if (found === null) return absent;
    const milliseconds = parseTimestamp(Bytes.of(found.text));
    if (milliseconds != NO_TIMESTAMP) return milliseconds;
    this.problem(field, 'must be a time such as "2026-11-21T08:00:00Z" or "2026-11-21T09:00:00+01:00" (RFC 3339)');
    return absent;
  }

  /** A duration such as `250ms`, `5s`, `1.5s`, `10m`, `1h`, in milliseconds, from `least` to `most`. */
  duration(field: string, absent: i64, least: i64, most: i64): i64 {
    const found = this.typed(field, JsonKind.String, 'a duration such as "5s"');
    if (found === null) return absent;
    const milliseconds = parseDuration(found.text);
    if (milliseconds < 0) {
      this.problem(field, 'must be a duration such as "250ms", "5s", "10m" or "1h"');
    } else if (milliseconds < least || milliseconds > most) {
      this.problem(field, "must be from " + formatDuration(least) + " to " + formatDuration(most));
    } else {
      return milliseconds;
    }
    return absent;
  }

  /** One of `choices`: its index. */
  choice(field: string, choices: string[], absent: i32): i32 {
    const found = this.typed(field, JsonKind.String, "one of " + choices.join(", "));
    if (found === null) return absent;
    const index = choices.indexOf(found.text);
    if (index >= 0) return index;
    this.problem(field, "must be one of " + choices.join(", "));
    return absent;
  }

  /** A list of strings, none of them empty; empty when absent. */
  strings(field: string): string[] {
    const texts: string[] = [];
    const list = this.typed(field, JsonKind.Array, "a list of strings");
    let item: JsonValue | null = list === null ? null : list.first;
    while (item !== null) {
      if (item.kind == JsonKind.String && item.text.length > 0) texts.push(item.text);
      else this.configuration.problem(item.path(), "must be a string that is not empty");
      item = item.next;
    }
    return texts;
  }

  /** An object; null when absent. */
  object(field: string): ConfigObject | null {
    const found = this.typed(field, JsonKind.Object, "an object");
    return found === null ? null : this.child(found);
  }

  /** A list of objects, `most` of them at most; empty when absent. */
  objects(field: string, most: i32 = i32.MAX_VALUE): ConfigObject[] {
    const objects: ConfigObject[] = [];
    const list = this.typed(field, JsonKind.Array, "a list of objects");
    let item: JsonValue | null = list === null ? null : list.first;
    while (item !== null) {
      if (item.kind == JsonKind.Object) objects.push(this.child(item));
      else this.configuration.problem(item.path(), "must be an object");
      item = item.next;
    }
    if (objects.length > most) this.problem(field, "must not have more than " + most.toString() + " entries");
    return objects;
  }

  /** Notes every field that nobody read, here and below: it was misspelt, and would have had no effect. */
  reportUnknown(): void {
    const value = this.value;
    let member: JsonValue | null = value === null ? null : value.first;
    while (member !== null) {
      if (!this.known.includes(member.name)) {
        const meant = nearest(member.name, this.known);
        this.problem(member.name, meant === null ? "unknown field" : "unknown field, did you mean " + meant + "?");
      }
      member = member.next;
    }
    for (let i = 0; i < this.children.length; i++) {
      // eslint-disable-next-line waypost/no-recursion -- as deep as the JSON document, which has at most 32 levels
      unchecked(this.children[i]).reportUnknown();
    }
  }

  private child(value: JsonValue): ConfigObject {
    const object = new ConfigObject(this.configuration, value);
    this.children.push(object);
    return object;
  }

  private typed(field: string, kind: JsonKind, expected: string): JsonValue | null {
    const found = this.get(field);
    if (found === null || found.kind == kind) return found;
    this.problem(field, "must be " + expected);
    return null;
  }
}

/** A number as people write it: `5`, where AssemblyScript writes `5.0`. */
function plain(number: f64): string {
  return number == Math.floor(number) ? (<i64>number).toString() : number.toString();
}
