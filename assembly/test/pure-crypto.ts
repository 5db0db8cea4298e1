/**
 * What the tests in `host-tests/crypto` call: each part of `assembly/crypto` in a file of its own. Never shipped. A `Bytes`
 * and a key cross the border as their addresses; the collector never runs here, so a key stays until the module is dropped.
 */
import "../abi/abort";
import { Bytes } from "../text/bytes";

export { allocate, reset } from "../memory/arena";
export * from "./crypto/ecdsa";
export * from "./crypto/ed25519";
export * from "./crypto/field";
export * from "./crypto/hash";
export * from "./crypto/inverse";
export * from "./crypto/rsa";
export { heapMark } from "./shared/heap";

export function view(ptr: usize, length: i32): Bytes {
  return Bytes.view(ptr, length);
}
