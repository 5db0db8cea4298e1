/** Header and trailer maps. */
import { MAP_TYPE_MAX, WasmResult } from "../abi.ts";
import { decodePairs, encodePairs } from "../pairs.ts";
import type { Vm } from "../vm.ts";
import type { Hostcalls } from "./imports.ts";

const { Ok, NotFound, BadArgument, InvalidMemoryAccess } = WasmResult;

export function headerCalls(vm: Vm): Hostcalls {
  const { thread } = vm;

  /** `add` and `replace` differ in one word. */
  function write(kind: "add" | "set", type: number, name: string | undefined, value: string | undefined): WasmResult {
    if (name === undefined || value === undefined) return InvalidMemoryAccess;
    const context = thread.context;
    const map = context.writableMap(type);
    if (map === undefined) return BadArgument;
    map[kind](name, value);
    context.mapChanged(type);
    return Ok;
  }

  return {
    proxy_get_header_map_value(type: number, keyPointer: number, keySize: number, pointerOut: number, sizeOut: number) {
      if (type >>> 0 > MAP_TYPE_MAX) return BadArgument;
      const key = vm.memory.readLatin1(keyPointer, keySize);
      if (key === undefined) return InvalidMemoryAccess;
      const context = thread.context;
      const map = context.readableMap(type);
      if (map === undefined && !context.logging) return BadArgument;
      // ABI 0.1.0 cannot tell an absent value from an empty one.
      const value = map?.first(key) ?? (vm.abi === "0.1.0" ? "" : undefined);
      if (value === undefined) return NotFound;
      return vm.copyTextOut(value, pointerOut, sizeOut) ? Ok : InvalidMemoryAccess;
    },

    proxy_get_header_map_pairs(type: number, pointerOut: number, sizeOut: number) {
      if (type >>> 0 > MAP_TYPE_MAX) return BadArgument;
      const pairs = encodePairs(thread.context.readableMap(type)?.pairs() ?? []);
      return vm.copyOut(pairs, pointerOut, sizeOut) ? Ok : InvalidMemoryAccess;
    },

    proxy_get_header_map_size(type: number, sizeOut: number) {
      if (type >>> 0 > MAP_TYPE_MAX) return BadArgument;
      const map = thread.context.writableMap(type);
      if (map === undefined) return BadArgument;
      return vm.memory.writeU32(sizeOut, map.byteSize()) ? Ok : InvalidMemoryAccess;
    },

    proxy_add_header_map_value(type: number, key: number, keySize: number, value: number, valueSize: number) {
      if (type >>> 0 > MAP_TYPE_MAX) return BadArgument;
      return write("add", type, vm.memory.readLatin1(key, keySize), vm.memory.readLatin1(value, valueSize));
    },

    proxy_replace_header_map_value(type: number, key: number, keySize: number, value: number, valueSize: number) {
      if (type >>> 0 > MAP_TYPE_MAX) return BadArgument;
      return write("set", type, vm.memory.readLatin1(key, keySize), vm.memory.readLatin1(value, valueSize));
    },

    proxy_remove_header_map_value(type: number, keyPointer: number, keySize: number) {
      if (type >>> 0 > MAP_TYPE_MAX) return BadArgument;
      const key = vm.memory.readLatin1(keyPointer, keySize);
      if (key === undefined) return InvalidMemoryAccess;
      const context = thread.context;
      const map = context.writableMap(type);
      if (map === undefined) return BadArgument;
      map.remove(key);
      context.mapChanged(type);
      return Ok;
    },

    /** Pairs that cannot be decoded are none: all headers are gone, and the result is Ok. */
    proxy_set_header_map_pairs(type: number, pointer: number, size: number) {
      if (type >>> 0 > MAP_TYPE_MAX) return BadArgument;
      const data = vm.memory.read(pointer, size);
      if (data === undefined) return InvalidMemoryAccess;
      const context = thread.context;
      const map = context.writableMap(type);
      if (map === undefined) return BadArgument;
      map.clear();
      for (const [name, value] of decodePairs(data)) map.add(name, value);
      context.mapChanged(type);
      return Ok;
    },
  };
}
