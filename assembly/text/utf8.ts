import * as arena from "../memory/arena";
import { Bytes } from "./bytes";

/** The highest bit of each byte of a word: set in none of them when all eight are ASCII. */
const HIGH_BITS: u64 = 0x8080808080808080;

/** Stands for what is not a character. */
const REPLACEMENT: u32 = 0xfffd;

/** Whether `text` is well-formed UTF-8 (RFC 3629): no overlong form, no surrogate, nothing above U+10FFFF. */
export function isValidUtf8(text: Bytes): bool {
  let at = text.ptr;
  const end = at + <usize>text.length;
  while (at < end) {
    if (end - at >= 8 && (load<u64>(at) & HIGH_BITS) == 0) {
      at += 8;
      continue;
    }
    const length = sequenceLength(at, end);
    if (length == 0) return false;
    at += <usize>length;
  }
  return true;
}

/** `text` itself when it is well-formed UTF-8; otherwise a copy with U+FFFD for each byte that is part of no character. */
export function toWellFormed(text: Bytes): Bytes {
  if (isValidUtf8(text)) return text;
  const target = arena.allocate(<usize>text.length * 3);
  const end = text.ptr + <usize>text.length;
  let to = target;
  for (let at = text.ptr; at < end;) {
    const length = <usize>sequenceLength(at, end);
    if (length == 0) {
      to += <usize>encodeCodePoint(REPLACEMENT, to);
      at += 1;
    } else {
      memory.copy(to, at, length);
      to += length;
      at += length;
    }
  }
  return Bytes.view(target, <i32>(to - target));
}

/**
 * Length in bytes of the well-formed sequence (RFC 3629 §4) that starts at `ptr` and lies before `end`, which must be
 * beyond `ptr`; 0 when there is none.
 */
export function sequenceLength(ptr: usize, end: usize): i32 {
  const lead = <u32>load<u8>(ptr);
  if (lead < 0x80) return 1;
  // 80..BF continue a sequence, C0 and C1 could only start an overlong one.
  if (lead < 0xc2 || end - ptr < 2) return 0;
  const second = <u32>load<u8>(ptr, 1);
  if (lead < 0xe0) return isTail(second) ? 2 : 0;
  if (lead < 0xf0) {
    const tails = end - ptr >= 3 && isTail(load<u8>(ptr, 2));
    return tails && second >= lowestSecond(lead) && second <= highestSecond(lead) ? 3 : 0;
  }
  if (lead > 0xf4) return 0;
  const tails = end - ptr >= 4 && isTail(load<u8>(ptr, 2)) && isTail(load<u8>(ptr, 3));
  return tails && second >= lowestSecond(lead) && second <= highestSecond(lead) ? 4 : 0;
}

function isTail(byte: u32): bool {
  return (byte & 0xc0) == 0x80;
}

// Below it, the form is overlong.
function lowestSecond(lead: u32): u32 {
  if (lead == 0xe0) return 0xa0;
  return lead == 0xf0 ? 0x90 : 0x80;
}

// Above it, the code point is a surrogate (ED) or beyond U+10FFFF (F4).
function highestSecond(lead: u32): u32 {
  if (lead == 0xed) return 0x9f;
  return lead == 0xf4 ? 0x8f : 0xbf;
}

/** Writes a code point (U+0000 to U+10FFFF) at `ptr`, which has room for 4 bytes; answers how many it took. */
export function encodeCodePoint(codePoint: u32, ptr: usize): i32 {
  if (codePoint < 0x80) {
    store<u8>(ptr, <u8>codePoint);
    return 1;
  }
  if (codePoint < 0x800) {
    store<u8>(ptr, <u8>(0xc0 | (codePoint >> 6)));
    store<u8>(ptr, tail(codePoint), 1);
    return 2;
  }
  if (codePoint < 0x10000) {
    store<u8>(ptr, <u8>(0xe0 | (codePoint >> 12)));
    store<u8>(ptr, tail(codePoint >> 6), 1);
    store<u8>(ptr, tail(codePoint), 2);
    return 3;
  }
  store<u8>(ptr, <u8>(0xf0 | (codePoint >> 18)));
  store<u8>(ptr, tail(codePoint >> 12), 1);
  store<u8>(ptr, tail(codePoint >> 6), 2);
  store<u8>(ptr, tail(codePoint), 3);
  return 4;
}

function tail(bits: u32): u8 {
  return <u8>(0x80 | (bits & 0x3f));
}
