import { Bytes } from "../../sdk";

/** Names that the conditions of one route can capture. */
export const MAX_CAPTURES = 32;

/** Address and length of one capture. */
const ENTRY_SIZE: usize = 8;

/**
 * What is known of the request at hand beyond its facts: what the conditions of its route captured, and its lane. One object
 * a configuration; nothing in it outlives the callback.
 */
@final
export class Evaluation {
  /** Name of the lane that was chosen; null: none. */
  lane: Bytes | null = null;
  /** What the client itself sent in the lane header, which is removed before anybody looks at the request; null: nothing. */
  clientLane: Bytes | null = null;

  private readonly captures: StaticArray<u8> = new StaticArray<u8>(<i32>ENTRY_SIZE * MAX_CAPTURES);

  /** Forgets the request before. */
  begin(clientLane: Bytes | null): void {
    this.lane = null;
    this.clientLane = clientLane;
    memory.fill(changetype<usize>(this.captures), 0, ENTRY_SIZE * MAX_CAPTURES);
  }

  /** Notes what the capture numbered `index` of the route holds. */
  setCapture(index: i32, text: Bytes): void {
    if (<u32>index >= <u32>MAX_CAPTURES) return;
    const entry = changetype<usize>(this.captures) + <usize>index * ENTRY_SIZE;
    store<usize>(entry, text.ptr);
    store<i32>(entry, text.length, 4);
  }

  /** Null: it took no part in the match. */
  capture(index: i32): Bytes | null {
    if (<u32>index >= <u32>MAX_CAPTURES) return null;
    const entry = changetype<usize>(this.captures) + <usize>index * ENTRY_SIZE;
    const start = load<usize>(entry);
    return start == 0 ? null : Bytes.view(start, load<i32>(entry, 4));
  }
}
