/** What no Envoy does to our clients: answers that never come. */
import net from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listen, type Listening } from "../services/detect.ts";
import { within } from "../within.ts";
import { Http1Connection } from "./http1.ts";
import { Http2Connection } from "./http2.ts";

const REQUEST = { method: "POST", path: "/late", authority: "a", body: "b", timeout: 100 };
const GIVEN_UP = "waited 0.1 s for the answer to POST /late";

/** Takes all and says nothing, or the beginning of an answer of HTTP/1. */
async function silent(answer = ""): Promise<Listening> {
  return listen(net.createServer((socket) => socket.on("error", () => {}).on("data", () => socket.write(answer))));
}

let nothing: Listening;
let half: Listening;
beforeAll(async () => {
  nothing = await silent();
  half = await silent("HTTP/1.1 200 OK\r\ncontent-length: 10000\r\n\r\nx");
});
afterAll(() => Promise.all([nothing.close(), half.close()]));

describe("clients", () => {
  it("give up on HTTP/1.1 without an answer, or with half of one", async () => {
    for (const { port } of [nothing, half]) {
      const connection = await Http1Connection.open(port);
      await expect(connection.send(REQUEST)).rejects.toThrow(GIVEN_UP);
      // Nothing more comes on that connection.
      expect(await connection.send({ ...REQUEST, timeout: 5_000 })).toMatchObject({ broken: true });
    }
  });

  it("give up on HTTP/2 without an answer", async () => {
    const connection = new Http2Connection(nothing.port);
    await expect(connection.send(REQUEST)).rejects.toThrow(GIVEN_UP);
    connection.close();
  });
});

describe("within", () => {
  it("gives what the work gives, also when it fails", async () => {
    expect(await within(1_000, "one", Promise.resolve(1))).toBe(1);
    await expect(within(1_000, "one", Promise.reject(new Error("no")))).rejects.toThrow("no");
  });
});

describe("listen", () => {
  it("closes with connections that are open, or on their way", async () => {
    const server = await silent();
    const sockets = Array.from({ length: 20 }, () => net.connect(server.port, "127.0.0.1").on("error", () => {}));
    await server.close();
    for (const socket of sockets) socket.destroy();
  });
});
