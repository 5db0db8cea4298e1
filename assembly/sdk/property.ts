import { proxy_get_property, proxy_set_property } from "../abi/hostcalls";
import { Status } from "../abi/types";
import { Bytes } from "../text/bytes";
import { Pairs } from "./pairs";
import { resultPtr, resultSize } from "./result";

/**
 * A property of the host (an attribute, in Envoy's words), named once and read where it is needed:
 *
 * ```ts
 * const PEER = new Property(["filter_state", "io.istio.peer_principal"]);
 * const peer = PEER.string(); // null when the host does not have it, now or at all
 * ```
 *
 * The type must be known: the ABI hands over bytes without it. Which attributes there are, their types and the phases that
 * have them: Envoy's documentation, "Attributes". A value of another size than the type's reads as absent.
 */
@final
export class Property {
  private readonly path: Bytes;

  constructor(segments: string[]) {
    this.path = Bytes.constant(segments.join("\0"));
  }

  /** The value as the host gave it; null when it has none. */
  bytes(): Bytes | null {
    const status = proxy_get_property(this.path.ptr, this.path.length, resultPtr, resultSize);
    return status == Status.Ok ? Bytes.view(load<usize>(resultPtr), load<i32>(resultSize)) : null;
  }

  has(): bool {
    return this.bytes() !== null;
  }

  string(): string | null {
    const value = this.bytes();
    return value === null ? null : value.toString();
  }

  /** An int or uint. */
  int(absent: i64 = 0): i64 {
    const value = this.sized(8);
    return value === null ? absent : load<i64>(value.ptr);
  }

  double(absent: f64 = 0): f64 {
    const value = this.sized(8);
    return value === null ? absent : load<f64>(value.ptr);
  }

  bool(absent: bool = false): bool {
    const value = this.sized(1);
    return value === null ? absent : load<u8>(value.ptr) != 0;
  }

  /** Nanoseconds since 1970-01-01T00:00:00Z. */
  timestamp(absent: i64 = 0): i64 {
    return this.int(absent);
  }

  /** Nanoseconds. */
  duration(absent: i64 = 0): i64 {
    return this.int(absent);
  }

  /** Keys and values; a nested map or list is a value that `Pairs.read` reads. Null when absent. */
  map(): Pairs | null {
    const value = this.bytes();
    return value === null ? null : Pairs.read(value);
  }

  /** The members are the names of the pairs; their values are empty. Null when absent. */
  list(): Pairs | null {
    return this.map();
  }

  private sized(size: i32): Bytes | null {
    const value = this.bytes();
    return value !== null && value.length == size ? value : null;
  }
}

/**
 * Sets filter state `wasm.<name>`, where access logs (`%FILTER_STATE(wasm.<name>:PLAIN)%`), RBAC, routes and other plugins
 * read it. The host never says that it failed, and never changes any other property.
 */
export function setFilterState(name: Bytes, value: Bytes): Status {
  return proxy_set_property(name.ptr, name.length, value.ptr, value.length);
}
