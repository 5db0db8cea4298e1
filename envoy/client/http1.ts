/**
 * An HTTP/1.1 client that sends exactly what it is told: no header is added but `host`, and what frames the body; none is
 * checked, sorted or merged. Node's own client would refuse what we want to see Envoy refuse.
 */
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { within } from "../within.ts";
import { type Answer, ANSWER_TIMEOUT, CHUNK_PAUSE, NO_ANSWER, type Request } from "./answer.ts";

const CRLF = "\r\n";

/** A connection that carries one request after the other. */
export class Http1Connection {
  readonly #socket: net.Socket;
  readonly #input: Input;

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    this.#input = new Input(socket);
  }

  /** @param opening  bytes before all else: a header of the PROXY protocol */
  static async open(port: number, opening = ""): Promise<Http1Connection> {
    const socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
    socket.write(opening);
    const connected = new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    await within(ANSWER_TIMEOUT, `a connection to port ${port}`, connected);
    return new Http1Connection(socket);
  }

  /**
   * Sends a request and reads its response. An answer that is `broken` ends the connection's use. Rejects when it is
   * not whole in time.
   */
  async send(request: Request): Promise<Answer> {
    const { abortAfter, method, path, timeout } = request;
    const timer = abortAfter === undefined ? undefined : setTimeout(() => this.close(), abortAfter);
    const exchange = Promise.all([this.#receive(method), this.#write(request)]);
    const [answer] = await this.#inTime(`the answer to ${method} ${path}`, exchange, timeout);
    clearTimeout(timer);
    return answer;
  }

  /** Sends bytes as they are and reads one response. Rejects as `send` does. */
  async sendRaw(bytes: string | Buffer): Promise<Answer> {
    this.#socket.write(bytes);
    return this.#inTime("the answer to raw bytes", this.#receive("GET"));
  }

  close(): void {
    this.#socket.destroy();
  }

  async #inTime<T>(what: string, work: Promise<T>, limit = ANSWER_TIMEOUT): Promise<T> {
    try {
      return await within(limit, what, work);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  async #write(request: Request): Promise<void> {
    this.#socket.write(head(request));
    if (!isChunked(request)) {
      if (request.body !== undefined) this.#socket.write(request.body);
      return;
    }
    for (const chunk of request.chunks ?? [request.body ?? ""]) {
      if (chunk.length === 0) continue;
      this.#socket.write(`${Buffer.byteLength(chunk).toString(16)}${CRLF}`);
      this.#socket.write(chunk);
      this.#socket.write(CRLF);
      await sleep(request.chunkPause ?? CHUNK_PAUSE);
    }
    if (request.unfinished !== true) this.#socket.write(`0${CRLF}${lines(request.trailers ?? [])}${CRLF}`);
  }

  async #receive(method: string): Promise<Answer> {
    const answer = structuredClone(NO_ANSWER) as Answer;
    try {
      await readHead(this.#input, answer);
      answer.body = (await readBody(this.#input, answer, method)).toString();
      answer.broken = false;
    } catch {
      // What came until then is the answer.
    }
    return answer;
  }
}

/** Sends one request over a connection of its own. */
export async function requestOverHttp1(port: number, request: Request): Promise<Answer> {
  const connection = await Http1Connection.open(port);
  try {
    return await connection.send(request);
  } finally {
    connection.close();
  }
}

/** A length would be the end of a request that is to have none. */
function isChunked({ chunks, trailers, unfinished }: Request): boolean {
  return chunks !== undefined || trailers !== undefined || unfinished === true;
}

function head(request: Request): string {
  const { method, path, authority, headers = [], body } = request;
  const isFramed = headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name));
  const framing = isFramed ? [] : framingOf(body, isChunked(request));
  return `${method} ${path} HTTP/1.1${CRLF}${lines([["host", authority], ...headers, ...framing])}${CRLF}`;
}

function framingOf(body: string | undefined, chunked: boolean): [string, string][] {
  if (chunked) return [["transfer-encoding", "chunked"]];
  return body === undefined ? [] : [["content-length", String(Buffer.byteLength(body))]];
}

function lines(headers: readonly (readonly [string, string])[]): string {
  return headers.map(([name, value]) => `${name}: ${value}${CRLF}`).join("");
}

/** What comes in, read by lines and by counts. Its methods reject when the connection ends first. */
class Input {
  #buffer: Buffer = Buffer.alloc(0);
  #ended = false;
  #wake: () => void = () => {};

  constructor(socket: net.Socket) {
    socket.on("data", (chunk: Buffer) => {
      this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
      this.#wake();
    });
    const ended = () => {
      this.#ended = true;
      this.#wake();
    };
    socket.on("end", ended).on("close", ended).on("error", ended);
  }

  async line(): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf(CRLF);
      if (end >= 0) return this.#take(end + 2).toString("utf8", 0, end);
      await this.#more();
    }
  }

  async bytes(count: number): Promise<Buffer> {
    while (this.#buffer.length < count) await this.#more();
    return this.#take(count);
  }

  async all(): Promise<Buffer> {
    while (!this.#ended) await this.#more().catch(() => {});
    return this.#take(this.#buffer.length);
  }

  #take(count: number): Buffer {
    const taken = this.#buffer.subarray(0, count);
    this.#buffer = this.#buffer.subarray(count);
    return taken;
  }

  async #more(): Promise<void> {
    if (this.#ended) throw new Error("the connection ended");
    await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}

/** Reads status line and headers into `answer`; interim responses (RFC 9110 §15.2) are skipped, 101 is not one. */
async function readHead(input: Input, answer: Answer): Promise<void> {
  for (;;) {
    const status = Number((await input.line()).split(" ")[1]);
    const headers = await readFields(input);
    if (status >= 100 && status < 200 && status !== 101) continue;
    Object.assign(answer, { status, headers });
    return;
  }
}

async function readFields(input: Input): Promise<[string, string][]> {
  const fields: [string, string][] = [];
  for (let line = await input.line(); line !== ""; line = await input.line()) {
    const colon = line.indexOf(":");
    fields.push([line.slice(0, colon), line.slice(colon + 1).trim()]);
  }
  return fields;
}

/** RFC 9112 §6.3 */
async function readBody(input: Input, answer: Answer, method: string): Promise<Buffer> {
  const header = (wanted: string) => answer.headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  if (method === "HEAD" || [101, 204, 304].includes(answer.status)) return Buffer.alloc(0);
  if (header("transfer-encoding") === "chunked") return readChunks(input, answer);
  const length = header("content-length");
  return length === undefined ? input.all() : input.bytes(Number(length));
}

async function readChunks(input: Input, answer: Answer): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (;;) {
    const size = Number.parseInt(await input.line(), 16);
    if (size === 0) break;
    chunks.push(await input.bytes(size));
    await input.line();
  }
  answer.trailers = await readFields(input);
  return Buffer.concat(chunks);
}
