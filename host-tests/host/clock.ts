/**
 * The clock of a host and its one event queue. Nothing happens by itself: time moves when a test moves it, and events
 * run in the order of their times, those of one time in the order in which they were scheduled. So every run is the
 * same.
 */

export interface Timer {
  cancel(): void;
}

interface Event extends Timer {
  time: number;
  sequence: number;
  action: (() => void) | undefined;
}

export class Clock {
  private readonly events: Event[] = [];
  private sequence = 0;
  private running = false;

  /** @param now milliseconds since the epoch */
  constructor(private current: number) {}

  /** Milliseconds since the epoch. */
  get now(): number {
    return this.current;
  }

  /** Nanoseconds since the epoch, as guests see it. */
  get nanoseconds(): bigint {
    return BigInt(Math.round(this.current * 1000)) * 1000n;
  }

  /** Runs `action` when `delay` milliseconds have passed. */
  schedule(delay: number, action: () => void): Timer {
    const event: Event = {
      time: this.current + Math.max(0, delay),
      sequence: this.sequence++,
      action,
      cancel() {
        this.action = undefined;
      },
    };
    this.push(event);
    return event;
  }

  /**
   * Runs all that is due now, also what that schedules for now. Inside an event it does nothing: the queue is running.
   */
  settle(): void {
    this.runUntil(this.current);
  }

  /** Moves time by `milliseconds`, running every event on the way at its own time. */
  advance(milliseconds: number): void {
    if (this.running) throw new Error("the clock cannot be moved from inside an event");
    const target = this.current + milliseconds;
    this.runUntil(target);
    this.current = target;
  }

  private runUntil(target: number): void {
    if (this.running) return;
    this.running = true;
    try {
      for (let next = this.events[0]; next !== undefined && next.time <= target; next = this.events[0]) {
        this.pop();
        if (next.time > this.current) this.current = next.time;
        const action = next.action;
        next.action = undefined;
        action?.();
      }
    } finally {
      this.running = false;
    }
  }

  /** A binary heap, the next event at index 0. */
  private push(event: Event): void {
    const heap = this.events;
    let index = heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as Event;
      if (before(above, event)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = event;
  }

  private pop(): void {
    const heap = this.events;
    const last = heap.pop() as Event;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Event, heap[child] as Event)) child++;
      if (before(last, heap[child] as Event)) break;
      heap[index] = heap[child] as Event;
      index = child;
    }
    heap[index] = last;
  }
}

function before(a: Event, b: Event): boolean {
  return a.time < b.time || (a.time === b.time && a.sequence < b.sequence);
}
