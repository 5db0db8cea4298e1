/** An upstream that answers as a scenario says, in place of the echo. HTTP/1.1 and HTTP/2 on one port. */
import http, { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import http2, { type ServerHttp2Session, type ServerHttp2Stream, type ServerStreamResponseOptions } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { AnswerScript } from "../../host-tests/scenario/answers.ts";
import type { PreparedAnswer } from "../../host-tests/scenario/expand.ts";
import type { UpstreamRequest } from "../../host-tests/scenario/expect.ts";
import { milliseconds } from "../../host-tests/scenario/time.ts";
import { pairs } from "../pairs.ts";
import { listenBoth, type Listening } from "./detect.ts";

/** Chunks of a body, and a reset behind the headers: what is sent so far apart (milliseconds) reaches Envoy apart. */
const PAUSE = 20;

type Arrived = Omit<UpstreamRequest, "name">;

export class ScriptedUpstream {
  readonly #listening: Listening;
  readonly #sessions: Set<ServerHttp2Session>;
  /** In the order in which they ended. */
  readonly #requests: readonly Arrived[];

  private constructor(listening: Listening, sessions: Set<ServerHttp2Session>, requests: readonly Arrived[]) {
    this.#listening = listening;
    this.#sessions = sessions;
    this.#requests = requests;
  }

  static async start(answers: readonly PreparedAnswer[]): Promise<ScriptedUpstream> {
    const script = new AnswerScript(answers);
    const requests: Arrived[] = [];
    const sessions = new Set<ServerHttp2Session>();
    const next = async (arrived: Arrived): Promise<PreparedAnswer> => {
      requests.push(arrived);
      const answer: PreparedAnswer = script.next(arrived.path, arrived.headers);
      await sleep(milliseconds(answer.delay ?? "0s"));
      return answer;
    };
    const servers = {
      http1: http.createServer((request, response) => void serveHttp1(request, response, next)),
      http2: http2.createServer(),
    };
    servers.http2.on("session", (session) => {
      sessions.add(session);
      session.on("close", () => sessions.delete(session));
    });
    servers.http2.on("stream", (stream: ServerHttp2Stream, _headers: unknown, _flags: number, raw: string[]) => {
      void serveHttp2(stream, pairs(raw), next);
    });
    return new ScriptedUpstream(await listenBoth(servers), sessions, requests);
  }

  get port(): number {
    return this.#listening.port;
  }

  /** The request with this `x-request-id`, if it arrived whole. */
  request(id: string): Arrived | undefined {
    return this.#requests.find(({ headers }) =>
      headers.some(([name, value]) => name === "x-request-id" && value === id),
    );
  }

  async stop(): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    await this.#listening.close();
  }
}

type Next = (arrived: Arrived) => Promise<PreparedAnswer>;

async function serveHttp1(request: IncomingMessage, response: ServerResponse, next: Next): Promise<void> {
  response.on("error", () => response.destroy());
  const body = await bodyOf(request);
  if (body === undefined) return;
  const { method = "", url = "", rawHeaders } = request;
  const answer = await next({ method, path: url, headers: pairs(rawHeaders), body });
  if (answer.fault === "hang") return;
  if (answer.fault === "reset") {
    request.socket.destroy();
    return;
  }
  const { status = 200, chunks, trailers = [] } = answer;
  const isChunked = chunks !== undefined || trailers.length > 0;
  const length = isChunked ? {} : { "content-length": Buffer.byteLength(answer.body ?? "") };
  response.writeHead(status, { ...grouped(answer.headers), ...length });
  response.flushHeaders();
  if (answer.fault === "reset-body") {
    await sleep(PAUSE);
    request.socket.destroy();
    return;
  }
  for (const chunk of piecesOf(answer)) {
    response.write(chunk);
    if (chunks !== undefined) await sleep(PAUSE);
  }
  response.addTrailers(trailers);
  response.end();
}

async function serveHttp2(stream: ServerHttp2Stream, fields: [string, string][], next: Next): Promise<void> {
  stream.on("error", () => stream.close());
  const body = await bodyOf(stream);
  if (body === undefined) return;
  const pseudo = (wanted: string) => fields.find(([name]) => name === wanted)?.[1] ?? "";
  const headers: [string, string][] = [
    ["host", pseudo(":authority")],
    ...fields.filter(([name]) => !name.startsWith(":")),
  ];
  const answer = await next({ method: pseudo(":method"), path: pseudo(":path"), headers, body });
  if (stream.destroyed || answer.fault === "hang") return;
  if (answer.fault === "reset") {
    breakOff(stream);
    return;
  }
  const { status = 200, chunks, trailers } = answer;
  const pieces = piecesOf(answer);
  const endStream = pieces.length === 0 && trailers === undefined && answer.fault === undefined;
  // Node's types do not know `sendDate` here.
  const options: ServerStreamResponseOptions & { sendDate: boolean } = {
    endStream,
    waitForTrailers: trailers !== undefined,
    sendDate: false,
  };
  stream.respond({ ":status": status, ...grouped(answer.headers) }, options);
  if (answer.fault === "reset-body") {
    await sleep(PAUSE);
    breakOff(stream);
    return;
  }
  stream.on("wantTrailers", () => stream.sendTrailers(grouped(trailers)));
  for (const piece of pieces) {
    if (!stream.writable) return;
    stream.write(piece);
    if (chunks !== undefined) await sleep(PAUSE);
  }
  if (!endStream) stream.end();
}

/** With RST_STREAM only: `close` would end the response first. */
function breakOff(stream: ServerHttp2Stream): void {
  stream.destroy(new Error("the script breaks it off"));
}

function piecesOf({ chunks, body = "" }: PreparedAnswer): readonly (string | Buffer)[] {
  return chunks ?? (body === "" ? [] : [body]);
}

/** The whole body as UTF-8; `undefined` when the request broke off. */
async function bodyOf(stream: AsyncIterable<Buffer>): Promise<string | undefined> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  } catch {
    return undefined;
  }
}

/** Values by name, as Node wants several of one name. */
function grouped(headers: readonly [string, string][] = []): OutgoingHttpHeaders {
  const names = new Set(headers.map(([name]) => name));
  return Object.fromEntries(
    [...names].map((name) => [name, headers.filter(([other]) => other === name).map(([, value]) => value)]),
  );
}
