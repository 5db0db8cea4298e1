import { Bytes } from "../text/bytes";
import { digest, hasher, HashAlgorithm } from "./hash";
import { MAX_BLOCK } from "./sha2";

/** What each byte of the key is combined with for the inner and the outer message (RFC 2104 §2). */
const INNER: u64 = 0x3636363636363636;
const OUTER: u64 = 0x5c5c5c5c5c5c5c5c;

const paddedKey = memory.data(MAX_BLOCK);
const computed = memory.data(64);

/**
 * A secret, which verifies message authentication codes (HMAC, RFC 2104) made with any of the hash functions. For each of
 * them the states after the block with the key are kept from the first use on (§4), so that a message costs its own blocks
 * and one more.
 */
@final
export class HmacKey {
  /** For each hash function the inner state, then the outer one; 0: not used yet. Heap. */
  private states256: usize = 0;
  private states384: usize = 0;
  private states512: usize = 0;

  private constructor(private readonly key: Bytes) {}

  /** A key of any length. Whether it is long enough for an algorithm (RFC 7518 §3.2) is the caller's to check. */
  static create(key: Bytes): HmacKey {
    return new HmacKey(key.persist());
  }

  /** Whether `mac` is the code of `message`, whole. The time it takes says nothing about how much of it is right. */
  verify(hash: HashAlgorithm, message: Bytes, mac: Bytes): bool {
    const sha = hasher(hash);
    if (mac.length != sha.digestLength) return false;
    const states = this.states(hash);
    sha.restore(states, sha.blockSize);
    sha.update(message.ptr, message.length);
    sha.finish(computed);
    sha.restore(states + sha.stateSize, sha.blockSize);
    sha.update(computed, sha.digestLength);
    sha.finish(computed);
    return equalInConstantTime(computed, mac.ptr, sha.digestLength);
  }

  /** Wipes and frees the secret and all that was derived from it. */
  release(): void {
    memory.fill(this.key.ptr, 0, <usize>this.key.length);
    this.key.release();
    wipe(this.states256, HashAlgorithm.SHA256);
    wipe(this.states384, HashAlgorithm.SHA384);
    wipe(this.states512, HashAlgorithm.SHA512);
  }

  private states(hash: HashAlgorithm): usize {
    if (hash == HashAlgorithm.SHA256) return this.states256 || (this.states256 = keyedStates(hash, this.key));
    if (hash == HashAlgorithm.SHA384) return this.states384 || (this.states384 = keyedStates(hash, this.key));
    return this.states512 || (this.states512 = keyedStates(hash, this.key));
  }
}

/** The states of a hash function after the inner and after the outer key. */
function keyedStates(hash: HashAlgorithm, key: Bytes): usize {
  const states = heap.alloc(2 * hasher(hash).stateSize);
  saveKeyedState(hash, key, INNER, states);
  saveKeyedState(hash, key, OUTER, states + hasher(hash).stateSize);
  return states;
}

function saveKeyedState(hash: HashAlgorithm, key: Bytes, pad: u64, to: usize): void {
  const sha = hasher(hash);
  memory.fill(paddedKey, 0, sha.blockSize);
  // A key that is longer than a block is replaced by its digest (RFC 2104 §2).
  if (<usize>key.length > sha.blockSize) digest(hash, key.ptr, key.length, paddedKey);
  else memory.copy(paddedKey, key.ptr, <usize>key.length);
  for (let at: usize = 0; at < sha.blockSize; at += 8) store<u64>(paddedKey + at, load<u64>(paddedKey + at) ^ pad);

  sha.reset();
  sha.update(paddedKey, <i32>sha.blockSize);
  sha.save(to);
  memory.fill(paddedKey, 0, sha.blockSize);
}

function equalInConstantTime(left: usize, right: usize, length: i32): bool {
  let difference: u32 = 0;
  for (let at: usize = 0; at < <usize>length; at++) difference |= load<u8>(left + at) ^ load<u8>(right + at);
  return difference == 0;
}

function wipe(states: usize, hash: HashAlgorithm): void {
  if (states == 0) return;
  memory.fill(states, 0, 2 * hasher(hash).stateSize);
  heap.free(states);
}
