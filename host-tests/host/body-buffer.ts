/**
 * A body, or the part of one that is on its way. Kept in chunks, joined only when somebody looks inside. A buffer that
 * a filter manager owns has a limit: Envoy's watermark buffer.
 */
import { EMPTY } from "./bytes.ts";

export interface Watermarks {
  /** Bytes; 0 is no limit. */
  limit: number;
  /** Called once when the length exceeds the limit. */
  above(): void;
  /** Called once when the length is back at half the limit, after `above`. */
  below(): void;
}

export class BodyBuffer {
  private chunks: Buffer[] = [];
  private isAbove = false;
  length = 0;

  constructor(private readonly watermarks?: Watermarks) {}

  static of(data: Buffer): BodyBuffer {
    const buffer = new BodyBuffer();
    buffer.add(data);
    return buffer;
  }

  add(data: Buffer): void {
    if (data.length === 0) return;
    this.chunks.push(data);
    this.length += data.length;
    this.checkHigh();
  }

  prepend(data: Buffer): void {
    if (data.length === 0) return;
    this.chunks.unshift(data);
    this.length += data.length;
    this.checkHigh();
  }

  /** Removes up to `count` bytes from the front. */
  drain(count: number): void {
    const rest = this.bytes().subarray(Math.min(count, this.length));
    this.chunks = rest.length === 0 ? [] : [rest];
    this.length = rest.length;
    this.checkLow();
  }

  /** Takes everything out of `other`. */
  moveFrom(other: BodyBuffer): void {
    const chunks = other.chunks;
    const moved = other.length;
    other.chunks = [];
    other.length = 0;
    this.chunks.push(...chunks);
    this.length += moved;
    other.checkLow();
    if (moved > 0) this.checkHigh();
  }

  /** All of it, in one piece. Not a copy: do not write into it. */
  bytes(): Buffer {
    if (this.chunks.length > 1) this.chunks = [Buffer.concat(this.chunks, this.length)];
    return this.chunks[0] ?? EMPTY;
  }

  private checkHigh(): void {
    const marks = this.watermarks;
    if (marks === undefined || this.isAbove || marks.limit === 0 || this.length <= marks.limit) return;
    this.isAbove = true;
    marks.above();
  }

  private checkLow(): void {
    if (!this.isAbove || this.watermarks === undefined || this.length > this.watermarks.limit / 2) return;
    this.isAbove = false;
    this.watermarks.below();
  }
}
