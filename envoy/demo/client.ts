/** Sends a demo's requests. Connections are kept, as a service's would be. */
import { randomUUID } from "node:crypto";
import http from "node:http";
import type { DemoRequest, Reply } from "./demo.ts";

/** Milliseconds after which an answer is given up. */
const PATIENCE = 20_000;

/** Connections to a port; further requests wait. A tunnel's HTTP/2 connection carries 100. */
const CONNECTIONS = 32;

export class DemoClient {
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });

  /**
   * Sends a request to a port of the loopback interface. A header `x-request-id` counts in place of a random one. Rejects when
   * no answer comes.
   */
  async send(port: number, { service, method, path, headers }: Required<DemoRequest>): Promise<Reply> {
    const id = headers["x-request-id"] ?? randomUUID();
    const started = performance.now();
    const request = http.request({
      agent: this.#agent,
      port,
      host: "127.0.0.1",
      method,
      path,
      headers: { host: `${service}:9080`, ...headers, "x-request-id": id },
      signal: AbortSignal.timeout(PATIENCE),
    });
    const response = await answerTo(request).catch((error: unknown) => {
      throw new Error(`no answer to ${method} ${service} ${path} within ${PATIENCE / 1_000} s, or none that is whole`, {
        cause: error,
      });
    });
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const answered = Object.entries(response.headers).map(([name, value = ""]) => [name, String(value)] as const);
    const pod = response.headers["x-pod"];
    return {
      id,
      status: response.statusCode ?? 0,
      headers: Object.fromEntries(answered),
      body: Buffer.concat(chunks).toString(),
      ...(typeof pod === "string" && { pod }),
      milliseconds: performance.now() - started,
    };
  }

  close(): void {
    this.#agent.destroy();
  }
}

function answerTo(request: http.ClientRequest): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on("response", resolve).on("error", reject).end();
  });
}
