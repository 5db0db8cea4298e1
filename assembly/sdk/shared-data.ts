import {
  proxy_dequeue_shared_queue,
  proxy_enqueue_shared_queue,
  proxy_get_shared_data,
  proxy_register_shared_queue,
  proxy_resolve_shared_queue,
  proxy_set_shared_data,
} from "../abi/hostcalls";
import { Status } from "../abi/types";
import { Bytes } from "../text/bytes";
import { resultNumber, resultPtr, resultSize } from "./result";

/** A version that no value has: the host counts them up from 1. It looks at the version only of a key that is there. */
const NO_VERSION: u32 = u32.MAX_VALUE;

/**
 * The map that all VMs of a proxy with the same vm_id share. Istio leaves vm_id empty, so every plugin of every team reads
 * and writes this one map: begin keys with your own name, and read values as untrusted. There is no way to remove a key.
 */
@final
export class SharedData {
  /** Version of the last value that `get` read; what `set` compares. 0 when there was none. */
  cas: u32 = 0;

  /** The value; null when there is none. */
  get(key: Bytes): Bytes | null {
    const status = proxy_get_shared_data(key.ptr, key.length, resultPtr, resultSize, resultNumber);
    if (status != Status.Ok) {
      this.cas = 0;
      return null;
    }
    this.cas = load<u32>(resultNumber);
    return Bytes.view(load<usize>(resultPtr), load<i32>(resultSize));
  }

  /** Sets the value whatever it was. */
  set(key: Bytes, value: Bytes): Status {
    return proxy_set_shared_data(key.ptr, key.length, value.ptr, value.length, 0);
  }

  /**
   * Sets the value if nobody changed it since `get`; else `Status.CasMismatch`. For a key that had no value it cannot tell
   * whether somebody else was first: use `create`.
   */
  replace(key: Bytes, value: Bytes): Status {
    return proxy_set_shared_data(key.ptr, key.length, value.ptr, value.length, this.cas);
  }

  /** Sets the value if there is none; else `Status.CasMismatch`: of several VMs one succeeds. */
  create(key: Bytes, value: Bytes): Status {
    return proxy_set_shared_data(key.ptr, key.length, value.ptr, value.length, NO_VERSION);
  }
}

export const sharedData = new SharedData();

/** A queue between VMs. Whoever registered it gets `onQueueReady` when something is enqueued. */
@final
export class SharedQueue {
  private constructor(readonly id: u32) {}

  /** Makes the queue, or takes it over with what is in it. */
  static register(name: string): SharedQueue | null {
    const utf8 = Bytes.of(name);
    const status = proxy_register_shared_queue(utf8.ptr, utf8.length, resultNumber);
    return status == Status.Ok ? new SharedQueue(load<u32>(resultNumber)) : null;
  }

  /** The queue that a VM with this vm_id registered; null when there is none. */
  static resolve(vmId: string, name: string): SharedQueue | null {
    const vm = Bytes.of(vmId);
    const utf8 = Bytes.of(name);
    const status = proxy_resolve_shared_queue(vm.ptr, vm.length, utf8.ptr, utf8.length, resultNumber);
    return status == Status.Ok ? new SharedQueue(load<u32>(resultNumber)) : null;
  }

  enqueue(data: Bytes): Status {
    return proxy_enqueue_shared_queue(this.id, data.ptr, data.length);
  }

  /** The oldest entry; null when the queue is empty. */
  dequeue(): Bytes | null {
    const status = proxy_dequeue_shared_queue(this.id, resultPtr, resultSize);
    return status == Status.Ok ? Bytes.view(load<usize>(resultPtr), load<i32>(resultSize)) : null;
  }
}
