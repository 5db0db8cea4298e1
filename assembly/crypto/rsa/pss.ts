import * as arena from "../../memory/arena";
import { Bytes } from "../../text/bytes";
import { digest, digestLength, HashAlgorithm } from "../hash";

/** Octet at the end of an encoded message. */
const TRAILER: u8 = 0xbc;

/** Zero octets before the digest in what is hashed with the salt. */
const PADDING_LENGTH: i32 = 8;

/**
 * Whether `encoded`, which may have one zero octet more in front, is an EMSA-PSS encoding of `message` in `bits` bits (RFC 8017
 * §9.1.2), with MGF1 of the same hash and a salt as long as the hash. 2047 bits or more, so that all fits.
 *
 *   encoded:  maskedDB | H | 0xbc        DB:  0 … 0 | 1 | salt
 */
export function isPssEncoding(encoded: Bytes, bits: i32, hash: HashAlgorithm, message: Bytes): bool {
  const length = (bits + 7) >> 3;
  // A modulus of 8 k + 1 bits has one octet more than that (§8.1.2, step 2c).
  if (encoded.length > length && encoded[0] != 0) return false;
  const start = encoded.ptr + <usize>(encoded.length - length);
  const hashLength = digestLength(hash);
  const dbLength = length - hashLength - 1;
  const h = start + <usize>dbLength;
  if (load<u8>(h + <usize>hashLength) != TRAILER) return false;
  // The bits that are too many, no more than seven.
  const first: u32 = 0xff >> ((length << 3) - bits);
  if (<u32>load<u8>(start) > first) return false;

  const db = arena.allocate(<usize>dbLength);
  mgf1(hash, h, dbLength, db);
  for (let i: usize = 0; i < <usize>dbLength; i++) store<u8>(db + i, load<u8>(db + i) ^ load<u8>(start + i));
  store<u8>(db, load<u8>(db) & first);
  const salt = db + <usize>(dbLength - hashLength);
  for (let at = db; at < salt - 1; at++) {
    if (load<u8>(at) != 0) return false;
  }
  if (load<u8>(salt - 1) != 1) return false;
  const expected = arena.allocate(<usize>hashLength);
  saltedDigest(hash, message, salt, expected);
  return memory.compare(expected, h, <usize>hashLength) == 0;
}

/** Hash(0 0 0 0 0 0 0 0 | Hash(message) | salt), to `out`. */
function saltedDigest(hash: HashAlgorithm, message: Bytes, salt: usize, out: usize): void {
  const hashLength = digestLength(hash);
  const length = PADDING_LENGTH + 2 * hashLength;
  const salted = arena.allocate(<usize>length);
  store<u64>(salted, 0);
  digest(hash, message.ptr, message.length, salted + PADDING_LENGTH);
  memory.copy(salted + PADDING_LENGTH + <usize>hashLength, salt, <usize>hashLength);
  digest(hash, salted, length, out);
}

/** Writes a mask of `length` octets, made of a seed as long as a digest (RFC 8017 §B.2.1), to `out`. */
function mgf1(hash: HashAlgorithm, seed: usize, length: i32, out: usize): void {
  const hashLength = digestLength(hash);
  const input = arena.allocate(<usize>(hashLength + 4));
  const block = arena.allocate(<usize>hashLength);
  memory.copy(input, seed, <usize>hashLength);
  for (let done = 0, counter: u32 = 0; done < length; done += hashLength, counter++) {
    store<u32>(input + <usize>hashLength, bswap(counter));
    digest(hash, input, hashLength + 4, block);
    memory.copy(out + <usize>done, block, <usize>min(hashLength, length - done));
  }
}
