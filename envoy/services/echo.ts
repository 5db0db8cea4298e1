/**
 * The upstream: answers with what it got, and remembers it. HTTP/1.1, HTTP/2 and WebSocket on one port.
 *
 * A request is answered with 200 and, as JSON, what arrived (`Echo`). A request with `x-echo: stream` gets its own body
 * back, piece by piece as it arrives, and its trailers. One with `x-echo-status` gets that status, one with `x-echo-delay`
 * waits so many milliseconds for its answer. A WebSocket gets each message back.
 */
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import http2, { type ServerHttp2Stream } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocketServer } from "ws";
import { pairs } from "../pairs.ts";
import { listenBoth, type Listening } from "./detect.ts";

/** A request as it arrived. */
export interface Echo {
  protocol: "http1" | "http2";
  method: string;
  path: string;
  /** In order, duplicates kept; HTTP/2 pseudo-headers left out, `:authority` as `host`. */
  headers: [string, string][];
  body: string;
  trailers: [string, string][];
}

export interface EchoOptions {
  /** Default: the system's choice. */
  port?: number;
  /** Address to listen on; default the loopback interface. */
  host?: string;
  /** How many requests it remembers, the newest; default: all. */
  remembers?: number;
}

/** Takes a request that arrived. */
type Remember = (echo: Echo) => void;

export class EchoService {
  /** What arrived, whole, in the order in which the requests ended. */
  readonly requests: Echo[] = [];
  readonly port: number;
  readonly #listening: Listening;
  readonly #sessions: Set<http2.ServerHttp2Session>;

  private constructor(listening: Listening, requests: Echo[], sessions: Set<http2.ServerHttp2Session>) {
    this.port = listening.port;
    this.requests = requests;
    this.#listening = listening;
    this.#sessions = sessions;
  }

  static async start({ port, host, remembers = Infinity }: EchoOptions = {}): Promise<EchoService> {
    const requests: Echo[] = [];
    const remember = (echo: Echo) => {
      requests.push(echo);
      if (requests.length > remembers) requests.shift();
    };
    const sessions = new Set<http2.ServerHttp2Session>();
    const servers = {
      http1: http.createServer((request, response) => void answerHttp1(request, response, remember)),
      http2: http2.createServer(),
    };
    servers.http2.on("session", (session) => {
      sessions.add(session);
      session.on("close", () => sessions.delete(session));
    });
    servers.http2.on("stream", (stream: ServerHttp2Stream, _headers: unknown, _flags: number, rawHeaders: string[]) => {
      void answerHttp2(stream, rawHeaders, remember);
    });
    const sockets = new WebSocketServer({ noServer: true });
    servers.http1.on("upgrade", (request: IncomingMessage, socket, head) => {
      remember(ofHttp1(request, ""));
      sockets.handleUpgrade(request, socket, head, (client) => {
        client.on("message", (data, isBinary) => client.send(data, { binary: isBinary }));
      });
    });
    return new EchoService(await listenBoth(servers, port, host), requests, sessions);
  }

  /** The request with this `x-request-id`, if it arrived. */
  request(id: string): Echo | undefined {
    return this.requests.find(({ headers }) =>
      headers.some(([name, value]) => name === "x-request-id" && value === id),
    );
  }

  async stop(): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    await this.#listening.close();
  }
}

async function answerHttp1(request: IncomingMessage, response: ServerResponse, remember: Remember): Promise<void> {
  response.on("error", () => response.destroy());
  request.on("error", () => response.destroy());
  if (request.headers["x-echo"] === "stream") {
    response.writeHead(200, { trailer: "x-echo-bytes" });
    let bytes = 0;
    request.on("data", (chunk: Buffer) => (bytes += chunk.length));
    request.on("end", () => response.addTrailers({ "x-echo-bytes": String(bytes) }));
    request.pipe(response);
    request.on("end", () => remember(ofHttp1(request, "")));
    return;
  }
  const body = await bodyOf(request);
  if (body === undefined) return;
  const echo = ofHttp1(request, body);
  remember(echo);
  await sleepFor(echo);
  response.writeHead(statusFor(echo), { "content-type": "application/json" }).end(JSON.stringify(echo));
}

async function answerHttp2(stream: ServerHttp2Stream, rawHeaders: string[], remember: Remember): Promise<void> {
  stream.on("error", () => stream.close());
  const trailers: [string, string][] = [];
  stream.on("trailers", (_headers: unknown, _flags: unknown, raw: unknown) => trailers.push(...pairs(raw as string[])));
  const headers = pairs(rawHeaders);
  const isStream = headers.some(([name, value]) => name === "x-echo" && value === "stream");
  if (isStream) {
    stream.respond({ ":status": 200 }, { waitForTrailers: true });
    let bytes = 0;
    stream.on("data", (chunk: Buffer) => (bytes += chunk.length));
    stream.on("wantTrailers", () => {
      remember(ofHttp2(headers, "", trailers));
      stream.sendTrailers({ "x-echo-bytes": String(bytes) });
    });
    stream.pipe(stream);
    return;
  }
  const body = await bodyOf(stream);
  if (body === undefined) return;
  const echo = ofHttp2(headers, body, trailers);
  remember(echo);
  await sleepFor(echo);
  // The client may have gone.
  if (stream.destroyed) return;
  stream.respond({ ":status": statusFor(echo), "content-type": "application/json" });
  stream.end(JSON.stringify(echo));
}

/** The status that a request asks for. */
function statusFor({ headers }: Echo): number {
  return asked(headers, "x-echo-status", /^[2-5]\d\d$/) ?? 200;
}

/** Waits as long as a request asks for. */
async function sleepFor({ headers }: Echo): Promise<void> {
  const delay = asked(headers, "x-echo-delay", /^\d{1,4}$/);
  if (delay !== undefined) await sleep(delay);
}

function asked(headers: Echo["headers"], wanted: string, format: RegExp): number | undefined {
  const value = headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  return value !== undefined && format.test(value) ? Number(value) : undefined;
}

/** The whole body as UTF-8; `undefined` when the stream broke off. */
export async function bodyOf(stream: AsyncIterable<Buffer>): Promise<string | undefined> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  } catch {
    return undefined;
  }
}

/** A request of HTTP/1.1 and its body, which has ended. */
export function ofHttp1(request: IncomingMessage, body: string): Echo {
  const { method = "", url = "", rawHeaders, rawTrailers } = request;
  return { protocol: "http1", method, path: url, headers: pairs(rawHeaders), body, trailers: pairs(rawTrailers) };
}

function ofHttp2(headers: [string, string][], body: string, trailers: [string, string][]): Echo {
  const pseudo = (name: string) => headers.find(([other]) => other === name)?.[1] ?? "";
  return {
    protocol: "http2",
    method: pseudo(":method"),
    path: pseudo(":path"),
    headers: [["host", pseudo(":authority")], ...headers.filter(([name]) => !name.startsWith(":"))],
    body,
    trailers,
  };
}
