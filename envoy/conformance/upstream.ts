/** A service that answers every request by the same script, and shows the last one that came. */
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { CHUNK_PAUSE_MS, type ScriptedReply } from "../../host-tests/host/conformance/case.ts";
import { pairs } from "../pairs.ts";
import { listen, type Listening } from "../services/detect.ts";

/** Between the headers of a response and its end by a reset: they must reach Envoy apart. */
const RESET_DELAY = 20;

/** A request as far as it has arrived. */
export interface ArrivedRequest {
  method: string;
  path: string;
  headers: [string, string][];
  body: string;
}

export class ConformanceUpstream {
  /** The last request since `forget`, which may still be on its way. */
  arrived: ArrivedRequest | undefined;
  readonly #listening: Listening;

  private constructor(listening: Listening) {
    this.#listening = listening;
  }

  static async start(reply: ScriptedReply): Promise<ConformanceUpstream> {
    const server = http.createServer();
    const upstream = new ConformanceUpstream(await listen(server));
    server.on("request", (request, response) => {
      upstream.#keep(request);
      void answer(request, response, reply);
    });
    return upstream;
  }

  get port(): number {
    return this.#listening.port;
  }

  forget(): void {
    this.arrived = undefined;
  }

  stop(): Promise<void> {
    return this.#listening.close();
  }

  #keep(request: IncomingMessage): void {
    const { method = "", url = "", rawHeaders } = request;
    const arrived = { method, path: url, headers: pairs(rawHeaders), body: "" };
    this.arrived = arrived;
    request.on("data", (data: Buffer) => (arrived.body += data.toString()));
    request.on("error", () => {});
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, reply: ScriptedReply): Promise<void> {
  await new Promise((resolve) => request.on("end", resolve));
  if (reply.fault === "hang") return;
  await sleep(reply.delayMs ?? 0);
  if (reply.fault === "reset") {
    request.socket.destroy();
    return;
  }
  writeHead(response, reply);
  if (reply.fault === "reset-body") {
    response.flushHeaders();
    await sleep(RESET_DELAY);
    request.socket.destroy();
    return;
  }
  for (const chunk of reply.chunks ?? [reply.body ?? ""]) {
    if (chunk !== "") response.write(chunk);
    if (reply.chunks !== undefined) await sleep(CHUNK_PAUSE_MS);
  }
  if (reply.trailers !== undefined) response.addTrailers(reply.trailers);
  response.end();
}

/** The headers of the script, and a length unless the body is to be chunked. */
function writeHead(
  response: ServerResponse,
  { status = 200, headers = [], body = "", chunks, trailers }: ScriptedReply,
) {
  const isChunked = chunks !== undefined || trailers !== undefined;
  const hasLength = headers.some(([name]) => name === "content-length");
  const length = isChunked || hasLength ? [] : ["content-length", String(Buffer.byteLength(body))];
  // What Node would add is none of the script's.
  response.sendDate = false;
  response.removeHeader("connection");
  response.writeHead(status, [...headers.flat(), ...length]);
}
