/** Shared data: one map for each vm_id, the same for all threads of the proxy, with compare-and-swap. */
import { WasmResult } from "./abi.ts";

export interface SharedValue {
  readonly value: Buffer;
  /** Changes with each write; never 0, because 0 asks for an unconditional write. */
  readonly cas: number;
}

export class SharedData {
  private readonly maps = new Map<string, Map<string, SharedValue>>();
  private nextCas = 1;

  get(vmId: string, key: string): SharedValue | undefined {
    return this.maps.get(vmId)?.get(key);
  }

  /** Writes when `cas` is 0 or fits. A key that is not there is written whatever `cas` says. */
  set(vmId: string, key: string, value: Buffer, cas: number): WasmResult {
    const map = this.maps.get(vmId) ?? this.create(vmId);
    const old = map.get(key);
    if (old !== undefined && cas !== 0 && cas !== old.cas) return WasmResult.CasMismatch;
    map.set(key, { value, cas: this.nextCas });
    this.nextCas = this.nextCas === 0xffffffff ? 1 : this.nextCas + 1;
    return WasmResult.Ok;
  }

  /** Keys and values of one vm_id, for tests to look at. */
  entries(vmId = ""): Map<string, Buffer> {
    return new Map(Array.from(this.maps.get(vmId) ?? [], ([key, entry]) => [key, entry.value]));
  }

  /** The last VM of this vm_id is gone. */
  forget(vmId: string): void {
    this.maps.delete(vmId);
  }

  private create(vmId: string): Map<string, SharedValue> {
    const map = new Map<string, SharedValue>();
    this.maps.set(vmId, map);
    return map;
  }
}
