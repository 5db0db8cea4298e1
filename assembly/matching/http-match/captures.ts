import { Bytes } from "../../text/bytes";

/** How many there can be. */
export const MAX_CAPTURES = 32;

/** Address and length of one capture. */
const ENTRY_SIZE: usize = 8;

/** Parts of the path at hand, by their numbers: what named placeholders and groups of a match stand for. They share its memory. */
@final
export class Captures {
  private readonly entries: StaticArray<u8> = new StaticArray<u8>(<i32>ENTRY_SIZE * MAX_CAPTURES);

  clear(): void {
    memory.fill(changetype<usize>(this.entries), 0, ENTRY_SIZE * MAX_CAPTURES);
  }

  set(index: i32, text: Bytes): void {
    if (<u32>index >= <u32>MAX_CAPTURES) return;
    const entry = changetype<usize>(this.entries) + <usize>index * ENTRY_SIZE;
    store<usize>(entry, text.ptr);
    store<i32>(entry, text.length, 4);
  }

  /** Null: it took no part in the match. */
  get(index: i32): Bytes | null {
    if (<u32>index >= <u32>MAX_CAPTURES) return null;
    const entry = changetype<usize>(this.entries) + <usize>index * ENTRY_SIZE;
    const start = load<usize>(entry);
    return start == 0 ? null : Bytes.view(start, load<i32>(entry, 4));
  }
}
