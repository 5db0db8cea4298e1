import * as arena from "../memory/arena";
import { Bytes } from "../text/bytes";
import { decodeGroups, encodedLength, encodeGroups, fillTable, isDecodable, TABLE_SIZE } from "./radix64";

/** base64url (RFC 4648 §5) without padding, as JOSE has it (RFC 7515 §2). */
const ALPHABET = Bytes.constant("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
const TABLE = memory.data(TABLE_SIZE);
fillTable(TABLE, ALPHABET);

/**
 * The bytes that `text` stands for, in the arena; null when it is malformed. Strict: no padding, no white space, no `+`
 * or `/`, no stray bits at the end. So no two texts stand for the same bytes.
 */
export function decodeBase64url(text: Bytes): Bytes | null {
  return decodeGroups(text, TABLE);
}

/** Whether `decodeBase64url` would answer bytes. */
export function isBase64url(text: Bytes): bool {
  return isDecodable(text, TABLE);
}

/** `bytes` in base64url without padding, in the arena. */
export function encodeBase64url(bytes: Bytes): Bytes {
  const length = encodedLength(bytes.length);
  const target = arena.allocate(<usize>length);
  encodeGroups(bytes, ALPHABET.ptr, target);
  return Bytes.view(target, length);
}
