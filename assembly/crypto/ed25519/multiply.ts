/** What verifying comes down to: s·B + k·P, with the base point B, in two ways. */
import { addColumn, buildTable, COLUMNS, combDigits, DIGITS_LENGTH, TABLE_SIZE } from "./comb";
import { decode } from "./encoding";
import { addAffine, double, Next, POINT_SIZE, setNeutral } from "./point";
import { addMultiple, MULTIPLES_SIZE, oddMultiples, SLIDING_LENGTH, slidingDigits } from "./sliding";

/** The base point: y = 4 / 5, x even (RFC 8032 §5.1). */
const BASE_OCTETS = memory.data<u64>([0x6666666666666658, 0x6666666666666666, 0x6666666666666666, 0x6666666666666666]);

const base: usize = memory.data(POINT_SIZE);
const baseMultiples: usize = memory.data(MULTIPLES_SIZE);
let baseTable: usize = 0;

const baseDigits: usize = memory.data(DIGITS_LENGTH);
const keyDigits: usize = memory.data(DIGITS_LENGTH);
const slidingKeyDigits: usize = memory.data(SLIDING_LENGTH);

/** What belongs to B is made when it is needed first, and stays. */
function prepareBase(): void {
  if (baseTable != 0) return;
  decode(base, BASE_OCTETS);
  oddMultiples(baseMultiples, base);
  baseTable = heap.alloc(TABLE_SIZE);
  buildTable(baseTable, base);
}

/** out = s·B + k·P, given the table of P and its odd multiples. Both scalars are less than 2^253. T is not written. */
export function multiplyWithTable(out: usize, s: usize, k: usize, table: usize, multiples: usize): void {
  prepareBase();
  combDigits(baseDigits, s);
  combDigits(keyDigits, k);
  setNeutral(out);
  for (let column = COLUMNS - 1; column >= 0; column--) {
    double(out, out, Next.ADD);
    addColumn(out, baseTable, baseDigits, column, Next.ADD);
    addColumn(out, table, keyDigits, column, column == 0 ? Next.ADD : Next.OTHER);
  }
  subtractIfEven(out, k, multiples);
  subtractIfEven(out, s, baseMultiples);
}

/** The same without a table of P. */
export function multiply(out: usize, s: usize, k: usize, multiples: usize): void {
  prepareBase();
  combDigits(baseDigits, s);
  const highest = slidingDigits(slidingKeyDigits, k);
  setNeutral(out);
  for (let i = max(highest, COLUMNS - 1); i >= 0; i--) {
    const digit = <i32>load<i8>(slidingKeyDigits + <usize>i);
    const inColumns = i < COLUMNS;
    double(out, out, digit != 0 || inColumns ? Next.ADD : Next.OTHER);
    if (digit != 0) addMultiple(out, multiples, digit, inColumns ? Next.ADD : Next.OTHER);
    if (inColumns) addColumn(out, baseTable, baseDigits, i, i == 0 ? Next.ADD : Next.OTHER);
  }
  subtractIfEven(out, s, baseMultiples);
}

/** Combs only know odd scalars: for an even one the point has been added once too often. */
function subtractIfEven(point: usize, scalar: usize, multiples: usize): void {
  if ((load<u8>(scalar) & 1) == 0) addAffine(point, point, multiples, true, Next.ADD);
}
