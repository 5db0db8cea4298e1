/** Sends the requests of the comparison, as a caller with an address and an identity. */
import type { Answer, Request } from "../client/answer.ts";
import { Http1Connection } from "../client/http1.ts";
import { Http2Connection } from "../client/http2.ts";
import { token } from "./authz-chains.ts";
import type { AuthzRequest } from "./authz-random.ts";
import { PEER, proxyHeader } from "./authz-stage.ts";

/** Sends requests to a listener: those over HTTP/2 with the same addresses share a connection. */
export class Sender {
  readonly #port: number;
  readonly #connections = new Map<string, Http2Connection>();

  constructor(port: number) {
    this.#port = port;
  }

  async send(request: AuthzRequest): Promise<Answer> {
    const opening = proxyHeader(request.ends);
    if (request.version === 1) {
      const connection = await Http1Connection.open(this.#port, opening);
      return connection.send(clientRequest(request)).finally(() => connection.close());
    }
    let connection = this.#connections.get(opening);
    if (connection === undefined) {
      connection = new Http2Connection(this.#port, opening);
      this.#connections.set(opening, connection);
    }
    return connection.send(clientRequest(request));
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.close();
  }
}

function clientRequest({ method, path, host, headers, peer, claims }: AuthzRequest): Request {
  const own: [string, string][] = [];
  if (peer !== undefined) own.push([PEER, peer]);
  if (claims !== undefined) own.push(["authorization", `Bearer ${token(claims)}`]);
  return { method, path, authority: host, headers: [...headers, ...own] };
}
