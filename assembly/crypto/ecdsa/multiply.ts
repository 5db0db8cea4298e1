/**
 * u1·G + u2·Q, in three ways, for affine points G and Q. The first two are quick, and answer infinity also when two points
 * with the same x had to be added on the way. The third is right in every case.
 *
 * How long they take depends on the multipliers, which are public.
 */
import { isBitSet } from "../limbs";
import { addColumn, combDigits, MAX_DIGITS } from "./comb";
import { Domain, TEETH } from "./domain";
import { addAffineComplete, double, setInfinity } from "./point";
import { PrimeField } from "./prime-field";
import { addWindow, buildWindow, MAX_WINDOW_DIGITS, windowDigits } from "./window";

const generatorDigits: usize = memory.data(MAX_DIGITS);
const keyDigits: usize = memory.data(MAX_DIGITS);
const keyWindow: usize = memory.data(MAX_WINDOW_DIGITS);

/** With the tables of G and Q. */
export function multiplyWithTables<F extends PrimeField>(
  domain: Domain,
  point: usize,
  u1: usize,
  generatorTable: usize,
  u2: usize,
  keyTable: usize,
): void {
  combDigits(domain, u1, generatorDigits);
  combDigits(domain, u2, keyDigits);
  const first = domain.columns - 1;
  for (let column = first; column >= 0; column--) {
    const isFirst = column == first;
    if (!isFirst) double<F>(point);
    addColumn<F>(domain, point, generatorTable, generatorDigits, column, isFirst);
    addColumn<F>(domain, point, keyTable, keyDigits, column, false);
  }
}

/** With the table of G only. */
export function multiplyWithWindow<F extends PrimeField>(
  domain: Domain,
  point: usize,
  u1: usize,
  generatorTable: usize,
  u2: usize,
  key: usize,
): void {
  combDigits(domain, u1, generatorDigits);
  const highest = windowDigits(domain, u2, keyWindow);
  buildWindow<F>(domain, key);
  const columns = domain.columns;
  const first = max(highest, columns - 1);
  for (let place = first; place >= 0; place--) {
    const isFirst = place == first;
    if (!isFirst) double<F>(point);
    if (place < columns) addColumn<F>(domain, point, generatorTable, generatorDigits, place, isFirst);
    addWindow<F>(point, <i32>load<i8>(keyWindow + <usize>place), isFirst && place >= columns);
  }
}

/** Bit by bit, without tables. */
export function multiplyComplete<F extends PrimeField>(
  domain: Domain,
  point: usize,
  u1: usize,
  generator: usize,
  u2: usize,
  key: usize,
): void {
  setInfinity<F>(point);
  for (let bit = TEETH * domain.spacing - 1; bit >= 0; bit--) {
    double<F>(point);
    if (isBitSet(u1, bit)) addAffineComplete<F>(point, generator);
    if (isBitSet(u2, bit)) addAffineComplete<F>(point, key);
  }
}
