import { addLimbs, isZero, limb, limbAt, LIMB_BITS, LIMB_MASK, limbCount, loadBigEndian, MAX_LIMBS } from "./limbs";

/**
 * Inverses modulo an odd number, by division steps: D. J. Bernstein and B.-Y. Yang, "Fast constant-time gcd computation and
 * modular inversion" (2019). Thirty steps at a time look at the low bits of two numbers only and come out as a matrix, by
 * which the whole numbers are then multiplied. How long it takes depends on the value: for public values only.
 */

/** Division steps that one matrix stands for; they divide by 2 once each, so one limb falls out. */
const STEPS: i32 = LIMB_BITS;

const SIZE: i32 = MAX_LIMBS << 2;

// A gcd in progress: f and g, which become ±gcd and 0, and d and e with d·value ≡ f and e·value ≡ g modulo the modulus.
const F: usize = memory.data(SIZE);
const G: usize = memory.data(SIZE);
const D: usize = memory.data(SIZE);
const E: usize = memory.data(SIZE);

const ZERO: usize = memory.data(SIZE);

// The matrix (u v, q r) of the last steps, times 2^30: f' = (u·f + v·g) / 2^30, g' = (q·f + r·g) / 2^30. With s steps done
// |u| + |v| <= 2^s and |q| + |r| <= 2^s: the next one doubles the row of f, and adds a row of at most 2^s to that of g.
let matrixU: i64 = 0;
let matrixV: i64 = 0;
let matrixQ: i64 = 0;
let matrixR: i64 = 0;

/** An odd number of at least 3 to calculate modulo. */
@unmanaged
@final
export class Modulus {
  /** The number itself. */
  limbs: usize;
  /** Limbs of it, and of every number that is calculated with. */
  count: i32;
  /** Its inverse modulo 2^30. */
  inverse: u32;

  /** The modulus with these octets, the highest first, at most 66; it stays for ever. Its size is cut to `MAX_LIMBS`. */
  static of(octets: usize, length: i32): Modulus {
    const count = min(limbCount(length), MAX_LIMBS);
    const modulus = changetype<Modulus>(heap.alloc(offsetof<Modulus>()));
    modulus.limbs = heap.alloc((<usize>count) << 2);
    modulus.count = count;
    loadBigEndian(modulus.limbs, count, octets, length);
    modulus.inverse = inverseOfLimb(load<u32>(modulus.limbs));
    return modulus;
  }

  /**
   * Writes the inverse of `value`, both limbs, both from 0 to modulus - 1. False: there is none, because `value` is 0 or has
   * a factor in common with the modulus; nothing is written then. `out` may be `value`.
   */
  invert(value: usize, out: usize): bool {
    this.begin(value);
    let delta = 1;
    let length = this.count;
    // A number of b bits takes at most (49·b + 80) / 17 < 3·b + 5 steps (theorem 11.2); a limb of 30 bits three times 30.
    let rounds = 3 * this.count + 1;
    for (; rounds > 0 && !isZero(G, length); rounds--) {
      delta = divisionSteps(delta, load<u32>(F), load<u32>(G));
      this.updateCofactors();
      length = updateNumbers(length);
    }
    if (!isZero(G, length)) return false;
    return this.finish(length, out);
  }

  private begin(value: usize): void {
    const size = (<usize>this.count) << 2;
    memory.copy(F, this.limbs, size);
    memory.copy(G, value, size);
    memory.fill(D, 0, size);
    memory.fill(E, 0, size);
    store<i32>(E, 1);
  }

  /**
   * Multiplies (d, e) by the matrix, modulo the modulus m; both are in (-2m, m), before and after. With m added to those that
   * are negative, both are less than m in size, and so are the sums (u·d + v·e) / 2^30 and (q·d + r·e) / 2^30. What is taken
   * off them, so that their lowest limb becomes 0 and falls out, is a multiple of m from 0 to 2^30 - 1: less than m after
   * the division. Limbs are at most 2^30 in size, the multiples of m less than 2^31, so all that is added up for one limb is
   * less than 2^60 + 2^61 and a carry of 2^33.
   */
  private updateCofactors(): void {
    const u = matrixU;
    const v = matrixV;
    const q = matrixQ;
    const r = matrixR;
    const modulus = this.limbs;
    const inverse = <i64>this.inverse;
    const top = this.count - 1;
    const signD = limbAt(D, top) >> 63;
    const signE = limbAt(E, top) >> 63;
    let d = limbAt(D, 0);
    let e = limbAt(E, 0);
    let sumD = u * d + v * e;
    let sumE = q * d + r * e;
    let timesD = (u & signD) + (v & signE);
    let timesE = (q & signD) + (r & signE);
    timesD -= (inverse * sumD + timesD) & LIMB_MASK;
    timesE -= (inverse * sumE + timesE) & LIMB_MASK;

    const lowest = limbAt(modulus, 0);
    sumD = (sumD + lowest * timesD) >> LIMB_BITS;
    sumE = (sumE + lowest * timesE) >> LIMB_BITS;
    for (let i = 1; i <= top; i++) {
      const m = limbAt(modulus, i);
      d = limbAt(D, i);
      e = limbAt(E, i);
      sumD += u * d + v * e + m * timesD;
      sumE += q * d + r * e + m * timesE;
      store<i32>(limb(D, i - 1), (<i32>sumD) & LIMB_MASK);
      store<i32>(limb(E, i - 1), (<i32>sumE) & LIMB_MASK);
      sumD >>= LIMB_BITS;
      sumE >>= LIMB_BITS;
    }
    store<i32>(limb(D, top), <i32>sumD);
    store<i32>(limb(E, top), <i32>sumE);
  }

  /** The gcd is |f|; when that is 1, d with the sign of f is the inverse: in (-2m, m) before, in [0, m) then. */
  private finish(length: i32, out: usize): bool {
    const f = lastLimb(length);
    if (f != 1 && f != -1) return false;
    this.addIfNegative();
    // Now in (-m, m), and so is its negation.
    if (f < 0) addLimbs(ZERO, D, -1, this.count, D);
    this.addIfNegative();
    memory.copy(out, D, (<usize>this.count) << 2);
    return true;
  }

  private addIfNegative(): void {
    if (load<i32>(limb(D, this.count - 1)) < 0) addLimbs(D, this.limbs, 1, this.count, D);
  }
}

/** The inverse of an odd number modulo 2^30. */
function inverseOfLimb(odd: u32): u32 {
  // Right in the lowest 3 bits, as the square of an odd number is 1 modulo 8; each line doubles how many are right.
  let inverse = odd;
  inverse *= 2 - odd * inverse;
  inverse *= 2 - odd * inverse;
  inverse *= 2 - odd * inverse;
  inverse *= 2 - odd * inverse;
  return inverse & LIMB_MASK;
}

/**
 * Takes `STEPS` division steps from delta and the low bits of f and g, leaves the matrix in (u, v, q, r), and answers the
 * new delta. A step: with g odd and delta > 0, (delta, f, g) becomes (1 - delta, g, (g - f) / 2), else
 * (1 + delta, f, (g + (g mod 2)·f) / 2). The matrix has no fractions: instead of halving g, a step doubles the row of f.
 */
function divisionSteps(delta: i32, f: u32, g: u32): i32 {
  let fromF: u32 = 1;
  let fromG: u32 = 0;
  let toF: u32 = 0;
  let toG: u32 = 1;
  let left = STEPS;
  while (true) {
    // While g is even a step only halves it. The mask ends the count when the steps do.
    const zeros = ctz((<i32>g) | (-1 << left));
    g >>= zeros;
    fromF <<= zeros;
    fromG <<= zeros;
    delta += zeros;
    left -= zeros;
    if (left == 0) break;

    if (delta > 0) {
      // The first half of a step that swaps; the second is that of one that does not.
      delta = -delta;
      const formerF = f;
      const formerU = fromF;
      const formerV = fromG;
      f = g;
      fromF = toF;
      fromG = toG;
      g = -formerF;
      toF = -formerU;
      toG = -formerV;
    }
    // None of the next 1 - delta steps swaps, so together they add a multiple of f that makes as many low bits of g zero:
    // up to six at a time, because f·(f² - 2) = -1/f modulo 64.
    const bits = min(min(left, 1 - delta), 6);
    const times = (g * f * (f * f - 2)) & ((1 << bits) - 1);
    g += f * times;
    toF += fromF * times;
    toG += fromG * times;
  }
  matrixU = <i64>(<i32>fromF);
  matrixV = <i64>(<i32>fromG);
  matrixQ = <i64>(<i32>toF);
  matrixR = <i64>(<i32>toG);
  return delta;
}

/**
 * Multiplies (f, g), of `length` limbs, by the matrix; their lowest limbs become 0 and fall out. Neither grows in size, and
 * answers how many limbs they still need. A sum of limbs is at most 2^60 in size, and a carry of 2^31.
 */
function updateNumbers(length: i32): i32 {
  const u = matrixU;
  const v = matrixV;
  const q = matrixQ;
  const r = matrixR;
  let f = limbAt(F, 0);
  let g = limbAt(G, 0);
  let sumF = (u * f + v * g) >> LIMB_BITS;
  let sumG = (q * f + r * g) >> LIMB_BITS;
  for (let i = 1; i < length; i++) {
    f = limbAt(F, i);
    g = limbAt(G, i);
    sumF += u * f + v * g;
    sumG += q * f + r * g;
    store<i32>(limb(F, i - 1), (<i32>sumF) & LIMB_MASK);
    store<i32>(limb(G, i - 1), (<i32>sumG) & LIMB_MASK);
    sumF >>= LIMB_BITS;
    sumG >>= LIMB_BITS;
  }
  const top = length - 1;
  store<i32>(limb(F, top), <i32>sumF);
  store<i32>(limb(G, top), <i32>sumG);
  return shortened(length, <i32>sumF, <i32>sumG);
}

/** Drops the highest limbs of f and g if they hold nothing but the signs, which the limbs below then have. */
function shortened(length: i32, highestF: i32, highestG: i32): i32 {
  if (length == 1 || (highestF ^ (highestF >> 31)) != 0 || (highestG ^ (highestG >> 31)) != 0) return length;
  const top = length - 2;
  store<i32>(limb(F, top), load<i32>(limb(F, top)) | (highestF << LIMB_BITS));
  store<i32>(limb(G, top), load<i32>(limb(G, top)) | (highestG << LIMB_BITS));
  return length - 1;
}

/** f when it fits into one limb, else 0. */
function lastLimb(length: i32): i32 {
  let left = length;
  let before = 0;
  do {
    before = left;
    left = shortened(before, load<i32>(limb(F, before - 1)), 0);
  } while (left < before);
  return left == 1 ? load<i32>(F) : 0;
}
