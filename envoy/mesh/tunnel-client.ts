/** An HBONE client that says what it is told, for what no ztunnel would do. */
import { once } from "node:events";
import http2 from "node:http2";
import { Duplex } from "node:stream";
import { connect, type TLSSocket } from "node:tls";
import { ANSWER_TIMEOUT } from "../client/answer.ts";
import { within } from "../within.ts";
import type { WorkloadIdentity } from "./certificates.ts";

/** What to knock with. */
export interface Knock {
  /** Of connect_terminate, on the loopback interface. */
  port: number;
  /** Absent: no certificate. */
  identity?: WorkloadIdentity;
  /** PEM: whom the client trusts. */
  trustBundle: string;
  /** Default: TLS as the mesh wants it. */
  tlsVersion?: "TLSv1.2" | "TLSv1.3";
}

/** One HTTP/2 connection to a waypoint. */
export class TunnelClient {
  readonly #session: http2.ClientHttp2Session;

  private constructor(session: http2.ClientHttp2Session) {
    this.#session = session;
  }

  /** Rejects with the error of TLS or of the socket when the waypoint does not let it in. */
  static async open(knock: Knock): Promise<TunnelClient> {
    const socket = connectTls(knock);
    // HTTP/2 over the socket itself would read it without its knowledge, and keep silent about a refusal.
    const stream = Duplex.from({ readable: socket, writable: socket });
    const session = http2.connect("https://waypoint", { createConnection: () => stream });
    // What breaks later shows in the streams.
    for (const end of [socket, stream, session]) end.on("error", () => {});
    const closed = once(socket, "close").then(() => {
      throw new Error("the waypoint closed the connection");
    });
    // In TLS 1.3 a client is done before the server has seen its certificate: only HTTP/2's settings say that it is in.
    await within(ANSWER_TIMEOUT, "the waypoint's settings", Promise.race([once(session, "remoteSettings"), closed]));
    return new TunnelClient(session);
  }

  /** Sends a GET that asks for no tunnel, and gives its status. */
  async get(authority: string, path: string): Promise<number> {
    const stream = this.#stream({ ":method": "GET", ":authority": authority, ":path": path });
    return statusOf(stream);
  }

  /**
   * Opens a tunnel, sends a GET through it, and gives that one's status. Rejects when the tunnel does not open, or ends without
   * an answer.
   *
   * @param authority  where the tunnel leads
   * @param headers    of the CONNECT request
   */
  async getThrough(authority: string, path: string, headers: http2.OutgoingHttpHeaders = {}): Promise<number> {
    const stream = this.#stream({ ":method": "CONNECT", ":authority": authority, ...headers });
    const opened = await statusOf(stream);
    if (opened !== 200) throw new Error(`the waypoint answers ${opened} to CONNECT`);
    stream.write(`GET ${path} HTTP/1.1\r\nhost: ${authority}\r\n\r\n`);
    for await (const chunk of stream) return Number(String(chunk).split(" ")[1]);
    throw new Error("the tunnel ended without an answer");
  }

  #stream(headers: http2.OutgoingHttpHeaders): http2.ClientHttp2Stream {
    const stream = this.#session.request(headers, { endStream: headers[":method"] !== "CONNECT" });
    // It may break before somebody reads on, who then finds it broken.
    stream.on("error", () => {});
    return stream;
  }

  close(): void {
    this.#session.destroy();
  }
}

function connectTls({ port, identity, trustBundle, tlsVersion = "TLSv1.3" }: Knock): TLSSocket {
  return connect({
    host: "127.0.0.1",
    port,
    ca: trustBundle,
    ...(identity && { cert: identity.certificate, key: identity.privateKey }),
    minVersion: tlsVersion,
    maxVersion: tlsVersion,
    ALPNProtocols: ["h2"],
    // The certificate has a SPIFFE id and no host.
    checkServerIdentity: () => undefined,
  });
}

async function statusOf(stream: http2.ClientHttp2Stream): Promise<number> {
  const [headers] = (await once(stream, "response")) as [http2.IncomingHttpHeaders];
  return Number(headers[":status"]);
}
