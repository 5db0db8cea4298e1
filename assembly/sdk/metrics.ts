import { proxy_define_metric, proxy_get_metric, proxy_increment_metric, proxy_record_metric } from "../abi/hostcalls";
import { MetricType, Status } from "../abi/types";
import { Bytes } from "../text/bytes";
import { resultNumber } from "./result";

/**
 * Metrics of the proxy, one number for all its workers. Envoy never removes one, so names must not hold what clients send.
 * A label comes from the name: `wasm_filter.my_filter.requests_total` reads in Prometheus, on an Istio proxy without any
 * configuration, `requests_total{wasm_filter="my_filter"}`.
 */
export abstract class Metric {
  protected readonly id: u32;

  protected constructor(type: MetricType, name: string) {
    const utf8 = Bytes.of(name);
    const status = proxy_define_metric(type, utf8.ptr, utf8.length, resultNumber);
    this.id = status == Status.Ok ? load<u32>(resultNumber) : 0;
  }

  /** The current value; 0 for a histogram, which has none. */
  value(): u64 {
    store<u64>(resultNumber, 0);
    proxy_get_metric(this.id, resultNumber);
    return load<u64>(resultNumber);
  }
}

@final
export class Counter extends Metric {
  constructor(name: string) {
    super(MetricType.Counter, name);
  }

  increment(by: u32 = 1): void {
    if (by != 0) proxy_increment_metric(this.id, by);
  }
}

@final
export class Gauge extends Metric {
  constructor(name: string) {
    super(MetricType.Gauge, name);
  }

  set(value: u64): void {
    proxy_record_metric(this.id, value);
  }

  add(by: i64): void {
    proxy_increment_metric(this.id, by);
  }
}

/** Envoy takes the values for milliseconds where it must assume a unit. */
@final
export class Histogram extends Metric {
  constructor(name: string) {
    super(MetricType.Histogram, name);
  }

  record(value: u64): void {
    proxy_record_metric(this.id, value);
  }
}
