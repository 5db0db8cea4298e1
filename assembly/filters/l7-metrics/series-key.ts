import { Bytes, ByteWriter } from "../../sdk";

/** Adds a text to the key of a series, with its length: what follows cannot be taken for a part of it. */
export function writeKeyText(writer: ByteWriter, text: Bytes): void {
  writer.u32le(text.length);
  writer.bytes(text);
}
