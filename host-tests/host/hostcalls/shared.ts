/** Shared data and shared queues. */
import { WasmResult } from "../abi.ts";
import type { Vm } from "../vm.ts";
import type { Hostcalls } from "./imports.ts";

const { Ok, NotFound, Empty, InvalidMemoryAccess } = WasmResult;

export function sharedCalls(vm: Vm): Hostcalls {
  const { host, thread } = vm;
  const { sharedData, sharedQueues } = host;

  /** Told on its own thread, as a new event, when its VM still lives. */
  function tellRoot(): (token: number) => void {
    const root = thread.context.root;
    return (token) => {
      host.clock.schedule(0, () => {
        if (root !== undefined && vm.contexts.has(root.id)) root.onQueueReady(token);
      });
    };
  }

  return {
    proxy_get_shared_data(keyPointer: number, keySize: number, pointerOut: number, sizeOut: number, casOut: number) {
      const key = vm.memory.readLatin1(keyPointer, keySize);
      if (key === undefined) return InvalidMemoryAccess;
      const entry = sharedData.get(vm.vmId, key);
      if (entry === undefined) return NotFound;
      if (!vm.copyOut(entry.value, pointerOut, sizeOut)) return InvalidMemoryAccess;
      return vm.memory.writeU32(casOut, entry.cas) ? Ok : InvalidMemoryAccess;
    },

    proxy_set_shared_data(keyPointer: number, keySize: number, valuePointer: number, valueSize: number, cas: number) {
      const key = vm.memory.readLatin1(keyPointer, keySize);
      const value = vm.memory.read(valuePointer, valueSize);
      if (key === undefined || value === undefined) return InvalidMemoryAccess;
      return sharedData.set(vm.vmId, key, Buffer.from(value), cas >>> 0);
    },

    proxy_register_shared_queue(namePointer: number, nameSize: number, tokenOut: number) {
      const name = vm.memory.readLatin1(namePointer, nameSize);
      if (name === undefined) return InvalidMemoryAccess;
      return vm.memory.writeU32(tokenOut, sharedQueues.register(vm.vmId, name, tellRoot())) ? Ok : InvalidMemoryAccess;
    },

    proxy_resolve_shared_queue(
      vmId: number,
      vmIdSize: number,
      namePointer: number,
      nameSize: number,
      tokenOut: number,
    ) {
      const id = vm.memory.readUtf8(vmId, vmIdSize);
      const name = vm.memory.readLatin1(namePointer, nameSize);
      if (id === undefined || name === undefined) return InvalidMemoryAccess;
      const token = sharedQueues.resolve(id === "" ? vm.vmId : id, name);
      if (token === undefined) return NotFound;
      return vm.memory.writeU32(tokenOut, token) ? Ok : InvalidMemoryAccess;
    },

    proxy_enqueue_shared_queue(token: number, pointer: number, size: number) {
      const data = vm.memory.read(pointer, size);
      if (data === undefined) return InvalidMemoryAccess;
      return sharedQueues.enqueue(token >>> 0, Buffer.from(data)) ? Ok : NotFound;
    },

    proxy_dequeue_shared_queue(token: number, pointerOut: number, sizeOut: number) {
      const item = sharedQueues.dequeue(token >>> 0);
      if (item === "unknown") return NotFound;
      if (item === "empty") return Empty;
      return vm.copyOut(item, pointerOut, sizeOut) ? Ok : InvalidMemoryAccess;
    },
  };
}
