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
    this.id = defineMetric(type, Bytes.of(name));
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

/**
 * The number of a metric for `incrementMetric` and `recordMetric`; 0 when the host refuses it. For metrics whose names are
 * made while requests run: no object is needed for one. The same name has one metric, whatever its numbers.
 */
export function defineMetric(type: MetricType, name: Bytes): u32 {
  const status = proxy_define_metric(type, name.ptr, name.length, resultNumber);
  return status == Status.Ok ? load<u32>(resultNumber) : 0;
}

/** Adds to a counter or gauge. */
export function incrementMetric(id: u32, by: i64): void {
  proxy_increment_metric(id, by);
}

/** Puts a value into a histogram. */
export function recordMetric(id: u32, value: u64): void {
  proxy_record_metric(id, value);
}
