import * as arena from "../memory/arena";
import * as ascii from "../text/ascii";
import { Bytes } from "../text/bytes";
import { encodeCodePoint } from "../text/utf8";

/** The inside of JSON strings (RFC 8259 §7): finding their end, and resolving their escapes. */

// Each byte of a word at once; see `plainEnd`.
const EACH: u64 = 0x0101010101010101;
const HIGH_BITS: u64 = EACH * 0x80;
const QUOTES: u64 = EACH * ascii.QUOTE;
const BACKSLASHES: u64 = EACH * ascii.BACKSLASH;
const SPACES: u64 = EACH * ascii.SPACE;

/** Length of `\u` and four hexadecimal digits. */
const UNICODE_ESCAPE: usize = 6;

/**
 * Where the run of plain characters that starts at `at` ends: the address of the first quote, backslash, control
 * character or byte outside ASCII, or `limit`.
 */
export function plainEnd(at: usize, limit: usize): usize {
  while (limit - at >= 8) {
    const word = load<u64>(at);
    // A subtraction sets the high bit of the bytes below the subtrahend. It also borrows from bytes above such a byte,
    // so only the lowest bit that is set says where something is.
    const special = (word | (word - SPACES) | ((word ^ QUOTES) - EACH) | ((word ^ BACKSLASHES) - EACH)) & HIGH_BITS;
    if (special != 0) return at + <usize>(ctz(special) >> 3);
    at += 8;
  }
  while (at < limit && isPlain(load<u8>(at))) at += 1;
  return at;
}

function isPlain(byte: u32): bool {
  return byte >= ascii.SPACE && byte < 0x80 && byte != ascii.QUOTE && byte != ascii.BACKSLASH;
}

/** Length of the escape sequence at `at`, a surrogate pair being one; 0 when it is malformed or cut off. */
export function escapeLength(at: usize, limit: usize): usize {
  if (limit - at < 2) return 0;
  switch (load<u8>(at, 1)) {
    case 0x22: // "
    case 0x5c: // \
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return 2;
    case 0x75: // u
      return unicodeEscapeLength(at, limit);
    default:
      return 0;
  }
}

function unicodeEscapeLength(at: usize, limit: usize): usize {
  const unit = codeUnit(at, limit);
  if (unit < 0 || isLowSurrogate(unit)) return 0;
  if (!isHighSurrogate(unit)) return UNICODE_ESCAPE;
  return isLowSurrogate(codeUnit(at + UNICODE_ESCAPE, limit)) ? 2 * UNICODE_ESCAPE : 0;
}

/** The UTF-16 code unit of the `\u` sequence at `at`; -1 when there is none. */
function codeUnit(at: usize, limit: usize): i32 {
  if (limit - at < UNICODE_ESCAPE || load<u8>(at) != ascii.BACKSLASH || load<u8>(at, 1) != 0x75) return -1;
  let unit = 0;
  for (let i: usize = 2; i < UNICODE_ESCAPE; i++) {
    const digit = ascii.hexValue(load<u8>(at + i));
    if (digit < 0) return -1;
    unit = (unit << 4) | digit;
  }
  return unit;
}

function isHighSurrogate(unit: i32): bool {
  return (unit & ~0x3ff) == 0xd800;
}

function isLowSurrogate(unit: i32): bool {
  return (unit & ~0x3ff) == 0xdc00;
}

/** The code point that the well-formed escape sequence at `at`, `length` bytes long, stands for. */
function escapedCodePoint(at: usize, length: usize): u32 {
  const limit = at + length;
  if (length == UNICODE_ESCAPE) return codeUnit(at, limit);
  if (length == 2 * UNICODE_ESCAPE) {
    const high = codeUnit(at, limit) & 0x3ff;
    const low = codeUnit(at + UNICODE_ESCAPE, limit) & 0x3ff;
    return 0x10000 + ((high << 10) | low);
  }
  const letter = load<u8>(at, 1);
  switch (letter) {
    case 0x62: // b
      return 0x08;
    case 0x66: // f
      return 0x0c;
    case 0x6e: // n
      return 0x0a;
    case 0x72: // r
      return 0x0d;
    case 0x74: // t
      return 0x09;
    default:
      return letter;
  }
}

/** `inner`, the well-formed inside of a string, with its escapes resolved; in the arena. */
export function unescape(inner: Bytes): Bytes {
  const target = arena.allocate(<usize>inner.length);
  const end = inner.ptr + <usize>inner.length;
  let from = inner.ptr;
  let to = target;
  while (from < end) {
    const length = load<u8>(from) == ascii.BACKSLASH ? escapeLength(from, end) : 0;
    if (length == 0) {
      store<u8>(to, load<u8>(from));
      from += 1;
      to += 1;
    } else {
      // No escape is shorter than what it stands for, so the target is large enough.
      to += <usize>encodeCodePoint(escapedCodePoint(from, length), to);
      from += length;
    }
  }
  return Bytes.view(target, <i32>(to - target));
}

/** Scratch for one code point. */
const CODE_POINT = memory.data(4);

/** Whether `inner`, the well-formed inside of a string, is `plain` once its escapes are resolved. Needs no memory. */
export function equalsUnescaped(inner: Bytes, plain: Bytes): bool {
  const end = inner.ptr + <usize>inner.length;
  const plainLimit = plain.ptr + <usize>plain.length;
  let from = inner.ptr;
  let compared = plain.ptr;
  while (from < end) {
    const length = load<u8>(from) == ascii.BACKSLASH ? escapeLength(from, end) : 0;
    if (length == 0) {
      if (compared == plainLimit || load<u8>(compared) != load<u8>(from)) return false;
      from += 1;
      compared += 1;
    } else {
      const size = <usize>encodeCodePoint(escapedCodePoint(from, length), CODE_POINT);
      if (plainLimit - compared < size || memory.compare(compared, CODE_POINT, size) != 0) return false;
      from += length;
      compared += size;
    }
  }
  return compared == plainLimit;
}
