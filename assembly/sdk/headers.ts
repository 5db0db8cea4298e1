import {
  proxy_add_header_map_value,
  proxy_get_header_map_pairs,
  proxy_get_header_map_size,
  proxy_get_header_map_value,
  proxy_remove_header_map_value,
  proxy_replace_header_map_value,
  proxy_set_header_map_pairs,
} from "../abi/hostcalls";
import { HeaderMapType, Status } from "../abi/types";
import { isHeaderName, isHeaderValue } from "../http/header";
import { Bytes } from "../text/bytes";
import { PairList, Pairs } from "./pairs";
import { resultNumber, resultPtr, resultSize } from "./result";

/**
 * Headers or trailers of the stream (or callout) that the host is working on. Each method is one hostcall.
 *
 * Names are lower case; pseudo headers (`:path`, `:method`, `:authority`, `:status`) are headers like others. A missing
 * header is `null`, a header without a value is `""`. `host` is another name of `:authority`. A map can be read and written
 * only in its own phase: request headers until `onRequestHeaders` (or the wait that it began) is over; all but request
 * trailers can be read again in `onLog`. Outside of it reads answer null and writes `Status.BadArgument`. Trailers can also be
 * written in the body's callback with `endOfStream`, which makes them.
 *
 * Envoy keeps one entry of each header that it knows itself (`authorization`, `content-type`, `x-forwarded-for`, … but not
 * `cookie`, `set-cookie` or a custom one): several values come, and are added, as one value, joined by commas.
 *
 * What is written is checked first, because Envoy does not: a line break in a value would start a header of its own.
 *
 * Every write to request headers makes Envoy choose the route again, which costs a route match: write only what changes.
 */
@final
export class HeaderMap {
  constructor(private readonly type: HeaderMapType) {}

  /** The first value of that name; of a header that Envoy keeps once all of them, as `a,b`. */
  get(name: string): string | null {
    const value = this.getBytes(Bytes.of(name));
    return value === null ? null : value.toString();
  }

  /** The first value of that name, as bytes. */
  getBytes(name: Bytes): Bytes | null {
    const status = proxy_get_header_map_value(this.type, name.ptr, name.length, resultPtr, resultSize);
    return status == Status.Ok ? Bytes.view(load<usize>(resultPtr), load<i32>(resultSize)) : null;
  }

  has(name: string): bool {
    return this.getBytes(Bytes.of(name)) !== null;
  }

  /** Every value of that name, in order. */
  getAll(name: string): string[] {
    const wanted = Bytes.of(name);
    const values: string[] = [];
    const pairs = this.pairs();
    while (pairs.next()) {
      if (pairs.name.equals(wanted)) values.push(pairs.value.toString());
    }
    return values;
  }

  /** Adds every value of that name to `list`, as `newName`. */
  copyTo(list: PairList, name: string, newName: string = name): void {
    const wanted = Bytes.of(name);
    const target = Bytes.of(newName);
    const pairs = this.pairs();
    while (pairs.next()) {
      if (pairs.name.equals(wanted)) list.addBytes(target, pairs.value.slice(0));
    }
  }

  /** All headers in one hostcall: cheaper than asking for two of them. Empty when the map is not open. */
  pairs(): Pairs {
    const status = proxy_get_header_map_pairs(this.type, resultPtr, resultSize);
    return Pairs.read(
      status == Status.Ok ? Bytes.view(load<usize>(resultPtr), load<i32>(resultSize)) : Bytes.view(resultPtr, 0),
    );
  }

  /** Size of all names and values in bytes, as Envoy counts it; 0 when the map is not open. */
  byteSize(): u32 {
    store<u32>(resultNumber, 0);
    proxy_get_header_map_size(this.type, resultNumber);
    return load<u32>(resultNumber);
  }

  /** Sets the header to this one value, whatever it had before. It moves to the end of the map. */
  set(name: string, value: string): Status {
    return this.setBytes(Bytes.of(name), Bytes.of(value));
  }

  /** As `set`. */
  setBytes(name: Bytes, value: Bytes): Status {
    if (!isWritable(name, value)) return Status.BadArgument;
    return proxy_replace_header_map_value(this.type, name.ptr, name.length, value.ptr, value.length);
  }

  /** Adds a value after those that are there: at the end of the map, or with a comma where Envoy keeps one entry. */
  add(name: string, value: string): Status {
    return this.addBytes(Bytes.of(name), Bytes.of(value));
  }

  /** As `add`. */
  addBytes(name: Bytes, value: Bytes): Status {
    if (!isWritable(name, value)) return Status.BadArgument;
    return proxy_add_header_map_value(this.type, name.ptr, name.length, value.ptr, value.length);
  }

  /** Removes every value of that name. Without `:path` or `x-forwarded-proto` Envoy finds no route: 404. */
  remove(name: string): Status {
    return this.removeBytes(Bytes.of(name));
  }

  /** As `remove`. */
  removeBytes(name: Bytes): Status {
    return proxy_remove_header_map_value(this.type, name.ptr, name.length);
  }

  /**
   * Replaces the whole map. At most 1024 pairs and 1 MiB: the host reads a larger list as an empty one, and would leave no
   * header at all; so it is refused here. A request without its pseudo headers and `x-forwarded-proto` finds no route.
   */
  replaceAll(list: PairList): Status {
    const encoded = list.encode();
    if (list.count > MAX_PAIRS || encoded.length > MAX_PAIRS_SIZE) return Status.BadArgument;
    const pairs = Pairs.read(encoded);
    while (pairs.next()) {
      if (!isWritable(pairs.name, pairs.value)) return Status.BadArgument;
    }
    return proxy_set_header_map_pairs(this.type, encoded.ptr, encoded.length);
  }
}

/** Limits of the host (proxy-wasm-cpp-host, include/proxy-wasm/limits.h). */
const MAX_PAIRS = 1024;
const MAX_PAIRS_SIZE = 1024 * 1024;

function isWritable(name: Bytes, value: Bytes): bool {
  const bare = name.at(0) == 0x3a ? name.slice(1) : name;
  return isHeaderName(bare) && isHeaderValue(value);
}

export const requestHeaders = new HeaderMap(HeaderMapType.HttpRequestHeaders);
export const requestTrailers = new HeaderMap(HeaderMapType.HttpRequestTrailers);
export const responseHeaders = new HeaderMap(HeaderMapType.HttpResponseHeaders);
export const responseTrailers = new HeaderMap(HeaderMapType.HttpResponseTrailers);
