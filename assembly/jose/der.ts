import * as arena from "../memory/arena";
import { Bytes } from "../text/bytes";

/** The tags of X.690 §8 that a key needs. */
enum Tag {
  Integer = 0x02,
  BitString = 0x03,
  Null = 0x05,
  Sequence = 0x30,
}

/** rsaEncryption, tag and length included (RFC 8017 appendix A.1). */
const OID_RSA_ENCRYPTION = Bytes.view(
  memory.data<u8>([0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]),
  11,
).persist();

/** More than the tags, lengths and identifiers of any key here. */
const KEY_OVERHEAD = 64;

/**
 * Writes DER (X.690) from its end to its start, so that each length is known when it is written: contents first, then
 * `wrap` puts the tag and the length before them.
 *
 * ```
 *  start            cursor                     end
 *  ├───── free ───────┼──── what is written ────┤
 * ```
 */
@unmanaged
@final
class DerWriter {
  private start: usize;
  private cursor: usize;
  private end: usize;
  private fits: bool;

  /** A writer for at most `capacity` bytes, in the arena. */
  static create(capacity: i32): DerWriter {
    const writer = changetype<DerWriter>(arena.allocate(offsetof<DerWriter>()));
    writer.start = arena.allocate(<usize>capacity);
    writer.cursor = writer.start + <usize>capacity;
    writer.end = writer.cursor;
    writer.fits = true;
    return writer;
  }

  /** How much is written; what `wrap` takes to know where its contents end. */
  get written(): i32 {
    return <i32>(this.end - this.cursor);
  }

  byte(value: u8): void {
    if (this.take(1)) store<u8>(this.cursor, value);
  }

  bytes(value: Bytes): void {
    if (this.take(value.length)) memory.copy(this.cursor, value.ptr, <usize>value.length);
  }

  /** An INTEGER that is not negative, from its octets, most significant first; written as short as it can be. */
  unsigned(octets: Bytes): void {
    const before = this.written;
    const magnitude = withoutLeadingZeros(octets);
    this.bytes(magnitude);
    // A set first bit would make it negative, and zero is one octet.
    if (magnitude.length == 0 || magnitude[0] >= 0x80) this.byte(0);
    this.wrap(Tag.Integer, before);
  }

  /** Puts `tag` and the length before what was written since there were `before` bytes. */
  wrap(tag: Tag, before: i32): void {
    const length = this.written - before;
    if (length < 0x80) {
      this.byte(<u8>length);
    } else {
      let octets: u8 = 0;
      for (let rest = length; rest > 0; rest >>= 8) {
        this.byte(<u8>rest);
        octets += 1;
      }
      this.byte(0x80 | octets);
    }
    this.byte(<u8>tag);
  }

  /** All that was written; nothing (which no verifier takes for a key) when it was more than the capacity. */
  finish(): Bytes {
    return Bytes.view(this.cursor, this.fits ? this.written : 0);
  }

  private take(count: i32): bool {
    this.fits = this.fits && <usize>count <= this.cursor - this.start;
    if (this.fits) this.cursor -= <usize>count;
    return this.fits;
  }
}

/** `octets` from the first one that is not zero. */
function withoutLeadingZeros(octets: Bytes): Bytes {
  let start = 0;
  while (start < octets.length && octets[start] == 0) start++;
  return octets.slice(start);
}

/** The SubjectPublicKeyInfo (RFC 5280 §4.1.2.7, RFC 8017 appendix A.1) of an RSA key, in the arena. */
export function rsaSubjectPublicKeyInfo(modulus: Bytes, exponent: Bytes): Bytes {
  const writer = DerWriter.create(modulus.length + exponent.length + KEY_OVERHEAD);
  writer.unsigned(exponent);
  writer.unsigned(modulus);
  writer.wrap(Tag.Sequence, 0);
  // A BIT STRING starts with how many bits of its last octet are unused.
  writer.byte(0);
  writer.wrap(Tag.BitString, 0);
  const key = writer.written;
  writer.wrap(Tag.Null, key);
  writer.bytes(OID_RSA_ENCRYPTION);
  writer.wrap(Tag.Sequence, key);
  writer.wrap(Tag.Sequence, 0);
  return writer.finish();
}
