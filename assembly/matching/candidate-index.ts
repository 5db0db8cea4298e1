import * as arena from "../memory/arena";
import { Bytes, lower } from "../text/bytes";
import { PostingTable } from "./posting-table";
import { RequestFacts } from "./request-facts";

/** Below so many ids each is looked at: that costs less than hashing what the request has. */
const LEAST_IDS = 5;

/** Bytes of a word of a bit set. */
const WORD: usize = 8;

/**
 * One thing about requests by which ids are told apart. An id that names no value in it is `open`: whatever a request has there,
 * it remains a candidate.
 */
class Dimension {
  readonly exact: PostingTable = new PostingTable();
  /** Bits of the ids that are open. */
  open: usize = 0;
  private words: i32 = 0;
  isUsed: bool = false;

  add(value: Bytes, id: i32): void {
    this.isUsed = true;
    this.exact.add(value, id);
  }

  /** Works out which ids are open, of those that have a bit in `all`. */
  build(all: usize, words: i32): void {
    if (!this.isUsed) return;
    this.words = words;
    this.exact.build(words);
    const size = <usize>words * WORD;
    this.open = heap.alloc(size);
    memory.fill(this.open, 0, size);
    this.markNamed(this.open);
    for (let at: usize = 0; at < size; at += WORD)
      store<u64>(this.open + at, load<u64>(all + at) & ~load<u64>(this.open + at));
  }

  protected markNamed(bits: usize): void {
    this.exact.markAll(bits);
  }

  /** Whether any id in `bits` names a value: only then can what the request has make a difference. */
  concerns(bits: usize): bool {
    if (!this.isUsed) return false;
    for (let i = 0; i < this.words; i++) {
      const at = <usize>i * WORD;
      if ((load<u64>(bits + at) & ~load<u64>(this.open + at)) != 0) return true;
    }
    return false;
  }

  /** Leaves in `bits` those that are open or name `value`. `scratch` has the size of `bits`. */
  narrow(bits: usize, value: Bytes, scratch: usize): void {
    memory.copy(scratch, this.open, <usize>this.words * WORD);
    this.mark(value, scratch);
    for (let i = 0; i < this.words; i++) {
      const at = <usize>i * WORD;
      store<u64>(bits + at, load<u64>(bits + at) & load<u64>(scratch + at));
    }
  }

  protected mark(value: Bytes, bits: usize): void {
    this.exact.mark(value, bits);
  }

  release(): void {
    this.exact.release();
    if (this.open != 0) heap.free(this.open);
    this.open = 0;
  }
}

/** Paths: whole ones, and what they start with, looked up once for each length that a prefix has. */
@final
class PathDimension extends Dimension {
  private readonly prefixes: PostingTable = new PostingTable();
  private lengths: i32[] = [];

  addPrefix(prefix: Bytes, id: i32): void {
    this.isUsed = true;
    this.prefixes.add(prefix, id);
    if (!this.lengths.includes(prefix.length)) this.lengths.push(prefix.length);
  }

  build(all: usize, words: i32): void {
    super.build(all, words);
    this.prefixes.build(words);
  }

  protected markNamed(bits: usize): void {
    super.markNamed(bits);
    this.prefixes.markAll(bits);
  }

  protected mark(value: Bytes, bits: usize): void {
    super.mark(value, bits);
    for (let i = 0; i < this.lengths.length; i++) {
      const length = unchecked(this.lengths[i]);
      if (length <= value.length) this.prefixes.mark(value.slice(0, length), bits);
    }
  }

  release(): void {
    super.release();
    this.prefixes.release();
  }
}

/**
 * Says which of many conditions can hold for a request, without a look at each: ids are conditions, in the order in which they
 * are to be evaluated. What an id demands of a path, a host, a method or the caller goes into the index as far as it is a list of
 * exact values or prefixes; whatever else it demands is left to the evaluation. So there can be candidates that do not hold, but
 * never one too few:
 *
 * ```ts
 * const id = index.add();
 * index.exactPath(id, path); index.pathPrefix(id, prefix);  // any of these …
 * index.method(id, method);                                 // … and any of these
 * index.build();
 * index.begin(facts);                                       // for each request
 * for (let id = index.next(0); id >= 0; id = index.next(id + 1)) …
 * ```
 *
 * Memory is of the size of the configuration; a request allocates nothing.
 */
@final
export class CandidateIndex {
  /** How many ids there are. */
  size: i32 = 0;
  private readonly paths: PathDimension = new PathDimension();
  private readonly hosts: Dimension = new Dimension();
  private readonly methods: Dimension = new Dimension();
  private readonly principals: Dimension = new Dimension();
  private words: i32 = 0;
  /** Bit sets: all ids, those that remain, and one to work with. */
  private all: usize = 0;
  private bits: usize = 0;
  private scratch: usize = 0;

  /** The next id. */
  add(): i32 {
    this.size += 1;
    return this.size - 1;
  }

  /** `id` holds only for this path, or others that are named so for it. */
  exactPath(id: i32, path: Bytes): void {
    this.paths.add(path, id);
  }

  /** `id` holds only for paths that start so, or others that are named so for it. */
  pathPrefix(id: i32, prefix: Bytes): void {
    this.paths.addPrefix(prefix, id);
  }

  /** `id` holds only for this `:authority`, whatever its case, or others that are named so for it. */
  exactHost(id: i32, host: Bytes): void {
    this.hosts.add(lowerCase(host), id);
  }

  /** `id` holds only for this method, or others that are named so for it. */
  method(id: i32, method: Bytes): void {
    this.methods.add(method, id);
  }

  /** `id` holds only for the caller with this SPIFFE id, or others that are named so for it. */
  exactPrincipal(id: i32, principal: Bytes): void {
    this.principals.add(principal, id);
  }

  /** Nothing is added any more. */
  build(): void {
    this.words = (this.size + 63) >> 6;
    const size = <usize>this.words * WORD;
    this.all = heap.alloc(size);
    this.bits = heap.alloc(size);
    this.scratch = heap.alloc(size);
    memory.fill(this.all, 0xff, size);
    const rest = this.size & 63;
    if (rest != 0) store<u64>(this.all + size - WORD, ((<u64>1) << (<u64>rest)) - 1);
    this.paths.build(this.all, this.words);
    this.hosts.build(this.all, this.words);
    this.methods.build(this.all, this.words);
    this.principals.build(this.all, this.words);
  }

  /** Works out the candidates for a request. The caller is looked at only if it makes a difference: that is a hostcall. */
  begin(facts: RequestFacts): void {
    memory.copy(this.bits, this.all, <usize>this.words * WORD);
    if (this.size < LEAST_IDS) return;
    if (this.methods.isUsed) this.methods.narrow(this.bits, facts.method, this.scratch);
    if (this.paths.concerns(this.bits)) this.paths.narrow(this.bits, facts.path, this.scratch);
    if (this.hosts.concerns(this.bits)) this.hosts.narrow(this.bits, lowerCase(facts.authority), this.scratch);
    if (this.principals.concerns(this.bits)) this.principals.narrow(this.bits, facts.principal, this.scratch);
  }

  /** The first candidate at or after `from`; -1 when there is none. */
  next(from: i32): i32 {
    if (from >= this.size) return -1;
    let word = from >> 6;
    let left = load<u64>(this.bits + <usize>word * WORD) & (u64.MAX_VALUE << ((<u64>from) & 63));
    while (left == 0) {
      word += 1;
      if (word >= this.words) return -1;
      left = load<u64>(this.bits + <usize>word * WORD);
    }
    return (word << 6) + <i32>ctz(left);
  }

  release(): void {
    this.paths.release();
    this.hosts.release();
    this.methods.release();
    this.principals.release();
    if (this.all != 0) heap.free(this.all);
    if (this.bits != 0) heap.free(this.bits);
    if (this.scratch != 0) heap.free(this.scratch);
    this.all = 0;
    this.bits = 0;
    this.scratch = 0;
    this.size = 0;
    this.words = 0;
  }
}

/** `text` with A-Z as a-z, in the arena. */
function lowerCase(text: Bytes): Bytes {
  const target = arena.allocate(<usize>text.length);
  for (let i = 0; i < text.length; i++) store<u8>(target + <usize>i, lower(text.at(i)));
  return Bytes.view(target, text.length);
}
