import * as arena from "../memory/arena";
import { Bytes } from "../text/bytes";

/**
 * What the two alphabets of RFC 4648 share: groups of four characters that stand for three bytes. Nothing here knows of
 * padding.
 */

/** Size of a decoding table: for each byte the six bits that it stands for, as i8; -1 for a byte outside the alphabet. */
export const TABLE_SIZE = 256;

/** Makes `table` (`TABLE_SIZE` bytes) the inverse of `alphabet` (64 bytes). */
export function fillTable(table: usize, alphabet: Bytes): void {
  memory.fill(table, 0xff, TABLE_SIZE);
  for (let i = 0; i < alphabet.length; i++) store<u8>(table + <usize>alphabet.at(i), <u8>i);
}

/** How many bytes `length` characters stand for; characters without padding. */
function decodedLength(length: i32): i32 {
  return (length >> 2) * 3 + (((length & 3) * 3) >> 2);
}

/** How many characters stand for `length` bytes, without padding. */
export function encodedLength(length: i32): i32 {
  return (length / 3) * 4 + ((length % 3) * 4 + 2) / 3;
}

/**
 * What `text`, without padding, stands for; null unless it is the one encoding of these bytes: every character in the
 * alphabet, no single character left over, and no bit set in the last one that no byte takes.
 */
export function decodeGroups(text: Bytes, table: usize): Bytes | null {
  const rest = text.length & 3;
  if (rest == 1) return null;
  const length = decodedLength(text.length);
  const target = arena.allocate(<usize>length);

  let from = text.ptr;
  let to = target;
  const end = from + <usize>(text.length - rest);
  // Becomes negative with the first character outside the alphabet, and is looked at once, after all of them.
  let seen: i32 = 0;
  while (from < end) {
    const group = groupAt(from, table);
    seen |= group;
    store<u8>(to, <u8>(group >> 16));
    store<u8>(to, <u8>(group >> 8), 1);
    store<u8>(to, <u8>group, 2);
    from += 4;
    to += 3;
  }
  if (rest != 0) {
    const group = lastGroup(from, rest, table);
    seen |= group;
    store<u8>(to, <u8>(group >> 16));
    if (rest == 3) store<u8>(to, <u8>(group >> 8), 1);
  }
  return seen < 0 ? null : Bytes.view(target, length);
}

/** Whether `decodeGroups` would succeed. Needs no memory. */
export function isDecodable(text: Bytes, table: usize): bool {
  const rest = text.length & 3;
  if (rest == 1) return false;
  let from = text.ptr;
  const end = from + <usize>(text.length - rest);
  let seen: i32 = 0;
  for (; from < end; from += 4) seen |= groupAt(from, table);
  if (rest != 0) seen |= lastGroup(from, rest, table);
  return seen >= 0;
}

/** The 24 bits of the four characters at `from`; negative when one is outside the alphabet. */
function groupAt(from: usize, table: usize): i32 {
  return (
    (bits(load<u8>(from), table) << 18) |
    (bits(load<u8>(from, 1), table) << 12) |
    (bits(load<u8>(from, 2), table) << 6) |
    bits(load<u8>(from, 3), table)
  );
}

/** The 24 bits of the last `rest` (2 or 3) characters, filled up with zeros; negative when they are malformed. */
function lastGroup(from: usize, rest: i32, table: usize): i32 {
  const first = (bits(load<u8>(from), table) << 18) | (bits(load<u8>(from, 1), table) << 12);
  if (rest == 2) return (first & 0xffff) != 0 ? -1 : first;
  const group = first | (bits(load<u8>(from, 2), table) << 6);
  return (group & 0xff) != 0 ? -1 : group;
}

function bits(byte: u32, table: usize): i32 {
  return load<i8>(table + <usize>byte);
}

/** Writes `bytes` at `to`, which has room for `encodedLength` characters. */
export function encodeGroups(bytes: Bytes, alphabet: usize, to: usize): void {
  const rest = bytes.length % 3;
  let from = bytes.ptr;
  const end = from + <usize>(bytes.length - rest);
  while (from < end) {
    const group = ((<u32>load<u8>(from)) << 16) | ((<u32>load<u8>(from, 1)) << 8) | load<u8>(from, 2);
    putCharacter(to, group >> 18, alphabet);
    putCharacter(to + 1, group >> 12, alphabet);
    putCharacter(to + 2, group >> 6, alphabet);
    putCharacter(to + 3, group, alphabet);
    from += 3;
    to += 4;
  }
  if (rest == 0) return;
  const group = ((<u32>load<u8>(from)) << 16) | (rest == 2 ? (<u32>load<u8>(from, 1)) << 8 : 0);
  putCharacter(to, group >> 18, alphabet);
  putCharacter(to + 1, group >> 12, alphabet);
  if (rest == 2) putCharacter(to + 2, group >> 6, alphabet);
}

function putCharacter(to: usize, value: u32, alphabet: usize): void {
  store<u8>(to, load<u8>(alphabet + <usize>(value & 0x3f)));
}
