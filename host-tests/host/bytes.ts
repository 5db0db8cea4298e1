/**
 * Text and bytes. Header names and values, paths and keys are byte strings: one character a byte (Latin-1), as in
 * Node's own `http`; bodies, log lines and configuration are UTF-8.
 */

export type BytesLike = string | Uint8Array;

export const EMPTY: Buffer = Buffer.alloc(0);

/** A view of the same memory as a Buffer; text becomes UTF-8. */
export function toBuffer(data: BytesLike): Buffer {
  if (typeof data === "string") return Buffer.from(data, "utf8");
  return Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/** A byte string as bytes. */
export function latin1(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

/** Bytes as a byte string. */
export function fromLatin1(bytes: Uint8Array): string {
  return toBuffer(bytes).toString("latin1");
}

/** Text as it travels in a header: UTF-8 bytes, each one character. Byte strings that are ASCII stay as they are. */
export function latin1Text(text: string): string {
  // Characters up to U+00FF are taken for bytes already, so that a byte string passes unchanged.
  return /[\u0100-\uffff]/.test(text) ? fromLatin1(Buffer.from(text, "utf8")) : text;
}

/** Text as bytes of UTF-8, each one character: for what is not a byte string already. */
export function utf8Text(text: string): string {
  return fromLatin1(Buffer.from(text, "utf8"));
}
