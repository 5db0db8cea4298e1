/**
 * Receives traces by OTLP, over HTTP and gRPC, and keeps the spans: what a collector is for, where nothing goes further.
 * https://opentelemetry.io/docs/specs/otlp/
 */
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall } from "@grpc/grpc-js";
import { within } from "../within.ts";
import { listen, type Listening } from "./detect.ts";
import { type ExportRequest, readExport, type Span, spansOf, TRACE_SERVICE } from "./otlp.ts";

export type { Attributes, AttributeValue, Span } from "./otlp.ts";

const TRACES_PATH = "/v1/traces";
const PROTOBUF = "application/x-protobuf";

/** Milliseconds until a span must have come: Envoy sends them in batches, every five seconds unless told otherwise. */
const SPAN_TIMEOUT = 15_000;

/** So many spans are kept, the newest. */
const MAX_SPANS = 10_000;

export interface OtlpOptions {
  /** Port of OTLP/HTTP, with the path `/v1/traces`; default: the system's choice. A collector's is 4318. */
  httpPort?: number;
  /** Port of OTLP/gRPC; default: the system's choice. A collector's is 4317. */
  grpcPort?: number;
  /** Address to listen on; default the loopback interface. */
  host?: string;
  /** Gets each span when it comes. */
  onSpan?: (span: Span) => void;
}

export class OtlpReceiver {
  /** Spans in the order of arrival. */
  readonly spans: Span[] = [];
  /** What came over HTTP and was no traces in protobuf. */
  readonly refused: string[] = [];
  #listening: Listening | undefined;
  #grpcPort = 0;
  readonly #grpc = new Server();
  readonly #waiting = new Set<() => void>();

  readonly #onSpan: OtlpOptions["onSpan"];

  private constructor(onSpan: OtlpOptions["onSpan"]) {
    this.#onSpan = onSpan;
  }

  static async start(options: OtlpOptions = {}): Promise<OtlpReceiver> {
    const { httpPort, grpcPort = 0, host = "127.0.0.1", onSpan } = options;
    const receiver = new OtlpReceiver(onSpan);
    const server = http.createServer((request, response) => void receiver.#answerHttp(request, response));
    receiver.#listening = await listen(server, httpPort, host);
    try {
      receiver.#grpcPort = await receiver.#listenGrpc(grpcPort, host);
    } catch (error) {
      await receiver.#listening.close();
      throw error;
    }
    return receiver;
  }

  /** Port of OTLP/HTTP. */
  get port(): number {
    return this.#listening?.port ?? 0;
  }

  /** Port of OTLP/gRPC. */
  get grpcPort(): number {
    return this.#grpcPort;
  }

  /** Spans of a trace that have come so far. */
  trace(traceId: string): Span[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }

  /** Waits until so many spans of a trace have come, and answers them. */
  async waitForTrace(traceId: string, count = 1): Promise<Span[]> {
    let stop = () => {};
    const arrived = new Promise<void>((resolve) => {
      stop = () => this.trace(traceId).length >= count && resolve();
      this.#waiting.add(stop);
      stop();
    });
    try {
      await within(SPAN_TIMEOUT, `${count} spans of trace ${traceId}`, arrived);
    } finally {
      this.#waiting.delete(stop);
    }
    return this.trace(traceId);
  }

  async stop(): Promise<void> {
    this.#grpc.forceShutdown();
    await this.#listening?.close();
  }

  #keep(request: ExportRequest): void {
    const spans = spansOf(request);
    for (const span of spans) this.#onSpan?.(span);
    this.spans.push(...spans);
    this.spans.splice(0, Math.max(0, this.spans.length - MAX_SPANS));
    for (const look of this.#waiting) look();
  }

  async #answerHttp(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on("error", () => response.destroy());
    const { method = "", url = "", headers } = request;
    const refuse = (status: number, why: string) => {
      this.refused.push(why);
      response.writeHead(status, { "content-type": "text/plain" }).end(why);
    };
    try {
      const body = await bodyOf(request);
      if (url !== TRACES_PATH) return refuse(404, `${url}: not found, expected ${TRACES_PATH}`);
      if (method !== "POST") return refuse(405, `${method}: not allowed, expected POST`);
      const type = headers["content-type"];
      if (type !== PROTOBUF) return refuse(415, `content-type ${type ?? "missing"}: not read, expected ${PROTOBUF}`);
      this.#keep(readExport(body));
    } catch (error) {
      return refuse(400, `not an ExportTraceServiceRequest: ${String(error)}`);
    }
    // An ExportTraceServiceResponse without fields has no bytes.
    response.writeHead(200, { "content-type": PROTOBUF }).end();
  }

  #listenGrpc(port: number, host: string): Promise<number> {
    this.#grpc.addService(TRACE_SERVICE, {
      Export: ({ request }: ServerUnaryCall<ExportRequest, object>, answer: sendUnaryData<object>) => {
        this.#keep(request);
        answer(null, {});
      },
    });
    return new Promise((resolve, reject) => {
      this.#grpc.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
