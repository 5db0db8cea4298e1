import { Bytes } from "../text/bytes";
import { Sha2 } from "./sha2";
import { Sha256 } from "./sha256";
import { Sha512 } from "./sha512";

/** A hash function of FIPS 180-4. */
export enum HashAlgorithm {
  SHA256,
  SHA384,
  SHA512,
}

const SHA256_NAME = Bytes.constant("sha256");
const SHA384_NAME = Bytes.constant("sha384");
const SHA512_NAME = Bytes.constant("sha512");

const sha256: Sha2 = new Sha256();
const sha384: Sha2 = Sha512.sha384();
const sha512: Sha2 = new Sha512();

/** The one instance of a hash function, for a message that is begun and finished without another one in between. */
export function hasher(hash: HashAlgorithm): Sha2 {
  if (hash == HashAlgorithm.SHA256) return sha256;
  return hash == HashAlgorithm.SHA384 ? sha384 : sha512;
}

/** The name of a hash function, as OpenSSL, BoringSSL and Envoy's `verify_signature` take it. */
export function hashName(hash: HashAlgorithm): Bytes {
  if (hash == HashAlgorithm.SHA256) return SHA256_NAME;
  return hash == HashAlgorithm.SHA384 ? SHA384_NAME : SHA512_NAME;
}

/** Bytes of a digest. */
export function digestLength(hash: HashAlgorithm): i32 {
  return hasher(hash).digestLength;
}

/** Writes the digest of `length` bytes at `message`, `digestLength` bytes, to `out`. The two may overlap. */
export function digest(hash: HashAlgorithm, message: usize, length: i32, out: usize): void {
  const sha = hasher(hash);
  sha.reset();
  sha.update(message, length);
  sha.finish(out);
}
