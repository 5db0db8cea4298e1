/** A gRPC service that answers every call by the same script: frames by hand, so that nothing is added to the script. */
import http2, { type ServerHttp2Session, type ServerHttp2Stream, type ServerStreamResponseOptions } from "node:http2";
import type { ScriptedGrpcReply } from "../../host-tests/host/conformance/case.ts";
import { listen, type Listening } from "../services/detect.ts";

export class GrpcUpstream {
  readonly #listening: Listening;
  readonly #sessions: Set<ServerHttp2Session>;

  private constructor(listening: Listening, sessions: Set<ServerHttp2Session>) {
    this.#listening = listening;
    this.#sessions = sessions;
  }

  static async start(reply: ScriptedGrpcReply): Promise<GrpcUpstream> {
    const sessions = new Set<ServerHttp2Session>();
    const server = http2.createServer();
    server.on("session", (session) => {
      sessions.add(session);
      session.on("close", () => sessions.delete(session));
    });
    server.on("stream", (stream: ServerHttp2Stream) => {
      stream.on("error", () => {});
      stream.once("data", () => answer(stream, reply));
    });
    return new GrpcUpstream(await listen(server), sessions);
  }

  get port(): number {
    return this.#listening.port;
  }

  async stop(): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    await this.#listening.close();
  }
}

function answer(stream: ServerHttp2Stream, reply: ScriptedGrpcReply): void {
  const { initialMetadata = [], messages = [], trailingMetadata = [], status = 0, statusMessage } = reply;
  stream.resume();
  const headers = { ":status": 200, "content-type": "application/grpc", ...Object.fromEntries(initialMetadata) };
  // Node's types do not know `sendDate` here.
  const options: ServerStreamResponseOptions & { sendDate: boolean } = { waitForTrailers: true, sendDate: false };
  stream.respond(headers, options);
  stream.on("wantTrailers", () =>
    stream.sendTrailers({
      "grpc-status": String(status),
      ...(statusMessage !== undefined && { "grpc-message": statusMessage }),
      ...Object.fromEntries(trailingMetadata),
    }),
  );
  for (const message of messages) stream.write(frame(message));
  stream.end();
}

/** Length-Prefixed-Message, not compressed (grpc/grpc, doc/PROTOCOL-HTTP2.md). */
function frame(message: string): Buffer {
  const data = Buffer.from(message);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(data.length, 1);
  return Buffer.concat([prefix, data]);
}
