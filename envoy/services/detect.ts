/** One port that speaks HTTP/1.1 and HTTP/2 without TLS, as Envoy asks for either. */
import http from "node:http";
import http2 from "node:http2";
import net from "node:net";
import { within } from "../within.ts";

/** What every HTTP/2 connection starts with (RFC 9113 §3.4); no HTTP/1 request does. */
const PREFACE = "PRI * HTTP/2.0";

/** Milliseconds that a server may take to close. */
const CLOSE_TIMEOUT = 10_000;

export interface HttpServers {
  http1: http.Server;
  http2: http2.Http2Server;
}

/** A listening server. */
export interface Listening {
  port: number;
  /** Closes it and all its connections. */
  close: () => Promise<void>;
}

/** Listens as `listen` does and hands each connection to the server of its protocol. */
export function listenBoth(servers: HttpServers, port?: number, host?: string): Promise<Listening> {
  return listen(
    net.createServer((socket) => {
      socket.on("error", () => socket.destroy());
      socket.once("data", (chunk: Buffer) => {
        socket.pause();
        socket.unshift(chunk);
        const isHttp2 = chunk.toString("latin1", 0, PREFACE.length) === PREFACE.slice(0, chunk.length);
        (isHttp2 ? servers.http2 : servers.http1).emit("connection", socket);
        if (!isHttp2) socket.resume();
      });
    }),
    port,
    host,
  );
}

/** Listens, on the loopback interface unless `host` says otherwise; port 0: the system's choice. */
export async function listen(server: net.Server, port = 0, host = "127.0.0.1"): Promise<Listening> {
  const sockets = new Set<net.Socket>();
  let isClosing = false;
  server.on("connection", (socket: net.Socket) => {
    // One that was on its way when we closed would keep the server from ending.
    if (isClosing) socket.destroy();
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as net.AddressInfo;
  const close = () => {
    isClosing = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    return within(CLOSE_TIMEOUT, `the server on port ${bound} to close`, closed);
  };
  return { port: bound, close };
}
