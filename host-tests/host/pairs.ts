/**
 * The wire format of header maps: `u32 count`, then for each pair `u32 key length, u32 value length`, then for each
 * pair the key, a zero byte, the value, a zero byte. All numbers little-endian.
 */
import { EMPTY } from "./bytes.ts";

export type Pair = readonly [name: string, value: string];

/** `PROXY_WASM_HOST_PAIRS_MAX_COUNT` and `…_MAX_BYTES` of proxy-wasm-cpp-host. */
export const MAX_PAIRS = 1024;
export const MAX_PAIRS_BYTES = 1024 * 1024;

/** No pairs at all encode as no bytes: Envoy hands over a null pointer for an empty map. */
export function encodePairs(pairs: readonly Pair[]): Buffer {
  return pairs.length === 0 ? EMPTY : encodeNestedPairs(pairs);
}

/** As inside a serialized property, where even an empty map has its count. */
export function encodeNestedPairs(pairs: readonly Pair[]): Buffer {
  let size = 4;
  for (const [name, value] of pairs) size += 8 + name.length + 1 + value.length + 1;
  const buffer = Buffer.allocUnsafe(size);
  buffer.writeUInt32LE(pairs.length, 0);
  let header = 4;
  let body = 4 + pairs.length * 8;
  for (const [name, value] of pairs) {
    buffer.writeUInt32LE(name.length, header);
    buffer.writeUInt32LE(value.length, header + 4);
    header += 8;
    body = writeTerminated(buffer, value, writeTerminated(buffer, name, body));
  }
  return buffer;
}

function writeTerminated(buffer: Buffer, text: string, offset: number): number {
  buffer.write(text, offset, "latin1");
  buffer[offset + text.length] = 0;
  return offset + text.length + 1;
}

/** Pairs that a guest hands over. Too many, too large or malformed: none at all, as in Envoy, which does not say so. */
export function decodePairs(buffer: Buffer): Pair[] {
  if (buffer.length < 4 || buffer.length > MAX_PAIRS_BYTES) return [];
  const count = buffer.readUInt32LE(0);
  let position = 4 + count * 8;
  if (count > MAX_PAIRS || position > buffer.length) return [];
  const pairs: Pair[] = [];
  for (let i = 0; i < count; i++) {
    const nameEnd = position + buffer.readUInt32LE(4 + i * 8);
    if (nameEnd + 1 > buffer.length || buffer[nameEnd] !== 0) return [];
    const valueEnd = nameEnd + 1 + buffer.readUInt32LE(8 + i * 8);
    if (valueEnd + 1 > buffer.length || buffer[valueEnd] !== 0) return [];
    pairs.push([buffer.toString("latin1", position, nameEnd), buffer.toString("latin1", nameEnd + 1, valueEnd)]);
    position = valueEnd + 1;
  }
  return position === buffer.length ? pairs : [];
}
