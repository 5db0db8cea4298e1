/**
 * A header map as Envoy keeps it: in order, names in lower case, and pseudo-headers before all others. Most names may
 * have several values; those that Envoy keeps "inline" have one entry, to which further values are joined with a comma.
 * Values are byte strings and are not checked: Envoy checks nothing that a filter writes.
 */
import type { Pair } from "./pairs.ts";

/** Which headers are inline depends on what the map is of. */
export type HeaderMapKind = "request" | "response" | "trailers";

/** Inline in Envoy 1.40, as observed (conformance case "two values of one name"), and those that Envoy's codecs use. */
const INLINE: Readonly<Record<HeaderMapKind, ReadonlySet<string>>> = {
  request: new Set(
    (
      ":authority :method :path :protocol :scheme accept accept-encoding access-control-request-headers " +
      "access-control-request-method authentication authorization cache-control connection content-encoding " +
      "content-length content-type expect grpc-accept-encoding grpc-timeout if-match if-modified-since " +
      "if-none-match if-range if-unmodified-since keep-alive origin pragma proxy-connection referer te " +
      "transfer-encoding upgrade user-agent via x-client-trace-id x-envoy-decorator-operation " +
      "x-envoy-downstream-service-cluster x-envoy-expected-rq-timeout-ms x-envoy-original-path " +
      "x-forwarded-client-cert x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto " +
      "x-request-id"
    ).split(" "),
  ),
  response: new Set(
    (
      ":status access-control-allow-headers access-control-allow-origin access-control-expose-headers age " +
      "cache-control connection content-encoding content-length content-type date etag expires grpc-message " +
      "grpc-status keep-alive last-modified location proxy-connection server transfer-encoding upgrade vary " +
      "via x-envoy-degraded x-envoy-immediate-health-check-fail x-envoy-ratelimited " +
      "x-envoy-upstream-service-time x-request-id"
    ).split(" "),
  ),
  trailers: new Set(["grpc-message", "grpc-status"]),
};

export class HeaderMap implements Iterable<Pair> {
  private entries: [string, string][] = [];

  constructor(
    pairs: Iterable<Pair> = [],
    private readonly kind: HeaderMapKind = "trailers",
  ) {
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
    const key = this.key(name);
    for (const entry of this.entries) if (entry[0] === key) return entry[1];
    return undefined;
  }

  /** All values of the name, in order. */
  all(name: string): string[] {
    const key = this.key(name);
    return this.entries.filter((entry) => entry[0] === key).map((entry) => entry[1]);
  }

  has(name: string): boolean {
    return this.first(name) !== undefined;
  }

  /** Adds a value behind the others of this name. */
  add(name: string, value: string): void {
    const key = this.key(name);
    const known = INLINE[this.kind].has(key) ? this.entries.find((entry) => entry[0] === key) : undefined;
    if (known !== undefined) known[1] = `${known[1]},${value}`;
    else if (key.charCodeAt(0) !== COLON) this.entries.push([key, value]);
    else this.entries.splice(this.pseudoCount(), 0, [key, value]);
  }

  /** One value in place of all, behind all other headers. */
  set(name: string, value: string): void {
    this.remove(name);
    this.add(name, value);
  }

  remove(name: string): void {
    const key = this.key(name);
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
    const copy = new HeaderMap([], this.kind);
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

  /** In a request `host` is another name of `:authority`. */
  private key(name: string): string {
    const key = name.toLowerCase();
    return key === "host" && this.kind === "request" ? ":authority" : key;
  }

  private pseudoCount(): number {
    let count = 0;
    while (this.entries[count]?.[0].charCodeAt(0) === COLON) count++;
    return count;
  }
}

const COLON = 0x3a;
