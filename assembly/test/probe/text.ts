/** Text of the probe's scripts: words with `%XX` escapes, and bytes made readable for the log. */

const scratch: usize = memory.data(64);

/** Where hostcalls write what they give: pointer or number at 0, size at 8, another number at 16. */
export function out(offset: usize = 0): usize {
  return scratch + offset;
}

/** The word as bytes, `%XX` being one byte. */
export function bytesOf(word: string): ArrayBuffer {
  const bytes = new Uint8Array(word.length);
  let length = 0;
  for (let i = 0; i < word.length; i++) {
    let code = word.charCodeAt(i);
    if (code == 0x25 && i + 2 < word.length) {
      code = <i32>parseInt(word.substr(i + 1, 2), 16);
      i += 2;
    }
    bytes[length++] = <u8>code;
  }
  return bytes.buffer.slice(0, length);
}

/** Printable ASCII as it is, other bytes as `%XX`; more than 300 bytes as their number. */
export function show(pointer: usize, size: usize): string {
  if (size > 300) return "(" + size.toString() + " bytes)";
  let text = "";
  for (let i: usize = 0; i < size; i++) {
    const byte = <i32>load<u8>(pointer + i);
    if (byte > 0x20 && byte < 0x7f && byte != 0x25) text += String.fromCharCode(byte);
    else text += "%" + hex(byte >> 4) + hex(byte & 15);
  }
  return text;
}

function hex(digit: i32): string {
  return digit.toString(16).toUpperCase();
}

/** Pairs of a header map as `a=1 b=2`, without those whose values change from run to run. */
export function showPairs(pointer: usize, size: usize): string {
  if (size == 0) return "(none)";
  const count = load<u32>(pointer);
  let position = pointer + 4 + count * 8;
  let text = "(" + count.toString() + ")";
  for (let i: u32 = 0; i < count; i++) {
    const keySize = load<u32>(pointer + 4 + i * 8);
    const valueSize = load<u32>(pointer + 8 + i * 8);
    text += " " + show(position, keySize) + "=" + show(position + keySize + 1, valueSize);
    position += keySize + 1 + valueSize + 1;
  }
  return text;
}

/** Words `name=value` as the bytes of pairs. */
export function pairsOf(words: string[], from: i32): ArrayBuffer {
  const keys: ArrayBuffer[] = [];
  const values: ArrayBuffer[] = [];
  let size = 4;
  for (let i = from; i < words.length; i++) {
    const cut = words[i].indexOf("=");
    const key = bytesOf(words[i].substring(0, cut));
    const value = bytesOf(words[i].substring(cut + 1));
    keys.push(key);
    values.push(value);
    size += 10 + key.byteLength + value.byteLength;
  }
  const buffer = new ArrayBuffer(size);
  const base = changetype<usize>(buffer);
  store<u32>(base, keys.length);
  let position = base + 4 + keys.length * 8;
  for (let i = 0; i < keys.length; i++) {
    store<u32>(base + 4 + i * 8, keys[i].byteLength);
    store<u32>(base + 8 + i * 8, values[i].byteLength);
    memory.copy(position, changetype<usize>(keys[i]), keys[i].byteLength);
    position += keys[i].byteLength + 1;
    memory.copy(position, changetype<usize>(values[i]), values[i].byteLength);
    position += values[i].byteLength + 1;
  }
  return buffer;
}
