/**
 * Metrics. Envoy keeps them by name for the whole process, under `wasmcustom.`; each VM has its own ids for them. A
 * counter and a gauge of one name are two metrics.
 */
import { MetricType, WasmResult } from "./abi.ts";

export class Stats {
  readonly counters = new Map<string, Cell>();
  readonly gauges = new Map<string, Cell>();
  readonly histograms = new Map<string, number[]>();

  /** Value of a guest's counter, by the name that the guest gave it; 0 when it was never defined. */
  counter(name: string): number {
    return Number(this.counters.get(normalize(name))?.value ?? 0n);
  }

  gauge(name: string): number {
    return Number(BigInt.asIntN(64, this.gauges.get(normalize(name))?.value ?? 0n));
  }

  /** Values recorded in a histogram, in order. */
  histogram(name: string): readonly number[] {
    return this.histograms.get(normalize(name)) ?? [];
  }

  cell(map: Map<string, Cell>, name: string): Cell {
    const key = normalize(name);
    let cell = map.get(key);
    if (cell === undefined) map.set(key, (cell = { value: 0n }));
    return cell;
  }

  record(name: string): number[] {
    const key = normalize(name);
    let values = this.histograms.get(key);
    if (values === undefined) this.histograms.set(key, (values = []));
    return values;
  }
}

/** An unsigned 64-bit number that wraps. */
interface Cell {
  value: bigint;
}

/** Envoy's symbol table drops dots at the end. */
function normalize(name: string): string {
  return name.replace(/\.+$/, "");
}

const TYPE_MASK = 3;
const ID_STEP = 4;
const U64 = 64;

/** The metric ids of one VM. The two low bits of an id are the metric's type. */
export class MetricIds {
  private readonly next: [number, number, number] = [MetricType.Counter, MetricType.Gauge, MetricType.Histogram];
  private readonly cells = new Map<number, Cell>();
  private readonly histograms = new Map<number, number[]>();

  constructor(private readonly stats: Stats) {}

  /** Defining a name twice gives two ids of one metric. */
  define(type: 0 | 1 | 2, name: string): number {
    const id = (this.next[type] += ID_STEP);
    if (type === MetricType.Histogram) this.histograms.set(id, this.stats.record(name));
    else if (type === MetricType.Counter) this.cells.set(id, this.stats.cell(this.stats.counters, name));
    else this.cells.set(id, this.stats.cell(this.stats.gauges, name));
    return id;
  }

  /** Counters only grow; gauges go both ways; a histogram cannot be incremented. */
  increment(id: number, offset: bigint): WasmResult {
    const type = id & TYPE_MASK;
    if (type !== MetricType.Counter && type !== MetricType.Gauge) return WasmResult.BadArgument;
    const cell = this.cells.get(id);
    if (cell === undefined) return WasmResult.NotFound;
    if (type === MetricType.Counter && offset <= 0n) return WasmResult.BadArgument;
    cell.value = BigInt.asUintN(U64, cell.value + offset);
    return WasmResult.Ok;
  }

  /** Adds to a counter, sets a gauge, records in a histogram. */
  record(id: number, value: bigint): WasmResult {
    const unsigned = BigInt.asUintN(U64, value);
    const type = id & TYPE_MASK;
    if (type === MetricType.Histogram) {
      const values = this.histograms.get(id);
      if (values === undefined) return WasmResult.NotFound;
      values.push(Number(unsigned));
      return WasmResult.Ok;
    }
    const cell = this.cells.get(id);
    if (cell === undefined) return WasmResult.NotFound;
    cell.value = type === MetricType.Counter ? BigInt.asUintN(U64, cell.value + unsigned) : unsigned;
    return WasmResult.Ok;
  }

  get(id: number): bigint | WasmResult {
    const type = id & TYPE_MASK;
    if (type !== MetricType.Counter && type !== MetricType.Gauge) return WasmResult.BadArgument;
    return this.cells.get(id)?.value ?? WasmResult.NotFound;
  }
}
