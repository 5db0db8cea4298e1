import * as ascii from "./ascii";
import { Bytes } from "./bytes";

export enum DecimalStatus {
  /** The value is in the reader's field. */
  Ok,
  /** No digit, or a byte that is not one. */
  Malformed,
  /** Digits throughout, but the number does not fit. */
  Overflow,
}

const U64_MAX_TENTH: u64 = u64.MAX_VALUE / 10;
const U64_MAX_LAST: u32 = <u32>(u64.MAX_VALUE % 10);

/** Reads decimals: digits only, no space and no plus sign; leading zeros are allowed. */
@final
export class DecimalReader {
  /** What `readUnsigned` found; the largest value after `Overflow`. */
  unsigned: u64 = 0;
  /** What `readSigned` found; the largest or smallest value after `Overflow`. */
  signed: i64 = 0;

  readUnsigned(text: Bytes): DecimalStatus {
    return this.readDigits(text, 0);
  }

  /** Like `readUnsigned`, with an optional minus sign in front. */
  readSigned(text: Bytes): DecimalStatus {
    const negative = text.at(0) == ascii.MINUS;
    const limit = <u64>i64.MAX_VALUE + (negative ? 1 : 0);
    this.signed = 0;
    let status = this.readDigits(text, negative ? 1 : 0);
    if (status == DecimalStatus.Malformed) return status;
    if (this.unsigned > limit) {
      this.unsigned = limit;
      status = DecimalStatus.Overflow;
    }
    this.signed = negative ? -(<i64>this.unsigned) : <i64>this.unsigned;
    return status;
  }

  private readDigits(text: Bytes, from: i32): DecimalStatus {
    this.unsigned = 0;
    if (from >= text.length) return DecimalStatus.Malformed;
    let value: u64 = 0;
    let overflow = false;
    // An overflowing number is read to its end: whether it is one at all decides which status it gets.
    for (let i = from; i < text.length; i++) {
      const byte = <u32>load<u8>(text.ptr + <usize>i);
      if (!ascii.isDigit(byte)) return DecimalStatus.Malformed;
      const digit = byte - ascii.ZERO;
      if (value > U64_MAX_TENTH || (value == U64_MAX_TENTH && digit > U64_MAX_LAST)) overflow = true;
      value = value * 10 + digit;
    }
    this.unsigned = overflow ? u64.MAX_VALUE : value;
    return overflow ? DecimalStatus.Overflow : DecimalStatus.Ok;
  }
}

const reader = new DecimalReader();

/** The number that `text` is, 0 to `max`; -1 when it is no unsigned decimal, or larger. */
export function parseUnsigned(text: Bytes, max: i64 = i64.MAX_VALUE): i64 {
  const status = reader.readUnsigned(text);
  return status == DecimalStatus.Ok && reader.unsigned <= <u64>max ? <i64>reader.unsigned : -1;
}
