/** A gRPC service that echoes messages as they are, and a client for it: no schema, only bytes. */
import {
  credentials,
  makeGenericClientConstructor,
  Metadata,
  Server,
  ServerCredentials,
  status,
  type CallOptions,
  type Client,
  type ClientDuplexStream,
  type MethodDefinition,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type sendUnaryData,
  type ServiceError,
} from "@grpc/grpc-js";

const bytes = (message: Buffer) => message;

function method(name: string, streams: boolean): MethodDefinition<Buffer, Buffer> {
  return {
    path: `/waypost.Echo/${name}`,
    requestStream: streams,
    responseStream: streams,
    requestSerialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: bytes,
    responseDeserialize: bytes,
  };
}

/** `/waypost.Echo/Unary` and `/waypost.Echo/Stream` */
export const ECHO = { Unary: method("Unary", false), Stream: method("Stream", true) };

/** Metadata that the service repeats as trailing metadata. */
const REPEATED = "x-repeat";

export class GrpcEchoService {
  readonly port: number;
  /** Metadata of each call. */
  readonly calls: Metadata[];
  readonly #server: Server;

  private constructor(server: Server, port: number, calls: Metadata[]) {
    this.#server = server;
    this.port = port;
    this.calls = calls;
  }

  static async start(): Promise<GrpcEchoService> {
    const server = new Server();
    const calls: Metadata[] = [];
    server.addService(ECHO, {
      Unary: (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => {
        calls.push(call.metadata);
        answer(null, call.request, repeated(call.metadata));
      },
      Stream: (call: ServerDuplexStream<Buffer, Buffer>) => {
        calls.push(call.metadata);
        call.on("data", (message: Buffer) => call.write(message));
        call.on("end", () => call.end(repeated(call.metadata)));
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      const address = "127.0.0.1:0";
      server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    return new GrpcEchoService(server, port, calls);
  }

  stop(): void {
    this.#server.forceShutdown();
  }
}

function repeated(metadata: Metadata): Metadata {
  const trailing = new Metadata();
  for (const value of metadata.get(REPEATED)) trailing.add(REPEATED, value);
  return trailing;
}

/** Calls end with DEADLINE_EXCEEDED after so many milliseconds. */
const CALL_TIMEOUT = 30_000;

function callOptions(): CallOptions {
  return { deadline: Date.now() + CALL_TIMEOUT };
}

/** How a call ended. */
export interface GrpcOutcome {
  code: status;
  details: string;
  messages: Buffer[];
  /** Trailing metadata. */
  trailers: Metadata;
}

/** A client of the echo service. */
export class GrpcEchoClient {
  readonly #client: Client;

  constructor(port: number) {
    const EchoClient = makeGenericClientConstructor(ECHO, "waypost.Echo");
    this.#client = new EchoClient(`127.0.0.1:${port}`, credentials.createInsecure());
  }

  /** @param method  name of the method; one that the service does not have ends with UNIMPLEMENTED */
  unary(message: Buffer, metadata = new Metadata(), method = "Unary"): Promise<GrpcOutcome> {
    return new Promise((resolve) => {
      let messages: Buffer[] = [];
      const path = `/waypost.Echo/${method}`;
      const done = (_error: ServiceError | null, answer?: Buffer) => {
        messages = answer === undefined ? [] : [answer];
      };
      const call = this.#client.makeUnaryRequest(path, bytes, bytes, message, metadata, callOptions(), done);
      call.on("status", ({ code, details, metadata: trailers }) => {
        setImmediate(() => resolve({ code, details, messages, trailers }));
      });
    });
  }

  /** Sends each message only when the one before has come back. */
  async stream(messages: readonly Buffer[], metadata = new Metadata()): Promise<GrpcOutcome> {
    const call: ClientDuplexStream<Buffer, Buffer> = this.#client.makeBidiStreamRequest(
      ECHO.Stream.path,
      bytes,
      bytes,
      metadata,
      callOptions(),
    );
    const back: Buffer[] = [];
    const rest = [...messages];
    const next = () => {
      const message = rest.shift();
      if (message === undefined) call.end();
      else call.write(message);
    };
    return new Promise((resolve) => {
      call.on("data", (message: Buffer) => {
        back.push(message);
        next();
      });
      // An error is also a status.
      call.on("error", () => {});
      call.on("status", ({ code, details, metadata: trailers }) => {
        resolve({ code, details, messages: back, trailers });
      });
      next();
    });
  }

  close(): void {
    this.#client.close();
  }
}
