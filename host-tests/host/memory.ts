/**
 * The linear memory of a guest. Every access is checked, as Envoy checks it: what lies outside is reported, never read,
 * and never becomes a JavaScript exception.
 */
import { EMPTY } from "./bytes.ts";

/** proxy-wasm-cpp-host lets a module have 1 GiB (`PROXY_WASM_HOST_MAX_WASM_MEMORY_SIZE_BYTES`). */
export const MAX_MEMORY_BYTES = 1024 * 1024 * 1024;

export class GuestMemory {
  private buffer: Buffer = EMPTY;
  private source: ArrayBuffer | undefined;

  constructor(private readonly memory: WebAssembly.Memory) {}

  /** Size in bytes. */
  get size(): number {
    return this.memory.buffer.byteLength;
  }

  /** The bytes at `pointer`, or undefined when any of them is outside. A view: copy what outlives the hostcall. */
  read(pointer: number, length: number): Buffer | undefined {
    const start = pointer >>> 0;
    const end = start + (length >>> 0);
    const bytes = this.bytes();
    return end <= bytes.length ? bytes.subarray(start, end) : undefined;
  }

  /** The byte string at `pointer`, or undefined when any of it is outside. */
  readLatin1(pointer: number, length: number): string | undefined {
    const start = pointer >>> 0;
    const end = start + (length >>> 0);
    const bytes = this.bytes();
    return end <= bytes.length ? bytes.toString("latin1", start, end) : undefined;
  }

  /** The UTF-8 text at `pointer`, or undefined when any of it is outside. */
  readUtf8(pointer: number, length: number): string | undefined {
    const start = pointer >>> 0;
    const end = start + (length >>> 0);
    const bytes = this.bytes();
    return end <= bytes.length ? bytes.toString("utf8", start, end) : undefined;
  }

  readU32(pointer: number): number | undefined {
    const start = pointer >>> 0;
    const bytes = this.bytes();
    return start + 4 <= bytes.length ? bytes.readUInt32LE(start) : undefined;
  }

  write(pointer: number, data: Uint8Array): boolean {
    const start = pointer >>> 0;
    const bytes = this.bytes();
    if (start + data.length > bytes.length) return false;
    bytes.set(data, start);
    return true;
  }

  writeLatin1(pointer: number, text: string): boolean {
    const start = pointer >>> 0;
    const bytes = this.bytes();
    if (start + text.length > bytes.length) return false;
    bytes.write(text, start, "latin1");
    return true;
  }

  writeU32(pointer: number, value: number): boolean {
    const start = pointer >>> 0;
    const bytes = this.bytes();
    if (start + 4 > bytes.length) return false;
    bytes.writeUInt32LE(value >>> 0, start);
    return true;
  }

  writeU64(pointer: number, value: bigint): boolean {
    const start = pointer >>> 0;
    const bytes = this.bytes();
    if (start + 8 > bytes.length) return false;
    bytes.writeBigUInt64LE(BigInt.asUintN(64, value), start);
    return true;
  }

  /** The whole memory. Made anew when the guest has grown it, because growing detaches the old ArrayBuffer. */
  private bytes(): Buffer {
    const source = this.memory.buffer;
    if (source !== this.source) {
      this.source = source;
      this.buffer = Buffer.from(source);
    }
    return this.buffer;
  }
}
