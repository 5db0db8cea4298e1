import { hexValue, isAlphanumeric } from "../text/ascii";
import { END, PatternReader } from "./pattern-reader";
import { MAX_CODE_POINT } from "./ranges";

/** Reads an escape sequence that stands for one character, from its backslash on: the code point, or END after a problem. */
export function readEscape(reader: PatternReader): i32 {
  const start = reader.at;
  reader.at += 1;
  const letter = reader.next();
  if (letter == END) return trailing(reader, start);
  if (isOctal(letter)) return readOctal(reader, letter, start);
  switch (letter) {
    case 0x78: // x
      return readHex(reader, start);
    case 0x61: // a
      return 0x07;
    case 0x66: // f
      return 0x0c;
    case 0x6e: // n
      return 0x0a;
    case 0x72: // r
      return 0x0d;
    case 0x74: // t
      return 0x09;
    case 0x76: // v
      return 0x0b;
  }
  return letter < 0x80 && !isAlphanumeric(letter) ? letter : invalid(reader, start);
}

/** After a `digit`: up to two more; but a single one of 1 to 7 would be a reference to a group. */
function readOctal(reader: PatternReader, digit: i32, start: i32): i32 {
  if (digit != 0x30 && !isOctal(reader.peek())) return reference(reader, start);
  let value = digit - 0x30;
  for (let i = 0; i < 2 && isOctal(reader.peek()); i++) value = value * 8 + (reader.next() - 0x30);
  return value;
}

/** After `\x`: two digits, or any number of them in braces. */
function readHex(reader: PatternReader, start: i32): i32 {
  if (reader.accept(0x7b)) return readHexInBraces(reader, start);
  let value = 0;
  for (let i = 0; i < 2; i++) {
    const digit = hexDigit(reader);
    if (digit < 0) return invalid(reader, start);
    value = value * 16 + digit;
  }
  return value;
}

function readHexInBraces(reader: PatternReader, start: i32): i32 {
  let value = 0;
  let digits = 0;
  while (!reader.accept(0x7d)) {
    const digit = hexDigit(reader);
    if (digit < 0) return invalid(reader, start);
    value = value * 16 + digit;
    digits += 1;
    if (<u32>value > MAX_CODE_POINT) return invalid(reader, start);
  }
  return digits == 0 ? invalid(reader, start) : value;
}

function hexDigit(reader: PatternReader): i32 {
  const unit = reader.peek();
  const value = unit < 0x80 ? hexValue(unit) : -1;
  if (value >= 0) reader.at += 1;
  return value;
}

function isOctal(unit: i32): bool {
  return unit >= 0x30 && unit <= 0x37;
}

function trailing(reader: PatternReader, start: i32): i32 {
  reader.fail("backslash with nothing behind it", start);
  return END;
}

function reference(reader: PatternReader, start: i32): i32 {
  reader.fail(`unsupported reference ${reader.since(start)}`, start);
  return END;
}

function invalid(reader: PatternReader, start: i32): i32 {
  reader.fail(`invalid escape sequence ${reader.since(start)}`, start);
  return END;
}
