/**
 * An HTTP/2 client without TLS (prior knowledge) that sends exactly the header fields that it is told, in their order; only
 * names are made lower-case, as HTTP/2 has them.
 */
import http2, { type ClientHttp2Session, type ClientHttp2Stream } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { pairs } from "../pairs.ts";
import { within } from "../within.ts";
import { type Answer, ANSWER_TIMEOUT, CHUNK_PAUSE, NO_ANSWER, type Request } from "./answer.ts";
import { ExactHeadersConnection } from "./http2-headers.ts";

/** A connection that carries any number of requests at a time. */
export class Http2Connection {
  readonly #connection: ExactHeadersConnection;
  readonly #session: ClientHttp2Session;

  /** @param opening  bytes before all else: a header of the PROXY protocol */
  constructor(port: number, opening = "") {
    this.#connection = new ExactHeadersConnection(port, opening);
    this.#session = http2.connect(`http://127.0.0.1:${port}`, {
      createConnection: () => this.#connection,
      maxDeflateDynamicTableSize: 0,
    });
    // Each request reports its own failure.
    this.#session.on("error", () => {});
  }

  /** Sends a request and reads its response. Rejects when that is not whole in time. */
  async send(request: Request): Promise<Answer> {
    const { method, path, body, chunks, trailers, unfinished, abortAfter, timeout = ANSWER_TIMEOUT } = request;
    const hasBody = [body, chunks, trailers, unfinished].some((part) => part !== undefined);
    this.#connection.next.push({ headers: headersOf(request), trailers: lowerCase(trailers ?? []) });
    // With a signal the stream is reset and nothing else: `close` would end an unfinished request first.
    const gone = new AbortController();
    const options = { endStream: !hasBody, waitForTrailers: trailers !== undefined, signal: gone.signal };
    const stream = this.#session.request({}, options);
    // What is sent as trailers is the connection's to say; Node would send none if there were none.
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-trailers": "" }));
    const received = receive(stream);
    const abort = () => gone.abort();
    const timer = abortAfter === undefined ? undefined : setTimeout(abort, abortAfter);
    const exchange = Promise.all([received, hasBody ? sendBody(stream, request) : undefined]);
    try {
      const [answer] = await within(timeout, `the answer to ${method} ${path}`, exchange);
      if (gone.signal.aborted) await within(timeout, "a ping behind a reset", this.#ping());
      return answer;
    } catch (error) {
      abort();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#session.destroy();
  }

  /** When it is answered, all that was sent before has arrived. */
  #ping(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#session.destroyed || !this.#session.ping(() => resolve())) resolve();
    });
  }
}

/** Sends one request over a connection of its own. */
export async function requestOverHttp2(port: number, request: Request): Promise<Answer> {
  const connection = new Http2Connection(port);
  try {
    return await connection.send(request);
  } finally {
    connection.close();
  }
}

function receive(stream: ClientHttp2Stream): Promise<Answer> {
  const answer = structuredClone(NO_ANSWER) as Answer;
  const body: Buffer[] = [];
  stream.on("response", (headers, _flags, rawHeaders?: string[]) => {
    answer.status = Number(headers[":status"]);
    answer.headers = pairs(rawHeaders ?? []).filter(([name]) => !name.startsWith(":"));
  });
  stream.on("trailers", (_headers, _flags, rawTrailers?: string[]) => (answer.trailers = pairs(rawTrailers ?? [])));
  stream.on("data", (chunk: Buffer) => body.push(chunk));
  stream.on("error", () => {});
  return new Promise((resolve) => {
    stream.on("close", () => {
      answer.broken = answer.status === 0 || stream.rstCode !== http2.constants.NGHTTP2_NO_ERROR;
      answer.body = Buffer.concat(body).toString();
      resolve(answer);
    });
  });
}

async function sendBody(stream: ClientHttp2Stream, request: Request): Promise<void> {
  const { body = "", chunks, trailers, unfinished = false, chunkPause = CHUNK_PAUSE } = request;
  const pieces = (chunks ?? [body]).filter((piece) => piece.length > 0);
  // Without trailers the frame of the last piece ends the stream, as clients do it.
  const last = trailers === undefined && !unfinished ? pieces.pop() : undefined;
  for (const piece of pieces) {
    if (stream.destroyed) return;
    stream.write(piece);
    if (chunks !== undefined) await sleep(chunkPause);
  }
  if (!unfinished) stream.end(last);
}

function headersOf({ method, path, authority, headers = [] }: Request): [string, string][] {
  const pseudo: [string, string][] = [
    [":method", method],
    [":path", path],
    [":authority", authority],
    [":scheme", "http"],
  ];
  return [...pseudo, ...lowerCase(headers)];
}

function lowerCase(fields: readonly (readonly [string, string])[]): [string, string][] {
  return fields.map(([name, value]) => [name.toLowerCase(), value]);
}
