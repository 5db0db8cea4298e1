/** Metrics. */
import { METRIC_TYPE_MAX, WasmResult } from "../abi.ts";
import type { Vm } from "../vm.ts";
import type { Hostcalls } from "./imports.ts";

const { Ok, BadArgument, InvalidMemoryAccess } = WasmResult;

export function metricCalls(vm: Vm): Hostcalls {
  return {
    proxy_define_metric(type: number, namePointer: number, nameSize: number, idOut: number) {
      const name = vm.memory.readUtf8(namePointer, nameSize);
      if (name === undefined) return InvalidMemoryAccess;
      if (type >>> 0 > METRIC_TYPE_MAX) return BadArgument;
      return vm.memory.writeU32(idOut, vm.metrics.define(type as 0 | 1 | 2, name)) ? Ok : InvalidMemoryAccess;
    },
    proxy_increment_metric: (id: number, offset: bigint) => vm.metrics.increment(id >>> 0, offset),
    proxy_record_metric: (id: number, value: bigint) => vm.metrics.record(id >>> 0, value),
    proxy_get_metric(id: number, valueOut: number) {
      const value = vm.metrics.get(id >>> 0);
      if (typeof value === "number") return value;
      return vm.memory.writeU64(valueOut, value) ? Ok : InvalidMemoryAccess;
    },
  };
}
