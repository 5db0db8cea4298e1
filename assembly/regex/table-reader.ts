/** Reads the numbers of a generated table, one after the other; 0 behind its end. */
@final
export class TableReader {
  private at: usize = 0;
  private end: usize = 0;

  reset(table: usize, size: usize): void {
    this.at = table;
    this.end = table + size;
  }

  get atEnd(): bool {
    return this.at >= this.end;
  }

  byte(): u32 {
    if (this.atEnd) return 0;
    this.at += 1;
    return load<u8>(this.at - 1);
  }

  /** A number of several bytes: seven bits in each, the low ones first, the top bit set in all but the last. */
  number(): u32 {
    let value: u32 = 0;
    for (let shift: u32 = 0; shift < 32; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return value;
  }
}
