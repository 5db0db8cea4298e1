import { Bytes } from "../text/bytes";
import { ByteWriter } from "../text/writer";

// The little of the protobuf wire format (protobuf.dev/programming-guides/encoding) that Envoy's foreign functions and
// `google.protobuf.Value` need.

/** Wire type of a varint. */
export const VARINT: u32 = 0;
/** Wire type of a `double`. */
export const FIXED64: u32 = 1;
/** Wire type of a string, of bytes and of a message. */
export const LENGTH_DELIMITED: u32 = 2;

/** A `uint32`, `bool` or `enum` field. */
export function writeVarintField(writer: ByteWriter, field: u32, value: u32): void {
  writeVarint(writer, (field << 3) | VARINT);
  writeVarint(writer, value);
}

/** A `bytes` or `string` field. */
export function writeBytesField(writer: ByteWriter, field: u32, value: Bytes): void {
  writeVarint(writer, (field << 3) | LENGTH_DELIMITED);
  writeVarint(writer, value.length);
  writer.bytes(value);
}

function writeVarint(writer: ByteWriter, value: u32): void {
  storeVarint(writer.extend(varintSize(value)), value);
}

/** How many bytes the varint of `value` has. */
export function varintSize(value: u32): i32 {
  let size = 1;
  for (let rest = value >> 7; rest != 0; rest >>= 7) size += 1;
  return size;
}

/** Stores `value` as a varint, and answers where it ends. */
export function storeVarint(at: usize, value: u32): usize {
  while (value >= 0x80) {
    store<u8>(at, <u8>(value | 0x80));
    value >>= 7;
    at += 1;
  }
  store<u8>(at, <u8>value);
  return at + 1;
}
