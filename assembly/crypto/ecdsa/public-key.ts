/**
 * ECDSA signatures, verified as FIPS 186-5 §6.4.2 says. Everything here is public, so how long it takes may depend on every
 * value; nothing of this folder is fit to sign with.
 */
import { Bytes } from "../../text/bytes";
import { P256Field } from "../field/p256";
import { P384Field } from "../field/p384";
import { P521Field } from "../field/p521";
import { digest, digestLength, HashAlgorithm } from "../hash";
import { addLimbs, isLess, loadBigEndian, MAX_LIMBS, storeBigEndian } from "../limbs";
import { KeyTable } from "../table-budget";
import { buildComb, combSize } from "./comb";
import { P256, P384, P521 } from "./curves";
import { Domain } from "./domain";
import { multiplyComplete, multiplyWithTables, multiplyWithWindow } from "./multiply";
import { isInfinity, isOnCurve, MAX_POINT_SIZE } from "./point";
import { MAX_ELEMENT_SIZE, PrimeField } from "./prime-field";
import { divideByS, loadScalar } from "./scalar";

/** A curve of RFC 7518 §3.4. */
export enum EllipticCurve {
  P256,
  P384,
  P521,
}

const MAX_DIGEST_LENGTH: i32 = 64;
const LIMBS_SIZE: i32 = MAX_LIMBS << 2;

const hashed: usize = memory.data(MAX_DIGEST_LENGTH);
const octets: usize = memory.data(MAX_ELEMENT_SIZE);
const coordinate: usize = memory.data(LIMBS_SIZE);
const e: usize = memory.data(LIMBS_SIZE);
const r: usize = memory.data(LIMBS_SIZE);
const s: usize = memory.data(LIMBS_SIZE);
const u1: usize = memory.data(LIMBS_SIZE);
const u2: usize = memory.data(LIMBS_SIZE);
const point: usize = memory.data(MAX_POINT_SIZE);
const expected: usize = memory.data(MAX_ELEMENT_SIZE);
const square: usize = memory.data(MAX_ELEMENT_SIZE);

/** A public key. A key that is used again and again gets a table, with which a verification takes a third of the time. */
export abstract class EcdsaPublicKey {
  /**
   * The key with these coordinates, unsigned and the highest octet first. Null: they are not as long as the curve says
   * (RFC 7518 §6.2.1.2), not less than its prime, or not those of a point of the curve (SP 800-56A §5.6.2.3.3).
   */
  static create(curve: EllipticCurve, x: Bytes, y: Bytes): EcdsaPublicKey | null {
    if (curve == EllipticCurve.P256) return createKey<P256Field>(P256, x, y);
    if (curve == EllipticCurve.P384) return createKey<P384Field>(P384, x, y);
    return createKey<P521Field>(P521, x, y);
  }

  /** Whether `signature`, r and s as octets of exactly the length of a coordinate each (RFC 7518 §3.4), is one over `message`. */
  verify(hash: HashAlgorithm, message: Bytes, signature: Bytes): bool {
    digest(hash, message.ptr, message.length, hashed);
    return this.verifyDigest(hashed, digestLength(hash), signature);
  }

  /** Whether `signature` is one over the message whose hash, `length` octets, is at `digest`. */
  abstract verifyDigest(digest: usize, length: i32, signature: Bytes): bool;

  /** Frees what the key holds; it must not be used any more. */
  abstract release(): void;
}

/** A key on the curve whose coordinates are in F. */
@final
class CurveKey<F extends PrimeField> extends EcdsaPublicKey {
  private readonly table: KeyTable = KeyTable.create();

  /** `key` is the affine point, on the heap; it belongs to this. */
  constructor(
    private readonly domain: Domain,
    private readonly key: usize,
  ) {
    super();
    if (domain.generator == 0) makeGenerator<F>(domain);
  }

  verifyDigest(digest: usize, length: i32, signature: Bytes): bool {
    const domain = this.domain;
    const half = domain.octets;
    if (signature.length != 2 * half) return false;
    if (!loadScalar(domain.order, r, signature.ptr, half)) return false;
    if (!loadScalar(domain.order, s, signature.ptr + <usize>half, half)) return false;
    // The leftmost bits of the hash, as many as n has: whole octets, or on P-521 more than any hash has.
    loadBigEndian(e, domain.order.count, digest, min(length, half));
    divideByS(domain.order, e, r, s, u1, u2);
    this.multiply();
    return !isInfinity<F>(point) && this.hasExpectedX();
  }

  release(): void {
    this.table.release();
    heap.free(this.key);
  }

  /** point = u1·G + u2·Q */
  private multiply(): void {
    const domain = this.domain;
    const generator = domain.generator;
    const generatorTable = tableOf<F>(generator);
    const table = this.currentTable();
    if (table != 0) multiplyWithTables<F>(domain, point, u1, generatorTable, u2, table);
    else multiplyWithWindow<F>(domain, point, u1, generatorTable, u2, this.key);
    // Happens neither by chance nor by a forger's doing: for a key whose logarithm he does not know he cannot bring it about.
    if (isInfinity<F>(point)) multiplyComplete<F>(domain, point, u1, generator, u2, this.key);
  }

  /** The key's table, built now if it is due; 0: none. */
  private currentTable(): usize {
    const table = this.table.use();
    if (table != 0 || !this.table.isDue()) return table;
    const built = this.table.allocate(combSize<F>());
    if (built != 0) buildComb<F>(this.domain, this.key, built);
    return built;
  }

  /**
   * Whether the x of `point`, which is from 0 to p - 1, is r modulo n. As n < p < 2n, it is r or r + n, and only the first if
   * r + n is not less than p. Instead of dividing X by Z², r is multiplied by it.
   */
  private hasExpectedX(): bool {
    const domain = this.domain;
    const field = changetype<F>(0);
    field.square(square, point + 2 * field.size);
    if (isTimesSquare<F>(domain, r)) return true;
    addLimbs(r, domain.order.limbs, 1, domain.order.count, r);
    return isLess(r, domain.prime.limbs, domain.prime.count) && isTimesSquare<F>(domain, r);
  }
}

/** Whether X of `point` is `number` times `square`. */
function isTimesSquare<F extends PrimeField>(domain: Domain, number: usize): bool {
  const field = changetype<F>(0);
  storeBigEndian(number, domain.prime.count, octets, domain.octets);
  field.fromBytes(expected, octets);
  field.mul(expected, expected, square);
  return field.equals(expected, point);
}

function createKey<F extends PrimeField>(domain: Domain, x: Bytes, y: Bytes): EcdsaPublicKey | null {
  const field = changetype<F>(0);
  const key = heap.alloc(2 * field.size);
  if (
    loadCoordinate<F>(domain, key, x) &&
    loadCoordinate<F>(domain, key + field.size, y) &&
    isOnCurve<F>(domain, key)
  ) {
    return new CurveKey<F>(domain, key);
  }
  heap.free(key);
  return null;
}

/** Reads an octet string as an element. False: of another length, or not less than the prime. */
function loadCoordinate<F extends PrimeField>(domain: Domain, out: usize, from: Bytes): bool {
  if (from.length != domain.octets) return false;
  const prime = domain.prime;
  loadBigEndian(coordinate, prime.count, from.ptr, from.length);
  if (!isLess(coordinate, prime.limbs, prime.count)) return false;
  changetype<F>(0).fromBytes(out, from.ptr);
  return true;
}

/** Makes G, and its table behind it. */
function makeGenerator<F extends PrimeField>(domain: Domain): void {
  const field = changetype<F>(0);
  const generator = heap.alloc(2 * field.size + combSize<F>());
  field.fromBytes(generator, domain.generatorOctets);
  field.fromBytes(generator + field.size, domain.generatorOctets + <usize>domain.octets);
  buildComb<F>(domain, generator, tableOf<F>(generator));
  domain.generator = generator;
}

function tableOf<F extends PrimeField>(generator: usize): usize {
  return generator + 2 * changetype<F>(0).size;
}
