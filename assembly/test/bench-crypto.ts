/**
 * Signature checks as jwt-auth makes them, for `npm run bench:crypto`. The modules of the rivals (`bench/crypto/rivals/`)
 * export the same functions. Never shipped.
 */
import "../abi/abort";
import { digest, HashAlgorithm } from "../crypto/hash";
import { USES_BEFORE_TABLE } from "../crypto/table-budget";
import { algorithmOf, AlgorithmRow, rowOf } from "../jose/algorithms";
import { Jwk } from "../jose/jwk";
import { JwkSet } from "../jose/jwk-set";
import * as arena from "../memory/arena";
import { Bytes } from "../text/bytes";

/** A key, and the algorithm that it is used with. The collector does not run here. */
@final
class Verifier {
  constructor(
    readonly row: AlgorithmRow,
    readonly key: Jwk,
  ) {}
}

const digested = memory.data(64);

/** How often a key is used before it gets a table of multiples. */
export function uses_without_table(): i32 {
  return USES_BEFORE_TABLE - 1;
}

/** Memory for so many bytes, never given back. */
export function allocate(size: usize): usize {
  return heap.alloc(size);
}

/** The key of a JWK Set with one key, for the algorithm of this name. Null: not understood. */
export function create(name: usize, nameSize: i32, set: usize, size: i32): Verifier | null {
  arena.reset();
  const algorithm = algorithmOf(Bytes.view(name, nameSize));
  const row = rowOf(algorithm);
  const keys = JwkSet.parse(Bytes.view(set, size));
  const index = keys.next(-1, null, algorithm);
  return row === null || index < 0 ? null : new Verifier(row, keys.keys.at(index));
}

/** Frees a key. */
export function release(verifier: Verifier): void {
  verifier.key.release();
}

/** How many of so many checks of one signature succeed. */
export function verify_times(
  verifier: Verifier,
  message: usize,
  messageSize: i32,
  signature: usize,
  signatureSize: i32,
  times: i32,
): i32 {
  const ownMessage = Bytes.view(message, messageSize).persist();
  const ownSignature = Bytes.view(signature, signatureSize).persist();
  let valid = 0;
  for (let i = 0; i < times; i++) {
    // Each in a callback of its own, as for a request.
    arena.reset();
    valid += i32(verifier.key.key.verify(verifier.row, ownMessage, ownSignature));
  }
  ownMessage.release();
  ownSignature.release();
  return valid;
}

/** Makes the digest of a message so many times; answers the first byte of it. `bits` is 256, 384 or 512. */
export function digest_times(bits: i32, message: usize, size: i32, times: i32): i32 {
  const hash = bits == 256 ? HashAlgorithm.SHA256 : bits == 384 ? HashAlgorithm.SHA384 : HashAlgorithm.SHA512;
  for (let i = 0; i < times; i++) digest(hash, message, size, digested);
  return load<u8>(digested);
}
