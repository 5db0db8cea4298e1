import { buildTable, TABLE_SIZE } from "../../crypto/ed25519/comb";
import { decode, encode } from "../../crypto/ed25519/encoding";
import { multiply, multiplyWithTable } from "../../crypto/ed25519/multiply";
import { POINT_SIZE } from "../../crypto/ed25519/point";
import { Ed25519PublicKey } from "../../crypto/ed25519/public-key";
import { MULTIPLES_SIZE, oddMultiples } from "../../crypto/ed25519/sliding";
import { tableBytesUsed } from "../../crypto/table-budget";
import { Bytes } from "../../text/bytes";

export { isReduced, reduceDigest } from "../../crypto/ed25519/scalar";

export function ed25519Create(encoded: Bytes): Ed25519PublicKey | null {
  return Ed25519PublicKey.create(encoded);
}

export function ed25519Verify(key: Ed25519PublicKey, message: Bytes, signature: Bytes): bool {
  return key.verify(message, signature);
}

export function ed25519Release(key: Ed25519PublicKey): void {
  key.release();
}

export function ed25519TableBytes(): usize {
  return tableBytesUsed();
}

/** Writes s·B + k·P, encoded, for an encoded point P. False: it is none. */
export function ed25519Multiply(out: usize, s: usize, k: usize, encoded: usize, withTable: bool): bool {
  const point = memory.data(POINT_SIZE);
  const multiples = memory.data(MULTIPLES_SIZE);
  if (!decode(point, encoded)) return false;
  oddMultiples(multiples, point);
  if (withTable) {
    const table = heap.alloc(TABLE_SIZE);
    buildTable(table, point);
    multiplyWithTable(point, s, k, table, multiples);
    heap.free(table);
  } else {
    multiply(point, s, k, multiples);
  }
  encode(out, point);
  return true;
}
