/**
 * A header map as Envoy keeps it: in order, names in lower case, several values of one name allowed, and pseudo-headers
 * before all others. Values are byte strings and are not checked: Envoy checks nothing that a filter writes.
 */
import type { Pair } from "./pairs.ts";

export class HeaderMap implements Iterable<Pair> {
  private entries: [string, string][] = [];

  constructor(pairs: Iterable<Pair> = []) {
    for (const [name, value] of pairs) this.add(name, value);
  }

  /** How many entries there are; two values of one name are two. */
  get size(): number {
    return this.entries.length;
  }

  /** All values of the name, joined with ", "; undefined when there is none. For tests: a filter gets `first`. */
  get(name: string): string | undefined {
    const values = this.all(name);
    return values.length === 0 ? undefined : values.join(", ");
  }

  /** The first value, which is all that `proxy_get_header_map_value` gives. */
  first(name: string): string | undefined {
    for (const entry of this.entries) if (entry[0] === name) return entry[1];
    return undefined;
  }

  /** All values of the name, in order. */
  all(name: string): string[] {
    return this.entries.filter((entry) => entry[0] === name).map((entry) => entry[1]);
  }

  has(name: string): boolean {
    return this.first(name) !== undefined;
  }

  /** Adds a value behind the others of this name. */
  add(name: string, value: string): void {
    const entry: [string, string] = [name.toLowerCase(), value];
    if (name.charCodeAt(0) !== COLON) this.entries.push(entry);
    else this.entries.splice(this.pseudoCount(), 0, entry);
  }

  /** One value in place of all; it keeps the place of the first. */
  set(name: string, value: string): void {
    const key = name.toLowerCase();
    const entry = this.entries.find((candidate) => candidate[0] === key);
    if (entry === undefined) return this.add(key, value);
    entry[1] = value;
    this.entries = this.entries.filter((other) => other === entry || other[0] !== key);
  }

  remove(name: string): void {
    const key = name.toLowerCase();
    if (this.entries.some((entry) => entry[0] === key)) this.entries = this.entries.filter((entry) => entry[0] !== key);
  }

  clear(): void {
    this.entries = [];
  }

  /** Sum of the lengths of names and values: what Envoy calls the byte size. */
  byteSize(): number {
    let size = 0;
    for (const [name, value] of this.entries) size += name.length + value.length;
    return size;
  }

  pairs(): readonly Pair[] {
    return this.entries;
  }

  clone(): HeaderMap {
    const copy = new HeaderMap();
    copy.entries = this.entries.map(([name, value]) => [name, value]);
    return copy;
  }

  /** Name to value, several values joined with ", ": handy in `toEqual` and `toMatchObject`. */
  toObject(): Record<string, string> {
    const object: Record<string, string> = {};
    for (const [name, value] of this.entries) object[name] = name in object ? `${object[name]}, ${value}` : value;
    return object;
  }

  [Symbol.iterator](): Iterator<Pair> {
    return this.entries[Symbol.iterator]();
  }

  private pseudoCount(): number {
    let count = 0;
    while (this.entries[count]?.[0].charCodeAt(0) === COLON) count++;
    return count;
  }
}

const COLON = 0x3a;
