import * as arena from "../memory/arena";
import { Bytes } from "../text/bytes";
import { FIXED64, LENGTH_DELIMITED, VARINT } from "./protobuf";

/** Bytes of a varint of 64 bits. */
const MAX_VARINT_SIZE = 10;

/**
 * Reads the fields of a protobuf message (protobuf.dev/programming-guides/encoding) one after the other. Anything that is not
 * a whole field ends it.
 */
@unmanaged
@final
export class ProtobufReader {
  /** Number of the current field. */
  field: u32;
  wireType: u32;
  /** Value of a varint, and the bits of a double. */
  number: u64;
  /** Value of a string, bytes or message; moves with `next`. */
  value: Bytes;
  private message: Bytes;
  private at: i32;

  /** Reads `message`, which must stay as it is. */
  static of(message: Bytes): ProtobufReader {
    const reader = changetype<ProtobufReader>(arena.allocate(offsetof<ProtobufReader>()));
    reader.field = 0;
    reader.wireType = VARINT;
    reader.number = 0;
    reader.message = message;
    reader.value = message;
    reader.at = 0;
    return reader;
  }

  /** Goes on to the next field; false after the last, and where the message is malformed. */
  next(): bool {
    if (this.at >= this.message.length || !this.varint()) return this.end();
    this.field = <u32>(this.number >> 3);
    this.wireType = (<u32>this.number) & 7;
    switch (this.wireType) {
      case VARINT:
        return this.varint() || this.end();
      case FIXED64: {
        if (this.message.length - this.at < 8) return this.end();
        this.number = load<u64>(this.message.ptr + <usize>this.at);
        this.at += 8;
        return true;
      }
      case LENGTH_DELIMITED: {
        if (!this.varint() || this.number > <u64>(this.message.length - this.at)) return this.end();
        const end = this.at + <i32>this.number;
        this.value = this.message.slice(this.at, end);
        this.at = end;
        return true;
      }
      default:
        return this.end();
    }
  }

  private end(): bool {
    this.at = this.message.length;
    return false;
  }

  private varint(): bool {
    let value: u64 = 0;
    for (let size = 0; size < MAX_VARINT_SIZE && this.at < this.message.length; size++) {
      const byte = this.message.at(this.at);
      this.at += 1;
      value |= (<u64>(byte & 0x7f)) << (<u64>size * 7);
      if (byte < 0x80) {
        this.number = value;
        return true;
      }
    }
    return false;
  }
}

/** The first field of `message` with that number, which must be a string, bytes or a message; null when there is none. */
export function fieldOf(message: Bytes, field: u32): Bytes | null {
  const fields = ProtobufReader.of(message);
  while (fields.next()) {
    if (fields.field == field) return fields.value;
  }
  return null;
}
