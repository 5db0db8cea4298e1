/**
 * Puts our own header blocks into what node:http2 sends. Node checks, merges and sorts header fields, and sends no second
 * `authorization`; what Envoy does with such requests is what we want to see.
 */
import net from "node:net";
import { Duplex } from "node:stream";

type Fields = readonly (readonly [string, string])[];

/** What one stream sends. */
export interface StreamHeaders {
  /** Pseudo-header fields included, exactly as they go out. */
  headers: Fields;
  trailers: Fields;
}

/** RFC 9113 §3.4 */
const PREFACE_LENGTH = 24;
/** RFC 9113 §4.1 */
const FRAME_HEADER_LENGTH = 9;
const HEADERS = 0x1;
const CONTINUATION = 0x9;
const END_STREAM = 0x1;
const END_HEADERS = 0x4;
/** SETTINGS_MAX_FRAME_SIZE that every peer accepts (RFC 9113 §6.5.2). */
const MAX_FRAME_SIZE = 16_384;

/**
 * A connection for http2.connect's `createConnection`. Streams take what they send from `next`, in the order in which they
 * are opened.
 *
 * The session's encoder must keep no dynamic table (`maxDeflateDynamicTableSize: 0`), for Envoy never sees its entries, and
 * what Node itself would send must fit one HEADERS frame.
 */
export class ExactHeadersConnection extends Duplex {
  readonly next: StreamHeaders[] = [];
  readonly #socket: net.Socket;
  readonly #streams = new Map<number, StreamHeaders>();
  #pending: Buffer = Buffer.alloc(0);
  #isPrefaceSent = false;

  /** @param opening  bytes before HTTP/2's own: a header of the PROXY protocol */
  constructor(port: number, opening = "") {
    super();
    this.#socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.write(opening);
    this.#socket.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) this.#socket.pause();
    });
    this.#socket.on("end", () => this.push(null));
    this.#socket.on("error", (error) => this.destroy(error));
    this.#socket.on("close", () => this.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    for (const frame of this.#takeFrames()) this.#socket.write(frame);
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  *#takeFrames(): Generator<Buffer> {
    if (!this.#isPrefaceSent) {
      if (this.#pending.length < PREFACE_LENGTH) return;
      this.#isPrefaceSent = true;
      yield this.#take(PREFACE_LENGTH);
    }
    while (this.#pending.length >= FRAME_HEADER_LENGTH) {
      const length = FRAME_HEADER_LENGTH + this.#pending.readUIntBE(0, 3);
      if (this.#pending.length < length) return;
      const frame = this.#take(length);
      yield frame.readUInt8(3) === HEADERS ? this.#replace(frame) : frame;
    }
  }

  #take(length: number): Buffer {
    const taken = this.#pending.subarray(0, length);
    this.#pending = this.#pending.subarray(length);
    return taken;
  }

  /** A stream's first HEADERS frame opens it, its second has the trailers. */
  #replace(frame: Buffer): Buffer {
    const endStream = frame.readUInt8(4) & END_STREAM;
    const stream = frame.readUInt32BE(5);
    const open = this.#streams.get(stream);
    if (open !== undefined) return headerFrames(stream, open.trailers, endStream);
    const opening = this.next.shift() ?? { headers: [], trailers: [] };
    this.#streams.set(stream, opening);
    return headerFrames(stream, opening.headers, endStream);
  }
}

function headerFrames(stream: number, fields: Fields, endStream: number): Buffer {
  const block = Buffer.concat(fields.map(encodeField));
  const count = Math.max(1, Math.ceil(block.length / MAX_FRAME_SIZE));
  const frames = Array.from({ length: count }, (_, index) => {
    const flags = (index === 0 ? endStream : 0) | (index === count - 1 ? END_HEADERS : 0);
    const payload = block.subarray(index * MAX_FRAME_SIZE, (index + 1) * MAX_FRAME_SIZE);
    return frame(index === 0 ? HEADERS : CONTINUATION, flags, stream, payload);
  });
  return Buffer.concat(frames);
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(FRAME_HEADER_LENGTH);
  header.writeUIntBE(payload.length, 0, 3);
  header.writeUInt8(type, 3);
  header.writeUInt8(flags, 4);
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

/** A literal without indexing and with a new name (RFC 7541 §6.2.2), in plain octets. */
function encodeField([name, value]: readonly [string, string]): Buffer {
  return Buffer.concat([Buffer.from([0]), encodeString(name), encodeString(value)]);
}

function encodeString(text: string): Buffer {
  const octets = Buffer.from(text);
  return Buffer.concat([encodeLength(octets.length), octets]);
}

/** An integer with a prefix of 7 bits (RFC 7541 §5.1). */
function encodeLength(length: number): Buffer {
  if (length < 127) return Buffer.from([length]);
  const octets = [127];
  let rest = length - 127;
  for (; rest >= 128; rest >>>= 7) octets.push((rest & 127) | 128);
  return Buffer.from([...octets, rest]);
}
