import { Bytes } from "../../text/bytes";
import { hasher, HashAlgorithm } from "../hash";
import { KeyTable } from "../table-budget";
import { buildTable, TABLE_SIZE } from "./comb";
import { OCTETS } from "./element";
import { decode, encode, sameOctets } from "./encoding";
import { multiply, multiplyWithTable } from "./multiply";
import { hasSmallOrder, negate, POINT_SIZE } from "./point";
import { isReduced, reduceDigest, SCALAR_LENGTH } from "./scalar";
import { MULTIPLES_SIZE, oddMultiples } from "./sliding";

const SIGNATURE_LENGTH: i32 = OCTETS + SCALAR_LENGTH;

const point: usize = memory.data(POINT_SIZE);
const digest: usize = memory.data(64);
const challenge: usize = memory.data(SCALAR_LENGTH);
const expected: usize = memory.data(OCTETS);

/**
 * A public key of Ed25519 (RFC 8032 §5.1; in JOSE RFC 8037), the `x` of a JWK.
 *
 * Where the RFC leaves a choice, it is that of OpenSSL and BoringSSL: of the two equations of §5.1.7 the one without the
 * cofactor 8, and R is not decoded but compared as octets, so that only its canonical encoding is right. Beyond them a key of
 * small order is refused: under such a key anybody can make signatures, without any secret.
 */
@final
export class Ed25519PublicKey {
  private table: KeyTable = KeyTable.create();
  /** The odd multiples of -A, prepared. Heap. */
  private multiples: usize = heap.alloc(MULTIPLES_SIZE);

  private constructor(private readonly encoded: Bytes) {}

  /** The key with this encoding. Null: not 32 octets, not the canonical encoding of a point (§5.1.3), or of small order. */
  static create(encoded: Bytes): Ed25519PublicKey | null {
    if (encoded.length != OCTETS || !decode(point, encoded.ptr) || hasSmallOrder(point)) return null;
    const key = new Ed25519PublicKey(encoded.persist());
    negate(point);
    oddMultiples(key.multiples, point);
    return key;
  }

  /** Whether `signature`, R and S of 32 octets each, is one of `message` (§5.1.7). */
  verify(message: Bytes, signature: Bytes): bool {
    if (signature.length != SIGNATURE_LENGTH) return false;
    const r = signature.ptr;
    const s = r + OCTETS;
    if (!isReduced(s)) return false;
    this.hash(r, message);
    const table = this.tableIfAny();
    if (table != 0) multiplyWithTable(point, s, challenge, table, this.multiples);
    else multiply(point, s, challenge, this.multiples);
    encode(expected, point);
    return sameOctets(expected, r);
  }

  /** Frees what the key holds. It must not be used afterwards. */
  release(): void {
    this.table.release();
    this.encoded.release();
    heap.free(this.multiples);
  }

  /** challenge = SHA-512(R, A, message) modulo L. */
  private hash(r: usize, message: Bytes): void {
    const sha = hasher(HashAlgorithm.SHA512);
    sha.reset();
    sha.update(r, OCTETS);
    sha.update(this.encoded.ptr, OCTETS);
    sha.update(message.ptr, message.length);
    sha.finish(digest);
    reduceDigest(digest, challenge);
  }

  /** The table of -A, made when the key has been used often enough; 0: there is none. */
  private tableIfAny(): usize {
    const existing = this.table.use();
    if (existing != 0 || !this.table.isDue()) return existing;
    const table = this.table.allocate(TABLE_SIZE);
    if (table == 0) return 0;
    decode(point, this.encoded.ptr);
    negate(point);
    buildTable(table, point);
    return table;
  }
}
