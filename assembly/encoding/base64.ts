import * as arena from "../memory/arena";
import * as ascii from "../text/ascii";
import { Bytes } from "../text/bytes";
import { decodeGroups, encodedLength, encodeGroups, fillTable, TABLE_SIZE } from "./radix64";

/** base64 (RFC 4648 §4), with padding. */
const ALPHABET = Bytes.constant("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
const TABLE = memory.data(TABLE_SIZE);
fillTable(TABLE, ALPHABET);

/**
 * The bytes that `text` stands for, in the arena; null when it is malformed. Strict: padded to a multiple of four, no
 * white space, no `-` or `_`, no stray bits at the end.
 */
export function decodeBase64(text: Bytes): Bytes | null {
  if ((text.length & 3) != 0) return null;
  let padding = 0;
  while (padding < 2 && text.at(text.length - 1 - padding) == ascii.EQUALS) padding += 1;
  return decodeGroups(text.slice(0, text.length - padding), TABLE);
}

/** `bytes` in base64 with padding, in the arena. */
export function encodeBase64(bytes: Bytes): Bytes {
  const unpadded = encodedLength(bytes.length);
  const length = (unpadded + 3) & ~3;
  const target = arena.allocate(<usize>length);
  encodeGroups(bytes, ALPHABET.ptr, target);
  memory.fill(target + <usize>unpadded, ascii.EQUALS, <usize>(length - unpadded));
  return Bytes.view(target, length);
}
