/** An HTTP/2 client without TLS (prior knowledge). It refuses what node:http2 refuses, duplicates of `authorization` too. */
import http2, { type ClientHttp2Session, type OutgoingHttpHeaders } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { pairs } from "../pairs.ts";
import { type Answer, CHUNK_PAUSE, NO_ANSWER, type Request } from "./answer.ts";

/** A connection that carries any number of requests at a time. */
export class Http2Connection {
  readonly #session: ClientHttp2Session;

  constructor(port: number) {
    this.#session = http2.connect(`http://127.0.0.1:${port}`);
    // Each request reports its own failure.
    this.#session.on("error", () => {});
  }

  /** Sends a request and reads its response. Rejects only when node:http2 refuses to send it. */
  async send(request: Request): Promise<Answer> {
    const { body, chunks, trailers } = request;
    const hasBody = body !== undefined || chunks !== undefined || trailers !== undefined;
    const stream = this.#session.request(headersOf(request), {
      endStream: !hasBody,
      waitForTrailers: trailers !== undefined,
    });
    const answer = structuredClone(NO_ANSWER) as Answer;
    const received: Buffer[] = [];
    const done = new Promise<void>((resolve) => {
      stream.on("response", (headers, _flags, rawHeaders?: string[]) => {
        answer.status = Number(headers[":status"]);
        answer.headers = pairs(rawHeaders ?? []).filter(([name]) => !name.startsWith(":"));
      });
      stream.on("trailers", (_headers, _flags, rawTrailers?: string[]) => (answer.trailers = pairs(rawTrailers ?? [])));
      stream.on("data", (chunk: Buffer) => received.push(chunk));
      stream.on("error", () => {});
      stream.on("close", () => {
        answer.broken = answer.status === 0 || stream.rstCode !== http2.constants.NGHTTP2_NO_ERROR;
        resolve();
      });
    });
    if (trailers !== undefined) stream.on("wantTrailers", () => stream.sendTrailers(objectOf(trailers)));
    if (hasBody) {
      for (const chunk of chunks ?? [body ?? ""]) {
        if (stream.destroyed) break;
        if (chunk !== "") stream.write(chunk);
        if (chunks !== undefined) await sleep(CHUNK_PAUSE);
      }
      stream.end();
    }
    await done;
    answer.body = Buffer.concat(received).toString();
    return answer;
  }

  close(): void {
    this.#session.destroy();
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

function headersOf({ method, path, authority, headers = [] }: Request): OutgoingHttpHeaders {
  return { ":method": method, ":path": path, ":scheme": "http", ":authority": authority, ...objectOf(headers) };
}

/** node:http2 wants several values of one name as an array. */
function objectOf(headers: readonly (readonly [string, string])[]): OutgoingHttpHeaders {
  const object: Record<string, string | string[]> = {};
  for (const [name, value] of headers) {
    const others = object[name];
    object[name] = others === undefined ? value : [others, value].flat();
  }
  return object;
}
