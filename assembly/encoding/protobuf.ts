import { Bytes } from "../text/bytes";
import { ByteWriter } from "../text/writer";

/**
 * The little of the protobuf wire format (protobuf.dev/programming-guides/encoding) that Envoy's foreign functions need:
 * varint and length-delimited fields.
 */
const VARINT: u32 = 0;
const LENGTH_DELIMITED: u32 = 2;

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
  while (value >= 0x80) {
    writer.put(<u8>(value | 0x80));
    value >>= 7;
  }
  writer.put(<u8>value);
}
