/**
 * What the tests of header-router's split call: how lanes are chosen, and how times are read. Never shipped.
 *
 * A `Bytes` crosses the border as its address; the tests make one with `view` and read it from memory.
 */
import "../abi/abort";
import { HeadersConfig } from "../filters/header-router/header-operations-reader";
import { Lane } from "../filters/header-router/lane";
import { LaneRamp } from "../filters/header-router/lane-ramp";
import { LaneSet } from "../filters/header-router/lane-set";
import * as arena from "../memory/arena";
import { Bytes } from "../text/bytes";
import { hash64 } from "../text/hash";
import { ByteWriter } from "../text/writer";

export { allocate, reset } from "../memory/arena";
export { parseTimestamp } from "../sdk/timestamp";

/** Stands for "no lane" where a lane's number is one byte. */
const NONE: u8 = 0xff;

let lanes: Lane[] = [];
let set: LaneSet = new LaneSet([]);

export function view(ptr: usize, length: i32): Bytes {
  return Bytes.view(ptr, length);
}

/** Forgets the lanes. */
export function clear(): void {
  lanes = [];
}

export function addLane(name: Bytes, weight: f64): void {
  lanes.push(new Lane(lanes.length, name.persist(), weight, null, new HeadersConfig()));
}

export function addRamp(name: Bytes, from: f64, to: f64, start: i64, duration: i64): void {
  lanes.push(
    new Lane(lanes.length, name.persist(), from, new LaneRamp(from, to, start, duration), new HeadersConfig()),
  );
}

/** Makes a set of the lanes that were added. */
export function build(): void {
  set = new LaneSet(lanes);
}

/** Number of the lane of a key, in the order in which they were added; -1: none. */
export function choose(key: Bytes, salt: Bytes, now: i64): i32 {
  const lane = set.choose(hash64(key, hash64(salt)), now);
  return lane === null ? -1 : lane.index;
}

/** The lanes of the keys `prefix0`, `prefix1`, …: a byte each at the address that it answers, to be given back by `free`. */
export function chooseMany(prefix: Bytes, count: i32, salt: Bytes, now: i64): usize {
  const chosen = heap.alloc(<usize>count);
  const seed = hash64(salt);
  const start = prefix.persist();
  for (let i = 0; i < count; i++) {
    const writer = ByteWriter.create(start.length + 16);
    writer.bytes(start);
    writer.u64(i);
    const lane = set.choose(hash64(writer.finish(), seed), now);
    store<u8>(chosen + <usize>i, lane === null ? NONE : <u8>lane.index);
    arena.reset();
  }
  start.release();
  return chosen;
}

export function free(chosen: usize): void {
  heap.free(chosen);
}

export function hasWeightAt(now: i64): bool {
  return set.hasWeightAt(now);
}
