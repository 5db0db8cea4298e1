/** Bodies, configurations and answers to calls. */
import { BUFFER_TYPE_MAX, WasmResult } from "../abi.ts";
import { BodyBuffer } from "../body-buffer.ts";
import type { Vm } from "../vm.ts";
import type { Hostcalls } from "./imports.ts";

const { Ok, NotFound, BadArgument, InvalidMemoryAccess } = WasmResult;

export function bufferCalls(vm: Vm): Hostcalls {
  const { thread } = vm;
  return {
    proxy_get_buffer_status(type: number, lengthOut: number, flagsOut: number) {
      if (type >>> 0 > BUFFER_TYPE_MAX) return BadArgument;
      const buffer = thread.context.buffer(type);
      if (buffer === undefined) return NotFound;
      const { length } = buffer;
      return vm.memory.writeU32(lengthOut, length) && vm.memory.writeU32(flagsOut, 0) ? Ok : InvalidMemoryAccess;
    },

    /** Bytes behind the end are left out; nothing left is Ok with a null pointer. */
    proxy_get_buffer_bytes(type: number, start: number, length: number, pointerOut: number, sizeOut: number) {
      if (type >>> 0 > BUFFER_TYPE_MAX) return BadArgument;
      const buffer = thread.context.buffer(type);
      if (buffer === undefined) return NotFound;
      const from = start >>> 0;
      const bytes = buffer instanceof BodyBuffer ? buffer.bytes() : buffer;
      const wanted = from > bytes.length ? EMPTY : bytes.subarray(from, from + (length >>> 0));
      return vm.copyOut(wanted, pointerOut, sizeOut) ? Ok : InvalidMemoryAccess;
    },

    /** At the start: replaces so many bytes; at or behind the end: appends; elsewhere it cannot. */
    proxy_set_buffer_bytes(type: number, start: number, length: number, pointer: number, size: number) {
      if (type >>> 0 > BUFFER_TYPE_MAX) return BadArgument;
      const buffer = thread.context.buffer(type);
      if (buffer === undefined) return NotFound;
      const data = vm.memory.read(pointer, size);
      if (data === undefined) return InvalidMemoryAccess;
      if (!(buffer instanceof BodyBuffer)) return BadArgument;
      const from = start >>> 0;
      if (from === 0) {
        if (length !== 0) buffer.drain(length >>> 0);
        buffer.prepend(Buffer.from(data));
        return Ok;
      }
      if (from < buffer.length) return BadArgument;
      buffer.add(Buffer.from(data));
      return Ok;
    },
  };
}

const EMPTY = Buffer.alloc(0);
