/**
 * One direction of an HTTP filter chain: how Envoy's filter manager hands headers, body and trailers from filter to
 * filter, what pausing means and how it goes on (source/common/http/filter_manager.cc). Requests and responses differ
 * in details only.
 */
import { DataStatus, HeadersStatus, TrailersStatus } from "./abi.ts";
import { BodyBuffer } from "./body-buffer.ts";
import { EnvoyCrash } from "./errors.ts";
import type { HeaderMap } from "./header-map.ts";

/** One filter as the chain sees it. All return what their callback returned, after Envoy's conversions. */
export interface FilterSide {
  onHeaders(headers: HeaderMap, endStream: boolean): number;
  onData(data: BodyBuffer, endStream: boolean): number;
  onTrailers(trailers: HeaderMap): number;
}

/** What the chain is part of. */
export interface ChainOwner {
  readonly direction: "decode" | "encode";
  readonly bufferLimit: number;
  headers(): HeaderMap | undefined;
  trailers(): HeaderMap | undefined;
  /** The sender has sent everything. */
  complete(): boolean;
  /** A stream that is over goes on with nothing. */
  canContinue(): boolean;
  destroyed(): boolean;
  /** A filter of this direction has replied itself: iteration ends. */
  aborted(): boolean;
  /** Sends the local reply that a filter prepared during its callback. */
  executePreparedReply(): void;
  /** A filter is being called, so that a local reply must wait. Calls nest. */
  enter(): unknown;
  leave(): unknown;
  /** What filters buffer together exceeds the limit. */
  tooLarge(): void;
  pauseReading(pause: boolean): void;
  /** Behind the last filter: the router, or the codec. They take all data out of the buffer. */
  sinkHeaders(headers: HeaderMap, endStream: boolean): void;
  sinkData(data: BodyBuffer, endStream: boolean): void;
  sinkTrailers(trailers: HeaderMap): void;
}

type Iteration = "continue" | "stop-single" | "stop-all-buffer" | "stop-all-watermark";

export class ChainEntry {
  iteration: Iteration = "continue";
  /** Headers have gone to the next filter. */
  headersContinued = false;
  /** After a stop of everything this filter has yet to see data and trailers. */
  fromCurrent = false;
  /** This filter has seen the end of the stream. */
  endStream = false;

  constructor(
    readonly side: FilterSide,
    readonly index: number,
  ) {}

  get stoppedAll(): boolean {
    return this.iteration === "stop-all-buffer" || this.iteration === "stop-all-watermark";
  }
}

export class FilterChain {
  /** Data that a paused filter keeps. One buffer for all filters of a direction. */
  buffered: BodyBuffer | undefined;
  private readonly entries: ChainEntry[] = [];
  private streaming = false;

  constructor(private readonly owner: ChainOwner) {}

  add(side: FilterSide): ChainEntry {
    const entry = new ChainEntry(side, this.entries.length);
    this.entries.push(entry);
    return entry;
  }

  headers(headers: HeaderMap, endStream: boolean, after?: ChainEntry): void {
    const owner = this.owner;
    let bodyAddedBy: ChainEntry | undefined;
    for (const entry of this.entries.slice(after === undefined ? 0 : after.index + 1)) {
      entry.endStream = endStream && bodyAddedBy === undefined;
      owner.enter();
      let status = entry.side.onHeaders(headers, entry.endStream);
      owner.leave();
      if (owner.aborted()) {
        owner.executePreparedReply();
        status = HeadersStatus.StopIteration;
      }
      if (this.over) return;
      if (!this.continuesAfterHeaders(entry, status)) {
        if (owner.direction === "decode" || !entry.endStream) this.continueAddedBody(bodyAddedBy);
        return;
      }
      // A filter gave a body to a message that had none: the others must not see the end yet.
      if (endStream && this.buffered !== undefined) bodyAddedBy ??= entry;
    }
    const ended = endStream && bodyAddedBy === undefined;
    owner.sinkHeaders(headers, ended);
    if (!ended) this.continueAddedBody(bodyAddedBy);
  }

  data(data: BodyBuffer, endStream: boolean, after?: ChainEntry): void {
    const owner = this.owner;
    if (this.over) return;
    const hadTrailers = owner.trailers() !== undefined;
    let trailersAddedBy: ChainEntry | undefined;
    let stopped = false;
    for (const entry of this.startingFrom(after)) {
      if (entry.stoppedAll) {
        this.streaming = entry.iteration === "stop-all-watermark";
        this.keep(data);
        return;
      }
      if (entry.endStream) return;
      const ends = endStream && trailersAddedBy === undefined;
      entry.endStream = ends && owner.trailers() === undefined;
      owner.enter();
      const status = entry.side.onData(data, entry.endStream);
      owner.leave();
      if (owner.aborted()) {
        owner.executePreparedReply();
        return;
      }
      if (!hadTrailers && owner.trailers() !== undefined) trailersAddedBy ??= entry;
      if (!this.continuesAfterData(entry, status, data)) {
        stopped = true;
        break;
      }
    }
    if (stopped && owner.direction === "encode") return;
    if (!stopped) owner.sinkData(data, endStream && trailersAddedBy === undefined && !hadTrailers);
    const added = trailersAddedBy === undefined ? undefined : owner.trailers();
    if (added !== undefined) this.trailers(added, trailersAddedBy);
  }

  trailers(trailers: HeaderMap, after?: ChainEntry): void {
    const owner = this.owner;
    if (this.over) return;
    for (const entry of this.startingFrom(after)) {
      if (entry.stoppedAll) return;
      owner.enter();
      let status = entry.side.onTrailers(trailers);
      owner.leave();
      entry.endStream = true;
      if (owner.aborted()) {
        owner.executePreparedReply();
        status = TrailersStatus.StopIteration;
      }
      if (!this.continuesAfterTrailers(entry, status)) return;
    }
    owner.sinkTrailers(trailers);
  }

  /** Goes on behind a filter that had stopped. */
  continue(entry: ChainEntry): void {
    const owner = this.owner;
    if (!owner.canContinue()) return;
    if (entry.stoppedAll) entry.fromCurrent = true;
    entry.iteration = "continue";
    if (!entry.headersContinued) {
      const headers = owner.headers();
      if (headers === undefined) throw new EnvoyCrash("a response was continued that has not begun");
      entry.headersContinued = true;
      this.headers(headers, owner.complete() && this.buffered === undefined && owner.trailers() === undefined, entry);
    }
    // Trailers that a filter adds while it sees data are passed on there.
    const trailers = owner.trailers();
    if (this.buffered !== undefined) this.data(this.buffered, owner.complete() && trailers === undefined, entry);
    if (trailers !== undefined) this.trailers(trailers, entry);
    entry.fromCurrent = false;
  }

  /** A filter that already buffers adds what has just come, before it looks at the whole. */
  addToBuffered(data: BodyBuffer): void {
    this.streaming = false;
    this.keep(data);
  }

  /** The request has been answered: filters do not care about the rest of it. */
  private get over(): boolean {
    return this.owner.destroyed() || (this.owner.direction === "decode" && !this.owner.canContinue());
  }

  private continuesAfterHeaders(entry: ChainEntry, status: number): boolean {
    switch (status) {
      case HeadersStatus.StopIteration:
        entry.iteration = "stop-single";
        return false;
      case HeadersStatus.StopAllIterationAndBuffer:
        entry.iteration = "stop-all-buffer";
        return false;
      case HeadersStatus.StopAllIterationAndWatermark:
        entry.iteration = "stop-all-watermark";
        return false;
      default:
        entry.headersContinued = true;
        return true;
    }
  }

  private continuesAfterData(entry: ChainEntry, status: number, data: BodyBuffer): boolean {
    if (status === DataStatus.Continue) {
      if (entry.iteration !== "stop-single") return true;
      this.keep(data);
      this.continue(entry);
      return false;
    }
    entry.iteration = "stop-single";
    const owner = this.owner;
    if (status !== DataStatus.StopIterationNoBuffer) {
      this.streaming = status === DataStatus.StopIterationAndWatermark;
      this.keep(data);
    } else if (owner.complete() && owner.trailers() === undefined && !owner.destroyed()) {
      // So that going on passes an empty frame with the end of the stream.
      this.buffered ??= this.createBuffer();
    }
    return false;
  }

  private continuesAfterTrailers(entry: ChainEntry, status: number): boolean {
    if (status === TrailersStatus.Continue) {
      if (entry.iteration !== "stop-single") return true;
      this.continue(entry);
      return false;
    }
    if (entry.iteration === "continue") entry.iteration = "stop-single";
    return false;
  }

  private continueAddedBody(entry: ChainEntry | undefined): void {
    if (entry === undefined) return;
    entry.iteration = "stop-single";
    this.continue(entry);
  }

  private startingFrom(after: ChainEntry | undefined): readonly ChainEntry[] {
    if (after === undefined) return this.entries;
    return this.entries.slice(after.fromCurrent ? after.index : after.index + 1);
  }

  private keep(data: BodyBuffer): void {
    if (this.buffered === data) return;
    this.buffered ??= this.createBuffer();
    this.buffered.moveFrom(data);
  }

  private createBuffer(): BodyBuffer {
    const owner = this.owner;
    return new BodyBuffer({
      limit: owner.bufferLimit,
      above: () => (this.streaming ? owner.pauseReading(true) : owner.tooLarge()),
      // Only a pause can end: a buffer that was too large has ended the stream.
      below: () => owner.pauseReading(false),
    });
  }
}
