import * as arena from "../../memory/arena";
import { Bytes } from "../../text/bytes";
import { digest, digestLength, HashAlgorithm } from "../hash";

/** Octets of a DigestInfo in DER before the digest. */
const PREFIX_LENGTH: i32 = 19;

/** Of SHA-256 (RFC 8017 §9.2, note 1). Those of the other two differ in three octets. */
const PREFIX = memory.data<u8>([
  0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
]);

/** Where a DigestInfo has the length of all that follows, the last octet of the algorithm's OID, and the digest's length. */
const TOTAL_AT: usize = 1;
const OID_END_AT: usize = 14;
const DIGEST_LENGTH_AT: usize = 18;

/**
 * Whether `encoded` is the EMSA-PKCS1-v1_5 encoding of `message` (RFC 8017 §9.2), of a length of 256 octets or more. There is
 * only one, so it is made and compared as a whole; nothing in it is parsed.
 */
export function isPkcs1Encoding(encoded: Bytes, hash: HashAlgorithm, message: Bytes): bool {
  const expected = Bytes.view(arena.allocate(<usize>encoded.length), encoded.length);
  const hashLength = digestLength(hash);
  const digestAt = expected.ptr + <usize>(expected.length - hashLength);
  const prefix = digestAt - PREFIX_LENGTH;
  memory.fill(expected.ptr, 0xff, prefix - expected.ptr);
  store<u16>(expected.ptr, 0x0100);
  store<u8>(prefix - 1, 0x00);
  memory.copy(prefix, PREFIX, PREFIX_LENGTH);
  store<u8>(prefix + TOTAL_AT, PREFIX_LENGTH - 2 + hashLength);
  store<u8>(prefix + OID_END_AT, oidEnd(hash));
  store<u8>(prefix + DIGEST_LENGTH_AT, hashLength);
  digest(hash, message.ptr, message.length, digestAt);
  return expected.equals(encoded);
}

/** id-sha256, id-sha384 and id-sha512 are 2.16.840.1.101.3.4.2.1 to 3 (RFC 8017, appendix B.1). */
function oidEnd(hash: HashAlgorithm): u8 {
  if (hash == HashAlgorithm.SHA256) return 1;
  return hash == HashAlgorithm.SHA384 ? 2 : 3;
}
