import { hasher, HashAlgorithm } from "../../crypto/hash";
import { HmacKey } from "../../crypto/hmac";
import { Bytes } from "../../text/bytes";

export { digest, digestLength } from "../../crypto/hash";

// A message in pieces

export function hashReset(hash: HashAlgorithm): void {
  hasher(hash).reset();
}

export function hashUpdate(hash: HashAlgorithm, ptr: usize, length: i32): void {
  hasher(hash).update(ptr, length);
}

export function hashFinish(hash: HashAlgorithm, out: usize): void {
  hasher(hash).finish(out);
}

export function hashSave(hash: HashAlgorithm, to: usize): void {
  hasher(hash).save(to);
}

export function hashRestore(hash: HashAlgorithm, from: usize, length: i32): void {
  hasher(hash).restore(from, length);
}

// HMAC

export function hmacCreate(ptr: usize, length: i32): HmacKey {
  return HmacKey.create(Bytes.view(ptr, length));
}

export function hmacVerify(key: HmacKey, hash: HashAlgorithm, message: Bytes, mac: Bytes): bool {
  return key.verify(hash, message, mac);
}

export function hmacRelease(key: HmacKey): void {
  key.release();
}
