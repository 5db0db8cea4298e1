import { Assertion, Op } from "./instruction";
import { Program } from "./program";

/** How many values a byte has. */
export const BYTE_VALUES: i32 = 256;

const WORD_ASSERTIONS: u32 = Assertion.WORD_BOUNDARY | Assertion.NO_WORD_BOUNDARY;
const LINE_ASSERTIONS: u32 = Assertion.BEGIN_LINE | Assertion.END_LINE;

/** For each byte the number of its class; before that is known, whether a class begins with it. */
const CLASSES: usize = memory.data(BYTE_VALUES);

/** Divides the bytes into ranges that `program` never tells apart, for `classOf`. Answers how many there are. */
export function findByteClasses(program: Program): i32 {
  memory.fill(CLASSES, 0, <usize>BYTE_VALUES);
  for (let pc = 0; pc < program.length; pc++) {
    if (program.op(pc) == Op.Byte) separate(program.low(pc), program.high(pc));
  }
  if ((program.assertions & LINE_ASSERTIONS) != 0) separate(0x0a, 0x0a);
  if ((program.assertions & WORD_ASSERTIONS) != 0) separateWords();
  let last: u8 = 0;
  for (let byte = 1; byte < BYTE_VALUES; byte++) {
    last += load<u8>(CLASSES + <usize>byte);
    store<u8>(CLASSES + <usize>byte, last);
  }
  return <i32>last + 1;
}

/** Number of the range that a byte is in, from 0 on; after `findByteClasses`. */
export function classOf(byte: i32): i32 {
  return byte > 0 ? load<u8>(CLASSES + <usize>byte) : 0;
}

function separate(low: u32, high: u32): void {
  store<u8>(CLASSES + <usize>low, 1);
  if (high < 0xff) store<u8>(CLASSES + <usize>high, 1, 1);
}

function separateWords(): void {
  separate(0x30, 0x39);
  separate(0x41, 0x5a);
  separate(0x5f, 0x5f);
  separate(0x61, 0x7a);
}
