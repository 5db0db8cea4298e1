/** A message cut into frames, as a codec delivers them, and a queue that hands them over one by one. */
import { EMPTY, toBuffer, type BytesLike } from "./bytes.ts";
import type { Clock, Timer } from "./clock.ts";
import { HeaderMap } from "./header-map.ts";
import { asPairs } from "./http-call.ts";
import type { HeadersInit } from "./types.ts";

export type Frame =
  | { kind: "headers"; headers: HeaderMap; endStream: boolean }
  | { kind: "data"; data: Buffer; endStream: boolean; delayMs?: number }
  | { kind: "trailers"; trailers: HeaderMap };

interface Parts {
  body?: BytesLike | undefined;
  chunks?: readonly BytesLike[] | undefined;
  chunkDelayMs?: number | undefined;
  trailers?: HeadersInit | undefined;
  unfinished?: boolean | undefined;
}

/** Largest frame: a DATA frame of HTTP/2 without further settings, and what Envoy reads at a time from HTTP/1. */
const FRAME_SIZE = 16 * 1024;

/** In HTTP/1 the end comes alone, behind the last data; in HTTP/2 the last data carries it. */
export function toFrames(headers: HeaderMap, parts: Parts, protocol: "http1" | "http2"): Frame[] {
  const pause = parts.chunks === undefined ? 0 : (parts.chunkDelayMs ?? 0);
  const chunks = (parts.chunks ?? cut(toBuffer(parts.body ?? EMPTY))).map(toBuffer);
  const hasTrailers = parts.trailers !== undefined;
  const isUnfinished = parts.unfinished === true;
  const endsWithHeaders = chunks.length === 0 && !hasTrailers && !isUnfinished;
  const frames: Frame[] = [{ kind: "headers", headers, endStream: endsWithHeaders }];
  for (const [index, data] of chunks.entries()) {
    const isLast = index === chunks.length - 1 && !hasTrailers && !isUnfinished;
    const delayMs = index === 0 ? 0 : pause;
    frames.push({ kind: "data", data, endStream: isLast && protocol === "http2", delayMs });
    if (isLast && protocol === "http1") frames.push({ kind: "data", data: EMPTY, endStream: true, delayMs: pause });
  }
  if (hasTrailers && !isUnfinished) frames.push({ kind: "trailers", trailers: new HeaderMap(asPairs(parts.trailers)) });
  return frames;
}

function cut(body: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let start = 0; start < body.length; start += FRAME_SIZE) pieces.push(body.subarray(start, start + FRAME_SIZE));
  return pieces;
}

/** Delivers frames as events, one after the other, unless it is paused. */
export class FrameQueue {
  private readonly frames: Frame[] = [];
  private next = 0;
  private pauses = 0;
  private timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly deliver: (frame: Frame) => void,
  ) {}

  push(frame: Frame): void {
    this.frames.push(frame);
    this.wake();
  }

  pause(pause: boolean): void {
    this.pauses += pause ? 1 : -1;
    this.wake();
  }

  cancel(): void {
    this.timer?.cancel();
    this.frames.length = 0;
    this.next = 0;
  }

  private wake(): void {
    if (this.timer !== undefined || this.pauses > 0 || this.next >= this.frames.length) return;
    const waiting = this.frames[this.next];
    this.timer = this.clock.schedule(waiting?.kind === "data" ? (waiting.delayMs ?? 0) : 0, () => {
      this.timer = undefined;
      const frame = this.frames[this.next++];
      if (frame !== undefined) this.deliver(frame);
      this.wake();
    });
  }
}
