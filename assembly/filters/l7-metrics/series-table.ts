import { NameTable } from "../../matching/name-table";
import { Bytes, ByteWriter, defineMetric } from "../../sdk";
import { METRIC_KINDS, MetricKind, typeOf } from "./metric-kind";
import { MetricNames } from "./metric-names";

/** Bytes of a series: the number of each of its metrics; 0: it is not defined yet. */
const ENTRY_SIZE: usize = <usize>METRIC_KINDS * 4;

/** Series by their keys, with the numbers of their metrics. A metric is defined when it is first counted. */
@final
export class SeriesTable {
  private readonly keys: NameTable = new NameTable();
  private entries: usize = 0;
  private capacity: i32 = 0;

  constructor(
    private readonly names: MetricNames,
    /** It has the series of all that have none of their own. */
    private readonly isOther: bool,
  ) {}

  get size(): i32 {
    return this.keys.size;
  }

  /** Number of the series with this key; -1: there is none. */
  find(key: Bytes): i32 {
    return this.keys.find(key);
  }

  /** Adds one, and answers its number. */
  add(key: Bytes): i32 {
    if (this.size == this.capacity) this.grow();
    return this.keys.add(key);
  }

  /** The number of a metric of the series, which is that of the stream at hand. */
  metric(series: i32, kind: MetricKind): u32 {
    const cell = this.entries + <usize>series * ENTRY_SIZE + ((<usize>kind) << 2);
    const known = load<u32>(cell);
    return known == 0 ? this.define(cell, kind) : known;
  }

  release(): void {
    this.keys.release();
    if (this.entries != 0) heap.free(this.entries);
    this.entries = 0;
    this.capacity = 0;
  }

  private define(cell: usize, kind: MetricKind): u32 {
    const name = ByteWriter.create(1024);
    this.names.write(name, kind, this.isOther);
    const id = defineMetric(typeOf(kind), name.finish());
    store<u32>(cell, id);
    return id;
  }

  private grow(): void {
    const capacity = max(16, this.capacity * 2);
    const entries = heap.alloc(<usize>capacity * ENTRY_SIZE);
    memory.fill(entries, 0, <usize>capacity * ENTRY_SIZE);
    if (this.entries != 0) {
      memory.copy(entries, this.entries, <usize>this.capacity * ENTRY_SIZE);
      heap.free(this.entries);
    }
    this.entries = entries;
    this.capacity = capacity;
  }
}
