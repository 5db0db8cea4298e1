/**
 * Bookinfo's applications (https://istio.io/latest/docs/examples/bookinfo/), small, and with faults on demand. HTTP/1.1.
 *
 * They answer every path and every method: what may get here is the waypoint's business. An answer of `reviews`, `ratings` or
 * `details` is JSON, `{ pod, …what the service says…, request }`, `request` being what arrived (`Echo`); `productpage`
 * answers a page of HTML. Each has `x-pod`. `GET /health` is for health checks: never at fault, and not remembered.
 *
 * A request can bring a fault for itself: `x-fault-delay` (milliseconds), `x-fault-status`, `x-fault-reset`.
 */
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { listen, type Listening } from "../services/detect.ts";
import { bodyOf, type Echo, ofHttp1 } from "../services/echo.ts";
import { type Fault, FaultDealer, type Mishap } from "./pod-fault.ts";
import { type AppName, type Answer, SERVICES } from "./pod-services.ts";

export { type Fault } from "./pod-fault.ts";
export { type AppName } from "./pod-services.ts";

export interface PodOptions {
  service: AppName;
  /** `v1`, … */
  version: string;
  /** Default `<service>-<version>`: `reviews-v1`. */
  name?: string;
  /** Default: the system's choice. */
  port?: number;
  /** Address to listen on; default the loopback interface. */
  host?: string;
  /** Origins of the services that it calls: `http://127.0.0.1:9080`. One that is not there is unavailable. */
  calls?: Partial<Record<AppName, string>>;
  /** How many requests it remembers, the newest; default: all. */
  remembers?: number;
}

/** One pod of a Deployment. */
export class Pod {
  readonly name: string;
  readonly service: AppName;
  readonly version: string;
  readonly port: number;
  /** What arrived, whole, in the order in which the requests ended; those that a fault befell too. */
  readonly requests: Echo[];
  /** Origins of the services that it calls; a change counts from the next request on. */
  calls: Partial<Record<AppName, string>>;
  readonly #listening: Listening;
  #fault: Fault = {};
  #dealer = new FaultDealer({});

  private constructor(options: PodOptions, listening: Listening, requests: Echo[]) {
    const { service, version, name = `${service}-${version}`, calls = {} } = options;
    this.name = name;
    this.service = service;
    this.version = version;
    this.calls = calls;
    this.port = listening.port;
    this.requests = requests;
    this.#listening = listening;
  }

  static async start(options: PodOptions): Promise<Pod> {
    const { port, host, remembers = Infinity } = options;
    const requests: Echo[] = [];
    // Nobody knows the port before there is a pod.
    const server = http.createServer((request, response) => void pod.#answer(request, response, remembers));
    // A proxy that takes an idle connection again at the moment of its end would report a failure that nobody ordered.
    server.keepAliveTimeout = 0;
    const pod: Pod = new Pod(options, await listen(server, port, host), requests);
    return pod;
  }

  /** What is wrong with it now. */
  get fault(): Fault {
    return this.#fault;
  }

  /** Replaces what was wrong, from the next request on; counts for `share` and `times` begin anew. */
  set fault(fault: Fault) {
    this.#fault = fault;
    this.#dealer = new FaultDealer(fault);
  }

  /** The first request with this `x-request-id`, if one arrived. */
  request(id: string): Echo | undefined {
    return this.requests.find((echo) => header(echo, "x-request-id") === id);
  }

  async stop(): Promise<void> {
    await this.#listening.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse, remembers: number): Promise<void> {
    response.on("error", () => response.destroy());
    if (request.url === "/health") return void response.writeHead(200, { "x-pod": this.name }).end("healthy\n");
    const body = await bodyOf(request);
    if (body === undefined) return;
    const echo = ofHttp1(request, body);
    this.requests.push(echo);
    if (this.requests.length > remembers) this.requests.shift();
    const { delay = 0, status = 200, reset } = { ...this.#dealer.next(), ...broughtBy(echo) };
    // Nobody waits for the answer of a pod that has stopped.
    if (delay > 0) await sleep(delay, undefined, { ref: false });
    if (reset) return void request.socket.resetAndDestroy();
    const answer = status === 200 ? await this.#say(echo) : { json: { error: `fault: ${status}` } };
    response.writeHead(status, { "x-pod": this.name, "content-type": contentTypeOf(answer) });
    response.end(this.#text(answer, echo));
  }

  #say(request: Echo): Promise<Answer> | Answer {
    return SERVICES[this.service]({ request, version: this.version, calls: this.calls });
  }

  #text(answer: Answer, request: Echo): string {
    return "html" in answer ? answer.html : JSON.stringify({ pod: this.name, ...answer.json, request });
  }
}

function contentTypeOf(answer: Answer): string {
  return "html" in answer ? "text/html; charset=utf-8" : "application/json";
}

/** The fault that a request asks for; a header that makes no sense asks for nothing. */
function broughtBy(request: Echo): Mishap {
  const number = (name: string, format: RegExp) => {
    const value = header(request, name);
    return value !== undefined && format.test(value) ? Number(value) : undefined;
  };
  const delay = number("x-fault-delay", /^\d{1,5}$/);
  const status = number("x-fault-status", /^[2-5]\d\d$/);
  const reset = header(request, "x-fault-reset") === "true";
  return { ...(delay !== undefined && { delay }), ...(status !== undefined && { status }), ...(reset && { reset }) };
}

function header({ headers }: Echo, wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
}
