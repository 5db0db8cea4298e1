/** The pure code of `assembly/`, compiled to `build/test/pure.wasm` (entry: `assembly/test/pure.ts`), for tests. */
import { builtModule, TestModule, toBytes, type Input, type TestExports, type View } from "./test-module.ts";

export type { Input, View };

/** What `assembly/test/pure.ts` exports. Booleans come back as 0 or 1. */
export interface PureExports extends TestExports {
  enter(): void;
  leave(): void;

  view(ptr: number, length: number): View;
  persist(bytes: View): View;
  release(bytes: View): void;
  bytesMethod(method: number, bytes: View, other: View, from: number, to: number): number;
  bytesSlice(bytes: View, from: number, to: number): View;
  bytesTrim(bytes: View): View;
  bytesRoundTrip(bytes: View): View;

  writerCreate(capacity: number): void;
  writerPut(byte: number): void;
  writerBytes(bytes: View): void;
  writerText(bytes: View): void;
  writerI64(value: bigint): void;
  writerU64(value: bigint): void;
  writerU32le(value: number): void;
  writerFinish(): View;

  readUnsigned(text: View): number;
  readSigned(text: View): number;
  unsignedValue(): bigint;
  signedValue(): bigint;
  parseUnsigned(text: View, max: bigint): bigint;
  float64(text: View): number;
  isValidUtf8(text: View): number;
  hash(bytes: View, seed: bigint): bigint;

  decodeBase64url(text: View): View;
  encodeBase64url(bytes: View): View;
  isBase64url(text: View): number;
  decodeBase64(text: View): View;
  encodeBase64(bytes: View): View;
  percentDecode(text: View, plusIsSpace: number): View;
  percentDecodeLenient(text: View, plusIsSpace: number): View;
  equalsDecoded(text: View, plain: View): number;

  jsonTrace(text: View, maxDepth: number): View;
  jsonScan(text: View, maxDepth: number): number;
  jsonNextAgain(): number;
  jsonSkip(text: View, index: number): number;
  jsonOffset(): number;
  jsonEnd(): number;
  jsonStringEquals(text: View, name: View): number;
  jsonString(text: View): View;
  statusWords(status: number): View;
  documentParse(text: View, maxDepth: number): number;
  documentProblem(): View;
  documentText(): View;
  documentValues(): View;
  documentGet(name: View): View;
  editSet(text: View, pointer: View, value: View): number;
  editRemove(text: View, pointer: View): number;
  editResult(): View;
  editOffset(): number;

  findCookie(header: View, name: View): View;
  cookiePairs(header: View): View;
  findParameter(target: View, name: View): View;
  removeParameter(target: View, name: View): View;
  queryParameters(target: View): View;
  queryValues(target: View, name: View): View;
  isHeaderName(name: View): number;
  isHeaderValue(value: View): number;
  isGrpcContentType(value: View): number;
  isTraceparent(value: View): number;
  traceContextOf(lines: View): View;
  cacheControlRead(value: View, fresh: number): View;
  urlParse(text: View): View;
}

/** What stands behind an input, in turn: bytes that would change an answer if somebody read them. */
const POISON_SIZE = 40;
const POISONS = ['"', "0", "A", "=;&,]}"].map((text) => Buffer.alloc(POISON_SIZE, text));
const [POISON] = POISONS;

export class PureModule extends TestModule<PureExports> {
  constructor() {
    super(builtModule("pure"));
  }

  /** Puts a copy of `input` into the arena. */
  bytes(input: Input): View {
    return this.poisoned(toBytes(input));
  }

  /**
   * Calls `run` with the inputs at several places: each of them once right before the end of memory, where reading past it
   * traps, and all of them with various poison behind. Every call must answer the same; that answer is returned.
   */
  everywhere<const I extends Input[], T>(inputs: I, run: (...views: { [K in keyof I]: View }) => T): T {
    const buffers = inputs.map(toBytes);
    const call = (place: (buffer: Buffer, index: number) => View) =>
      this.call(() => run(...(buffers.map(place) as { [K in keyof I]: View })));
    const answers = [
      ...POISONS.map((poison) => call((buffer) => this.poisoned(buffer, poison))),
      ...buffers.map((_, last) => call((buffer, i) => (i === last ? this.atEnd(buffer) : this.poisoned(buffer)))),
    ];
    const [first] = answers;
    for (const answer of answers) {
      if (!sameAnswer(answer, first)) {
        throw new Error(`the answer depends on what stands behind the input: ${show(answer)} or ${show(first)}`);
      }
    }
    return first as T;
  }

  /** Runs `call` as a callback, in an empty arena; a trap becomes an error that says what the module logged. */
  call<T>(call: () => T): T {
    this.exports.reset();
    return this.guarded("the callback", () => {
      this.exports.enter();
      const answer = call();
      this.exports.leave();
      return answer;
    });
  }

  private poisoned(buffer: Buffer, poison = POISON): View {
    return this.exports.view(this.put(buffer, poison), buffer.length);
  }

  private atEnd(buffer: Buffer): View {
    return this.exports.view(this.putAtEnd(buffer), buffer.length);
  }
}

/** Splits what a function wrote as pieces, each with its length (u32, lowest byte first) in front. */
export function pieces(buffer: Buffer | null): string[] {
  const found = [];
  for (let at = 0; buffer !== null && at < buffer.length;) {
    const length = buffer.readUInt32LE(at);
    found.push(buffer.toString("utf8", at + 4, at + 4 + length));
    at += 4 + length;
  }
  return found;
}

function sameAnswer(a: unknown, b: unknown): boolean {
  if (Buffer.isBuffer(a) && Buffer.isBuffer(b)) return a.equals(b);
  return typeof a === "object" ? JSON.stringify(a) === JSON.stringify(b) : Object.is(a, b);
}

function show(answer: unknown): string {
  return Buffer.isBuffer(answer) ? JSON.stringify(answer.toString()) : String(answer);
}
