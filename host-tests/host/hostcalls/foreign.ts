/** `proxy_call_foreign_function`: Envoy's functions beyond the ABI, by name. */
import { WasmResult } from "../abi.ts";
import { FOREIGN_FUNCTIONS } from "../foreign/functions.ts";
import type { Vm } from "../vm.ts";
import type { Hostcalls } from "./imports.ts";

const { NotFound, InvalidMemoryAccess } = WasmResult;

export function foreignCalls(vm: Vm): Hostcalls {
  const { thread } = vm;
  return {
    proxy_call_foreign_function(
      namePointer: number,
      nameSize: number,
      argumentPointer: number,
      argumentSize: number,
      pointerOut: number,
      sizeOut: number,
    ) {
      const name = vm.memory.readLatin1(namePointer, nameSize);
      const argument = vm.memory.read(argumentPointer, argumentSize);
      if (name === undefined || argument === undefined) return InvalidMemoryAccess;
      const call = FOREIGN_FUNCTIONS.get(name);
      if (call === undefined) return NotFound;
      const current = thread.current ?? thread.context;
      const { status, result } = call({ argument: Buffer.from(argument), current, effective: thread.context });
      // Written also when the function failed: then there is nothing at address 0.
      let pointer = 0;
      if (pointerOut !== 0) {
        if (result !== undefined) pointer = vm.allocate(result.length);
        if (pointer !== 0 && result !== undefined) vm.memory.write(pointer, result);
        if (!vm.memory.writeU32(pointerOut, pointer)) return InvalidMemoryAccess;
      }
      if (sizeOut !== 0 && !vm.memory.writeU32(sizeOut, result?.length ?? 0)) return InvalidMemoryAccess;
      return status;
    },
  };
}
