import { isAlphanumeric, LINE_FEED } from "../text/ascii";
import { Assertion } from "./instruction";

/** Stand for the bytes that assertions do not tell apart. */
const WORD_BYTE: i32 = 0x61;
const OTHER_BYTE: i32 = 0x20;

/** Stands for the byte before the beginning of the text and for the one behind its end. */
export const EDGE: i32 = -1;

/** The assertions that hold between two bytes of a text, as bits. */
export function conditionsBetween(before: i32, after: i32): u32 {
  let bits: u32 = isWordByte(before) == isWordByte(after) ? Assertion.NO_WORD_BOUNDARY : Assertion.WORD_BOUNDARY;
  if (before == EDGE) bits |= Assertion.BEGIN_TEXT | Assertion.BEGIN_LINE;
  if (before == LINE_FEED) bits |= Assertion.BEGIN_LINE;
  if (after == EDGE) bits |= Assertion.END_TEXT | Assertion.END_LINE;
  if (after == LINE_FEED) bits |= Assertion.END_LINE;
  return bits;
}

/** The assertions that hold before the byte at `position` of the text from `start` to `end`, all three addresses. */
export function conditionsAt(position: usize, start: usize, end: usize): u32 {
  const before = position > start ? <i32>load<u8>(position - 1) : EDGE;
  const after = position < end ? <i32>load<u8>(position) : EDGE;
  return conditionsBetween(before, after);
}

/** Whether a byte is part of a word: letters, digits and the underscore of ASCII. */
export function isWordByte(byte: i32): bool {
  return isAlphanumeric(byte) || byte == 0x5f;
}

/** One byte for all that are the same to the given assertions when they stand before a position. */
export function representativeOf(byte: i32, assertions: u32): i32 {
  if ((assertions & Assertion.BEGIN_LINE) != 0 && byte == LINE_FEED) return LINE_FEED;
  const words = (assertions & (Assertion.WORD_BOUNDARY | Assertion.NO_WORD_BOUNDARY)) != 0;
  return words && isWordByte(byte) ? WORD_BYTE : OTHER_BYTE;
}
