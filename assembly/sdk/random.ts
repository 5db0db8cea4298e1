import { random_get } from "../abi/wasi_snapshot_preview1";
import * as arena from "../memory/arena";
import { Bytes } from "../text/bytes";

/** The host gives no more at once (proxy-wasm-cpp-host, include/proxy-wasm/limits.h). */
const MAX_SIZE = 64 * 1024;

/**
 * `length` random bytes in the arena, in Envoy from BoringSSL's `RAND_bytes`: fit for secrets. Null when the proxy gives none:
 * it restricts what a module may call, or `length` is not from 0 to 64 KiB.
 */
export function randomBytes(length: i32): Bytes | null {
  if (length < 0 || length > MAX_SIZE) return null;
  const bytes = Bytes.view(arena.allocate(<usize>length), length);
  return random_get(bytes.ptr, <usize>length) == 0 ? bytes : null;
}
