/** Log, time, timers, contexts, configuration, status and properties. */
import { LOG_LEVELS, WasmResult } from "../abi.ts";
import { findAttribute, splitPath } from "../attributes.ts";
import { toBuffer } from "../bytes.ts";
import type { Context } from "../context.ts";
import { StreamContext } from "../stream-context.ts";
import type { VisibleHeaders } from "../stream-info.ts";
import { member, serialize, type Value } from "../values.ts";
import type { Vm } from "../vm.ts";
import type { Hostcalls } from "./imports.ts";

const { Ok, NotFound, BadArgument, InvalidMemoryAccess, SerializationFailure } = WasmResult;

export function generalCalls(vm: Vm): Hostcalls {
  const { memory: getMemory } = { memory: () => vm.memory };
  const { host, thread } = vm;

  return {
    proxy_log(level: number, pointer: number, size: number) {
      const name = LOG_LEVELS[level >>> 0];
      if (name === undefined) return BadArgument;
      const message = getMemory().readUtf8(pointer, size);
      if (message === undefined) return InvalidMemoryAccess;
      host.log.write(name, message, thread.context.plugin?.options.name);
      return Ok;
    },

    proxy_get_log_level(levelOut: number) {
      return getMemory().writeU32(levelOut, host.log.level) ? Ok : InvalidMemoryAccess;
    },

    proxy_get_current_time_nanoseconds(timeOut: number) {
      return getMemory().writeU64(timeOut, host.clock.nanoseconds) ? Ok : InvalidMemoryAccess;
    },

    proxy_set_tick_period_milliseconds(period: number) {
      thread.context.root?.setTickPeriod(period >>> 0);
      return Ok;
    },

    proxy_set_effective_context(id: number) {
      if (!vm.contexts.has(id >>> 0)) return BadArgument;
      thread.effectiveId = id >>> 0;
      return Ok;
    },

    proxy_done() {
      const root = thread.context.root;
      const finish = root && host.pendingDone.get(root);
      if (root === undefined || finish === undefined) return NotFound;
      host.pendingDone.delete(root);
      finish();
      return Ok;
    },

    proxy_get_status(codeOut: number, pointerOut: number, sizeOut: number) {
      const { code, message } = thread.context.root?.status ?? { code: 0, message: "" };
      if (!getMemory().writeU32(codeOut, code)) return InvalidMemoryAccess;
      return vm.copyOut(toBuffer(message), pointerOut, sizeOut) ? Ok : InvalidMemoryAccess;
    },

    proxy_get_configuration(pointerOut: number, sizeOut: number) {
      return vm.copyOut(toBuffer(thread.context.configuration), pointerOut, sizeOut) ? Ok : InvalidMemoryAccess;
    },

    proxy_get_property(pathPointer: number, pathSize: number, pointerOut: number, sizeOut: number) {
      const path = getMemory().readLatin1(pathPointer, pathSize);
      if (path === undefined) return InvalidMemoryAccess;
      const value = path === "" ? null : findProperty(thread.context, path);
      if (value === undefined) return NotFound;
      const data = serialize(value);
      if (data === undefined) return SerializationFailure;
      return vm.copyOut(data, pointerOut, sizeOut) ? Ok : InvalidMemoryAccess;
    },

    proxy_set_property(pathPointer: number, pathSize: number, valuePointer: number, valueSize: number) {
      const path = getMemory().readLatin1(pathPointer, pathSize);
      const value = getMemory().read(valuePointer, valueSize);
      if (path === undefined || value === undefined) return InvalidMemoryAccess;
      return thread.context.setProperty(path, Buffer.from(value));
    },

    envoy_resolve_dns(namePointer: number, nameSize: number, tokenOut: number) {
      const name = getMemory().readUtf8(namePointer, nameSize);
      const root = thread.context.root;
      if (name === undefined || root === undefined) return InvalidMemoryAccess;
      const token = host.nextDnsToken++;
      if (!getMemory().writeU32(tokenOut, token)) return InvalidMemoryAccess;
      host.clock.schedule(0, () => root.onResolveDns(token, encodeDns(host.options.dns?.[name])));
      return Ok;
    },

    pthread_equal: (left: number, right: number) => (left === right ? 1 : 0),
    emscripten_notify_memory_growth() {},
  };
}

const NO_HEADERS: VisibleHeaders = { request: undefined, response: undefined, responseTrailers: undefined };

/** Headers from which a context answers attributes. */
export function visibleHeaders(context: Context): VisibleHeaders {
  return context instanceof StreamContext ? context.visibleHeaders : NO_HEADERS;
}

function findProperty(context: Context, path: string): Value | undefined {
  const [first = "", ...rest] = splitPath(path);
  let value = findAttribute(first, context, visibleHeaders(context), context.vm.host.properties);
  for (const part of rest) {
    if (value === undefined) return undefined;
    value = member(value, part);
  }
  return value;
}

const DNS_TTL_SECONDS = 60;

/**
 * `u32 count`, a `u32` TTL for each, then the addresses, each ended by a zero byte; nothing when the name is unknown.
 */
function encodeDns(addresses: readonly string[] | undefined): Buffer {
  if (addresses === undefined) return Buffer.alloc(0);
  const numbers = Buffer.alloc(4 + addresses.length * 4, 0);
  numbers.writeUInt32LE(addresses.length, 0);
  addresses.forEach((_, index) => numbers.writeUInt32LE(DNS_TTL_SECONDS, 4 + index * 4));
  return Buffer.concat([numbers, ...addresses.map((address) => Buffer.from(`${address}\0`))]);
}
