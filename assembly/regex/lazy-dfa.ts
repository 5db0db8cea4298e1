import { Bytes } from "../text/bytes";
import { BYTE_VALUES, classOf, findByteClasses } from "./byte-classes";
import { conditionsBetween, EDGE, representativeOf } from "./conditions";
import { addToSet, clearSet, reserveSets, stepSet, writeSet } from "./instruction-set";
import { Program } from "./program";

// What a transition has instead of the address of a state.
const UNKNOWN: usize = 0;
const NOWHERE: usize = 1;
const ACCEPTED: usize = 2;

// A state: the next one in its bucket, the byte before, the number of instructions; transitions; instructions.
const BEFORE: usize = 4;
const COUNT: usize = 8;
const HEADER: usize = 12;
const TRANSITION_SIZE: usize = 4;

/** Buckets of the hash table of states. */
const BUCKETS: u32 = 64;
const BUCKETS_SIZE: usize = <usize>BUCKETS * 4;

/** Bytes of the table with the offset of a transition for each byte. */
const COLUMNS_SIZE: usize = <usize>BYTE_VALUES * 2;

/** Bytes for states, unless two of the largest need more; and for the instructions of a usual one. */
const MAX_STATES_SIZE: usize = 64 * 1024;
const USUAL_SET_SIZE: usize = 32;

/**
 * Tells whether whole texts match, with a deterministic automaton whose states are worked out when they are first needed.
 * They stay for the next texts, in memory of a fixed size; when it is full all are dropped and worked out anew. Then a byte
 * costs as much as the program has instructions; else, two loads.
 */
@final
export class LazyDfa {
  /** The block of the heap that everything is in; it begins with the offsets for bytes. */
  private readonly columns: usize;
  private readonly buckets: usize;
  private readonly states: usize;
  private readonly limit: usize;
  /** Where a state's instructions begin. The transition before them is the one at the end of the text. */
  private readonly setOffset: usize;
  /** Bytes of a state with all instructions of the program. */
  private readonly largest: usize;
  private start: usize = UNKNOWN;
  private top: usize = 0;
  /** How often all states were dropped. */
  private drops: i32 = 0;

  constructor(private readonly program: Program) {
    reserveSets(program);
    const length = <usize>program.length;
    const classes = findByteClasses(program);
    const setOffset = HEADER + <usize>(classes + 1) * TRANSITION_SIZE;
    const largest = setOffset + aligned(length * 2);
    const size = min((length + 16) * (setOffset + USUAL_SET_SIZE), MAX_STATES_SIZE) + 2 * largest;
    const columns = heap.alloc(COLUMNS_SIZE + BUCKETS_SIZE + size);
    for (let byte = 0; byte < BYTE_VALUES; byte++) {
      store<u16>(columns + ((<usize>byte) << 1), <u16>(HEADER + <usize>classOf(byte) * TRANSITION_SIZE));
    }
    this.columns = columns;
    this.buckets = columns + COLUMNS_SIZE;
    this.states = this.buckets + BUCKETS_SIZE;
    this.limit = this.states + size;
    this.setOffset = setOffset;
    this.largest = largest;
    this.drop();
  }

  /** Whether the whole text matches. */
  matches(text: Bytes): bool {
    let state = this.start == UNKNOWN ? this.begin() : this.start;
    const columns = this.columns;
    const end = text.ptr + <usize>text.length;
    for (let at = text.ptr; at < end; at++) {
      const byte = <usize>load<u8>(at);
      const transition = state + <usize>load<u16>(columns + (byte << 1));
      let next = load<usize>(transition);
      if (next <= NOWHERE) {
        if (next == UNKNOWN) next = this.advance(state, transition, <i32>byte);
        if (next == NOWHERE) return false;
      }
      state = next;
    }
    return this.acceptsAtEnd(state);
  }

  release(): void {
    heap.free(this.columns);
  }

  private begin(): usize {
    clearSet(this.program);
    addToSet(this.program, 0);
    this.start = this.stateOfSet(EDGE);
    return this.start;
  }

  /** Works out where `byte` leads to from a state, and notes that in the transition. */
  private advance(state: usize, transition: usize, byte: i32): usize {
    const drops = this.drops;
    this.step(state, byte);
    const next = this.stateOfSet(representativeOf(byte, this.program.assertions));
    // Unless the transition was dropped meanwhile.
    if (drops == this.drops) store<usize>(transition, next);
    return next;
  }

  private acceptsAtEnd(state: usize): bool {
    const transition = state + this.setOffset - TRANSITION_SIZE;
    if (load<usize>(transition) == UNKNOWN) store<usize>(transition, this.step(state, EDGE) ? ACCEPTED : NOWHERE);
    return load<usize>(transition) == ACCEPTED;
  }

  private step(state: usize, byte: i32): bool {
    const conditions = conditionsBetween(load<i32>(state, BEFORE), byte);
    return stepSet(this.program, state + this.setOffset, load<i32>(state, COUNT), conditions, byte);
  }

  /** The state with the set of instructions that was just made: NOWHERE for none, else a known one or a new one. */
  private stateOfSet(before: i32): usize {
    if (this.top + this.largest > this.limit) this.drop();
    const state = this.top;
    const set = state + this.setOffset;
    const count = writeSet(set);
    if (count == 0) return NOWHERE;
    const bucket = this.buckets + ((<usize>(hash(set, count, before) & (BUCKETS - 1))) << 2);
    for (let known = load<usize>(bucket); known != UNKNOWN; known = load<usize>(known)) {
      if (this.isSame(known, set, count, before)) return known;
    }
    memory.fill(state, 0, this.setOffset);
    store<usize>(state, load<usize>(bucket));
    store<i32>(state, before, BEFORE);
    store<i32>(state, count, COUNT);
    store<usize>(bucket, state);
    this.top = set + aligned(<usize>count * 2);
    return state;
  }

  private isSame(state: usize, set: usize, count: i32, before: i32): bool {
    if (load<i32>(state, COUNT) != count || load<i32>(state, BEFORE) != before) return false;
    return memory.compare(state + this.setOffset, set, <usize>count * 2) == 0;
  }

  private drop(): void {
    memory.fill(this.buckets, 0, BUCKETS_SIZE);
    this.start = UNKNOWN;
    this.top = this.states;
    this.drops += 1;
  }
}

/** `size` in whole words. */
function aligned(size: usize): usize {
  return (size + 3) & ~3;
}

function hash(set: usize, count: i32, before: i32): u32 {
  let value = <u32>before;
  for (let i = 0; i < count; i++) value = (value ^ (<u32>load<u16>(set + ((<usize>i) << 1)))) * 0x01000193;
  return value ^ (value >> 15);
}
