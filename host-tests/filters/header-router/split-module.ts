/** How a split chooses lanes, compiled to `build/test/pure-split.wasm` (entry: `assembly/test/pure-split.ts`), for tests. */
import { builtModule, TestModule, toBytes, type Input, type TestExports, type View } from "../../pure/test-module.ts";
import type { LaneDescription } from "./split-model.ts";

/** What `assembly/test/pure-split.ts` exports. Booleans come back as 0 or 1. */
interface SplitExports extends TestExports {
  view(ptr: number, length: number): View;
  clear(): void;
  addLane(name: View, weight: number): void;
  addRamp(name: View, from: number, to: number, start: bigint, duration: bigint): void;
  build(): void;
  choose(key: View, salt: View, now: bigint): number;
  chooseMany(prefix: View, count: number, salt: View, now: bigint): number;
  free(chosen: number): void;
  hasWeightAt(now: bigint): number;
  parseTimestamp(text: View): bigint;
}

/** What `parseTimestamp` answers for a text that is no time. */
const NO_TIMESTAMP = -(2n ** 63n);

export class SplitModule extends TestModule<SplitExports> {
  private names: string[] = [];

  constructor() {
    super(builtModule("pure-split"));
  }

  /** Makes these the lanes that `choose` chooses from. */
  lanes(lanes: readonly LaneDescription[]): this {
    const { exports } = this;
    exports.reset();
    exports.clear();
    for (const { name, weight, ramp } of lanes) {
      if (ramp === undefined) exports.addLane(this.bytes(name), weight ?? 0);
      else exports.addRamp(this.bytes(name), ramp.from, ramp.to, BigInt(ramp.start), BigInt(ramp.duration));
    }
    exports.build();
    this.names = lanes.map(({ name }) => name);
    return this;
  }

  /** The name of the lane of `key`; null when it has none. */
  choose(key: string | Uint8Array, salt = "", now = 0): string | null {
    this.exports.reset();
    return this.names[this.exports.choose(this.bytes(key), this.bytes(salt), BigInt(now))] ?? null;
  }

  /** The numbers of the lanes of the keys `prefix0` to `prefix<count - 1>`, as indexes of `lanes`; 255: none. */
  chooseMany(prefix: string, count: number, salt = "", now = 0): Uint8Array {
    this.exports.reset();
    const chosen = this.exports.chooseMany(this.bytes(prefix), count, this.bytes(salt), BigInt(now));
    const copy = this.copy(chosen, count);
    this.exports.free(chosen);
    return copy;
  }

  hasWeightAt(now: number): boolean {
    return this.exports.hasWeightAt(BigInt(now)) !== 0;
  }

  /** Milliseconds since 1970; null for a text that is no time. */
  parseTimestamp(text: string): number | null {
    this.exports.reset();
    const milliseconds = this.exports.parseTimestamp(this.bytes(text));
    return milliseconds === NO_TIMESTAMP ? null : Number(milliseconds);
  }

  private bytes(input: Input): View {
    const bytes = toBytes(input);
    return this.exports.view(this.put(bytes), bytes.length);
  }
}
