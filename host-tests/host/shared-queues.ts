/** Shared queues: named within a vm_id, read by token from any VM. */

/** Tells the VM that registered a queue, on its own thread, that something is in it. */
export type QueueListener = (token: number) => void;

interface Queue {
  readonly items: Buffer[];
  listener: QueueListener;
}

export class SharedQueues {
  private readonly queues = new Map<number, Queue>();
  private readonly tokens = new Map<string, Map<string, number>>();
  private nextToken = 1;

  /** Registers again what exists: its content stays, its listener is replaced, so the last VM to register is told. */
  register(vmId: string, name: string, listener: QueueListener): number {
    let names = this.tokens.get(vmId);
    if (names === undefined) this.tokens.set(vmId, (names = new Map<string, number>()));
    const known = names.get(name);
    const token = known ?? this.nextToken++;
    names.set(name, token);
    const queue = this.queues.get(token);
    if (queue === undefined) this.queues.set(token, { items: [], listener });
    else queue.listener = listener;
    return token;
  }

  /** The token, or undefined when nobody registered the queue. */
  resolve(vmId: string, name: string): number | undefined {
    return this.tokens.get(vmId)?.get(name);
  }

  /** False when there is no such queue. */
  enqueue(token: number, data: Buffer): boolean {
    const queue = this.queues.get(token);
    if (queue === undefined) return false;
    queue.items.push(data);
    queue.listener(token);
    return true;
  }

  /** The oldest item, `"empty"`, or `"unknown"` when there is no such queue. */
  dequeue(token: number): Buffer | "empty" | "unknown" {
    const queue = this.queues.get(token);
    if (queue === undefined) return "unknown";
    return queue.items.shift() ?? "empty";
  }

  /** The last VM of this vm_id is gone. */
  forget(vmId: string): void {
    for (const token of this.tokens.get(vmId)?.values() ?? []) this.queues.delete(token);
    this.tokens.delete(vmId);
  }
}
