import { HeadersStatus, RootContext, StreamContext } from "../../sdk";
import { KeysListener } from "./keys";
import { JwtMetrics } from "./metrics";
import { AWAIT_TICK } from "./remote-keys";
import { TokenCache } from "./token-cache";

/** How often keys are looked after: soon after the start, then regularly. Milliseconds. */
const FIRST_TICK: u32 = 10;
const TICK: u32 = 1_000;

/** Requests that may wait for keys at once in one VM; more are refused. */
const MAX_WAITING = 4096;

/**
 * Requests that go on in one callback, and how many milliseconds later the next ones do. The host carries on with them
 * when the callback has returned, and enters the VM again for each that ends: one inside of the other. Some 300 of them
 * overflow the stack, which ends the VM.
 */
const MAX_RESUMED = 32;
const RESUME_TICK: u32 = 1;

/** A stream that can wait for keys. */
export abstract class WaitingStream extends StreamContext {
  /** Whether it is in the list of streams that wait for keys; the list's links. */
  isWaiting: bool = false;
  nextWaiting: WaitingStream | null = null;
  previousWaiting: WaitingStream | null = null;

  /** The keys that it waited for are there, or will not come: it is decided about again. */
  resume(): void {
    if (!this.makeEffective()) return;
    if (this.onRequestHeaders(false) == HeadersStatus.Continue) this.continueRequest();
  }
}

/** The streams of one configuration that wait for keys. They go on in the root's tick, some at a time. */
@final
export class WaitingStreams extends KeysListener {
  /** What is forgotten when keys change. */
  cache: TokenCache | null = null;
  /** They are a list, in order, through `nextWaiting` and `previousWaiting`. */
  private firstWaiting: WaitingStream | null = null;
  private lastWaiting: WaitingStream | null = null;
  private count: i32 = 0;
  /** How many of them, from the first on, are to be decided about again. */
  private resumable: i32 = 0;

  constructor(
    root: RootContext,
    private readonly metrics: JwtMetrics,
  ) {
    super(root);
  }

  /** There are keys to be fetched: looks after them from now on. */
  begin(): void {
    this.root.setTickPeriod(FIRST_TICK);
  }

  /** `awaiting`: another VM is about to have the keys. */
  onTick(awaiting: bool): void {
    this.root.setTickPeriod(this.resumable > MAX_RESUMED ? RESUME_TICK : awaiting ? AWAIT_TICK : TICK);
    this.resumeSome();
  }

  onKeysFetched(changed: bool): void {
    const cache = this.cache;
    if (changed && cache !== null) cache.clear();
    this.resumable = this.count;
    if (this.resumable > 0) this.root.setTickPeriod(RESUME_TICK);
  }

  /** Those that must wait on, for the keys of another rule, line up again behind the others. */
  private resumeSome(): void {
    for (let count = min(this.resumable, MAX_RESUMED); count > 0; count--) {
      const stream = this.firstWaiting;
      // Clients that went away do not wait any more.
      this.resumable = stream === null ? 0 : this.resumable - 1;
      if (stream === null) return;
      this.remove(stream);
      stream.resume();
    }
  }

  /** False when too many wait already. */
  add(stream: WaitingStream): bool {
    if (this.count >= MAX_WAITING) return false;
    const last = this.lastWaiting;
    this.metrics.waits.increment();
    stream.isWaiting = true;
    stream.previousWaiting = last;
    if (last !== null) last.nextWaiting = stream;
    else this.firstWaiting = stream;
    this.lastWaiting = stream;
    this.count += 1;
    return true;
  }

  /** The stream does not wait any more: it goes on, or it has ended. */
  remove(stream: WaitingStream): void {
    if (!stream.isWaiting) return;
    const previous = stream.previousWaiting;
    const next = stream.nextWaiting;
    if (previous !== null) previous.nextWaiting = next;
    else this.firstWaiting = next;
    if (next !== null) next.previousWaiting = previous;
    else this.lastWaiting = previous;
    stream.isWaiting = false;
    stream.previousWaiting = null;
    stream.nextWaiting = null;
    this.count -= 1;
  }
}
