/** A steady stream of requests like those of the demonstration, so that metrics have something to show. */
import { setTimeout as sleep } from "node:timers/promises";
import type { CallerName } from "../bookinfo/topology.ts";
import type { Request } from "../client/answer.ts";
import { Http1Connection } from "../client/http1.ts";
import { closes } from "../harness/load.ts";
import type { DemoRequest } from "./demo-requests.ts";

/** Connections, each with one request at a time. */
const CONNECTIONS = 8;
/** One request in so many is one that the waypoint refuses, … */
const REFUSED_EVERY = 20;
/** … and one in so many fails in the pod. */
const FAILED_EVERY = 50;
/** Tokens live for an hour; milliseconds after which there are new ones. */
const RENEWAL = 30 * 60_000;
/** Milliseconds of rest when the waypoint cannot be reached. */
const REST = 1_000;

export interface TrafficOptions {
  /** Where a caller's requests go. */
  port: (caller: CallerName) => number;
  /** Requests a second. */
  rate: number;
  /** Requests with fresh tokens. */
  requests: () => Promise<readonly DemoRequest[]>;
}

export class Traffic {
  readonly #options: TrafficOptions;
  readonly #ended = new AbortController();
  readonly #renewal: NodeJS.Timeout;
  readonly #clients: Promise<unknown>;
  #requests: readonly DemoRequest[];

  private constructor(options: TrafficOptions, requests: readonly DemoRequest[]) {
    this.#options = options;
    this.#requests = requests;
    this.#renewal = setInterval(() => void this.#renew(), RENEWAL);
    this.#clients = Promise.all(Array.from({ length: CONNECTIONS }, (_, client) => this.#run(client)));
  }

  static async start(options: TrafficOptions): Promise<Traffic> {
    return new Traffic(options, await options.requests());
  }

  /** Lets each connection finish its request. */
  async stop(): Promise<void> {
    clearInterval(this.#renewal);
    this.#ended.abort();
    await this.#clients;
  }

  /** Sends every eighth request at its time, or at once when it is late. What it could not send for a while it leaves. */
  async #run(client: number): Promise<void> {
    const { port, rate } = this.#options;
    const connections = new Connections(port);
    let due = performance.now() + (client * 1_000) / rate;
    for (let number = client; await this.#reach(due); number += CONNECTIONS) {
      due = Math.max(due + (CONNECTIONS * 1_000) / rate, performance.now() - REST);
      try {
        await connections.send(trafficRequest(number, this.#requests));
      } catch {
        // What is wrong with the waypoint, its metrics and its log tell. It may come back.
        await this.#wait(REST);
      }
    }
    connections.close();
  }

  /** Waits for a time. False: there are no more requests. */
  async #reach(time: number): Promise<boolean> {
    await this.#wait(time - performance.now());
    return !this.#ended.signal.aborted;
  }

  async #renew(): Promise<void> {
    this.#requests = await this.#options.requests();
  }

  async #wait(milliseconds: number): Promise<void> {
    if (milliseconds > 0) await sleep(milliseconds, undefined, { signal: this.#ended.signal }).catch(() => {});
  }
}

/** One connection for each caller, opened when it is needed. */
class Connections {
  readonly #port: TrafficOptions["port"];
  readonly #open = new Map<CallerName, Http1Connection>();

  constructor(port: TrafficOptions["port"]) {
    this.#port = port;
  }

  /** Rejects when there is no whole answer. */
  async send({ from, request }: CallersRequest): Promise<void> {
    const connection = this.#open.get(from) ?? (await Http1Connection.open(this.#port(from)));
    this.#open.delete(from);
    let canGoOn = false;
    try {
      const answer = await connection.send(request);
      canGoOn = !answer.broken && !closes(answer);
    } finally {
      if (canGoOn) this.#open.set(from, connection);
      else connection.close();
    }
  }

  close(): void {
    for (const connection of this.#open.values()) connection.close();
  }
}

/** A request, and whose ztunnel it goes through. */
export interface CallersRequest {
  from: CallerName;
  request: Request;
}

/** The request with this number: most of them pass, some are refused, some fail in the pod. */
export function trafficRequest(number: number, requests: readonly DemoRequest[]): CallersRequest {
  const passing = requests.filter(({ passes }) => passes);
  const refused = requests.filter(({ passes }) => !passes);
  const isRefused = number % REFUSED_EVERY === REFUSED_EVERY - 1;
  const chosen = isRefused ? nth(refused, Math.floor(number / REFUSED_EVERY)) : nth(passing, number);
  const isFailed = number % FAILED_EVERY === FAILED_EVERY / 2;
  const headers = [
    ...(chosen.request.headers ?? []),
    // Mostly short, now and then longer.
    ["x-fault-delay", String(Math.round(2 + 40 * Math.random() ** 6))] as const,
    ...(isFailed ? [["x-fault-status", "503"] as const] : []),
  ];
  return { from: chosen.from ?? "productpage", request: { authority: "reviews", ...chosen.request, headers } };
}

function nth<T>(list: readonly T[], number: number): T {
  const element = list[number % list.length];
  if (element === undefined) throw new Error("there are no requests to choose from");
  return element;
}
