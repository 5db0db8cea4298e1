/** Runs conformance cases in a real Envoy: one process, a listener for each case. */
import { spawn, type ChildProcess } from "node:child_process";
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { connect } from "node:http2";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import {
  normalize,
  PATIENCE_MS,
  shorten,
  type ConformanceCase,
  type ConformanceRecord,
  type ScriptedReply,
  type StepRecord,
} from "./case.ts";
import { envoyConfiguration, type CasePorts } from "./envoy-configuration.ts";
import { CHUNK_PAUSE_MS, hideVolatile, isComparable } from "./node.ts";

/** So many cases at the same time. */
const BATCH = 8;
const STARTUP_TIMEOUT_MS = 60_000;
/** A listener accepts before its worker has configured the filters. */
const WORKERS_START_MS = 1000;

/** Records of all cases, by name. @param binary path of Envoy @param wasm path of the probe */
export async function runInEnvoy(
  cases: readonly ConformanceCase[],
  binary: string,
  wasm: string,
): Promise<Record<string, ConformanceRecord>> {
  const records = await runTogether(
    cases.filter(({ crashes }) => crashes !== true),
    binary,
    wasm,
  );
  for (const test of cases.filter(({ crashes }) => crashes === true)) {
    const record = await runTogether([test], binary, wasm).catch(() => undefined);
    records[test.name] = record?.[test.name] ?? { steps: [], crashed: true };
  }
  return records;
}

async function runTogether(
  cases: readonly ConformanceCase[],
  binary: string,
  wasm: string,
): Promise<Record<string, ConformanceRecord>> {
  if (cases.length === 0) return {};
  const folder = mkdtempSync(path.join(tmpdir(), "conformance-"));
  const runs = await Promise.all(cases.map((test, index) => CaseRun.create(test, index, folder)));
  const file = path.join(folder, "envoy.json");
  writeFileSync(
    file,
    JSON.stringify(
      envoyConfiguration(
        runs.map((run) => [run.test, run.ports]),
        wasm,
      ),
    ),
  );
  for (const run of runs) run.freePort();
  const envoy = spawn(
    binary,
    [
      "-c",
      file,
      "--concurrency",
      "1",
      "--use-dynamic-base-id",
      "-l",
      "warning",
      "--component-log-level",
      "wasm:info",
      "--log-format",
      "%v",
      "--file-flush-interval-msec",
      "20",
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  try {
    await started(envoy, runs);
    await sleep(WORKERS_START_MS);
    for (const run of runs) run.endStartup();
    const records: Record<string, ConformanceRecord> = {};
    for (let start = 0; start < runs.length; start += BATCH) {
      const batch = runs.slice(start, start + BATCH);
      await Promise.all(batch.map(async (run) => (records[run.test.name] = await run.record())));
      if (envoy.exitCode !== null || envoy.signalCode !== null) {
        throw new Error(`Envoy crashed in one of:\n${batch.map((run) => `  ${run.test.name}`).join("\n")}`);
      }
    }
    return records;
  } finally {
    envoy.kill("SIGKILL");
    for (const run of runs) run.close();
    rmSync(folder, { recursive: true });
  }
}

/** Waits until Envoy listens, and hands its log lines to the cases. */
function started(envoy: ChildProcess, runs: readonly CaseRun[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const output: string[] = [];
    const timer = setTimeout(
      () => reject(new Error(`Envoy did not start:\n${output.slice(-20).join("\n")}`)),
      STARTUP_TIMEOUT_MS,
    );
    createInterface({ input: envoy.stderr as NodeJS.ReadableStream }).on("line", (line) => {
      output.push(line);
      if (process.env["VERBOSE"] !== undefined) console.error(line);
      const match = /^wasm log (\d+)\.(\d+)[^:]*: (.*)$/.exec(line);
      if (match !== null) runs[Number(match[1])]?.onLog(`${match[2]}: ${match[3]}`);
    });
    envoy.on("exit", (code) => reject(new Error(`Envoy ended with ${code}:\n${output.slice(-20).join("\n")}`)));
    void poll()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));

    async function poll(): Promise<void> {
      for (const run of runs) await run.waitForListener();
    }
  });
}

class CaseRun {
  ports!: CasePorts;
  /** Keeps the listener's port until Envoy starts, so that no other case is given it. */
  private placeholder: { close(): unknown } | undefined;
  private logs: string[] = [];
  private startup: string[] = [];
  private readonly servers: { close(): unknown }[] = [];
  private received: StepRecord["upstream"];

  private constructor(
    readonly test: ConformanceCase,
    readonly index: number,
  ) {}

  static async create(test: ConformanceCase, index: number, folder: string): Promise<CaseRun> {
    const run = new CaseRun(test, index);
    const upstream = createServer((request, response) => run.onUpstream(request, response));
    const service = createServer(
      (request, response) => void answer(request, response, test.service ?? { body: "served" }),
    );
    const free = createTcpServer();
    const [upstreamPort, servicePort] = await Promise.all([listen(upstream), listen(service)]);
    const listenerPort = await listenBelowEphemeral(free);
    run.servers.push(upstream, service);
    run.placeholder = free;
    run.ports = {
      index,
      upstream: upstreamPort,
      service: servicePort,
      listener: listenerPort,
      accessLog: path.join(folder, `access-${index}.log`),
    };
    return run;
  }

  freePort(): void {
    this.placeholder?.close();
  }

  onLog(line: string): void {
    this.logs.push(normalize(line).replaceAll(`-${this.index}`, ""));
  }

  endStartup(): void {
    this.startup = this.logs.splice(0).sort();
  }

  async waitForListener(): Promise<void> {
    for (;;) {
      const status = await new Promise<boolean>((resolve) => {
        const socket = httpRequest({ port: this.ports.listener, method: "OPTIONS", path: "*" });
        socket.on("socket", (s) => s.on("connect", () => (socket.destroy(), resolve(true))));
        socket.on("error", () => resolve(false));
      });
      if (status) return;
      await sleep(100);
    }
  }

  async record(): Promise<ConformanceRecord> {
    const steps: StepRecord[] = [];
    for (const step of this.test.steps) {
      this.logs = [];
      this.received = "nothing";
      if ("wait" in step) {
        await sleep(step.wait);
        steps.push({ logs: this.logs });
        continue;
      }
      const known = this.accessLog().length;
      const response =
        step.request.protocol === "http2" ? await this.sendHttp2(step.request) : await this.sendHttp1(step.request);
      for (let i = 0; i < 10 && this.accessLog().length === known; i++) await sleep(30);
      await sleep(60);
      const entry = this.accessLog()[known];
      steps.push({
        logs: this.logs,
        response,
        ...(entry?.details != null && { details: entry.details }),
        ...(entry?.state != null && { filterState: entry.state }),
        ...(this.test.upstreamVaries !== true && { upstream: this.arrived() }),
      });
    }
    return this.test.startup === true ? { startup: this.startup, steps } : { steps };
  }

  close(): void {
    for (const server of this.servers) {
      if ("closeAllConnections" in server) (server as Server).closeAllConnections();
      server.close();
    }
  }

  /** Read late: what arrives changes while a step runs. */
  private arrived(): NonNullable<StepRecord["upstream"]> {
    const { received } = this;
    if (received === undefined || received === "nothing") return "nothing";
    return { ...received, body: shorten(received.body) };
  }

  private accessLog(): AccessLogLine[] {
    try {
      const lines = readFileSync(this.ports.accessLog, "utf8").split("\n").filter(Boolean);
      return lines.map((line) => JSON.parse(line) as AccessLogLine);
    } catch {
      return [];
    }
  }

  private onUpstream(request: IncomingMessage, response: ServerResponse): void {
    const record = { start: `${request.method} ${request.url}`, headers: rawLines(request.rawHeaders), body: "" };
    this.received = record;
    request.on("data", (data: Buffer) => (record.body += data.toString("utf8")));
    request.on("error", () => undefined);
    void answer(request, response, this.test.upstream ?? { body: "ok" });
  }

  private sendHttp1(init: Step["request"]): Promise<StepRecord["response"]> {
    return new Promise((resolve) => {
      const { headers = [], body, chunks, trailers } = init;
      const raw: [string, string][] = [["host", "example.com"], ["connection", "close"], ...headers];
      if (body !== undefined && body !== "" && !headers.some(([name]) => name === "content-length")) {
        raw.push(["content-length", String(Buffer.byteLength(body))]);
      }
      if (chunks !== undefined || trailers !== undefined) raw.push(["transfer-encoding", "chunked"]);
      const request = httpRequest({
        port: this.ports.listener,
        method: init.method ?? "GET",
        path: init.path ?? "/",
        setHost: false,
        headers: raw.flat() as unknown as Record<string, string>,
      });
      const timer = setTimeout(() => request.destroy(), init.abortAfter ?? PATIENCE_MS + 500);
      const finish = (result: StepRecord["response"]): void => {
        clearTimeout(timer);
        resolve(result);
      };
      request.on("error", () => finish("reset"));
      request.on("response", (response) => {
        let text = "";
        response.on("data", (data: Buffer) => (text += data.toString("utf8")));
        response.on("error", () => finish("reset"));
        response.on("aborted", () => finish("reset"));
        response.on("end", () => {
          const trailerLines = rawLines(response.rawTrailers);
          finish({
            status: response.statusCode ?? 0,
            headers: rawLines(response.rawHeaders),
            body: text,
            ...(trailerLines.length > 0 && { trailers: trailerLines }),
          });
        });
      });
      void (async () => {
        if (chunks !== undefined) request.flushHeaders();
        for (const chunk of chunks ?? (body === undefined ? [] : [body])) {
          request.write(chunk);
          if (chunks !== undefined) await sleep(CHUNK_PAUSE_MS);
        }
        if (trailers !== undefined) request.addTrailers(trailers);
        request.end();
      })();
    });
  }

  private sendHttp2(init: Step["request"]): Promise<StepRecord["response"]> {
    return new Promise((resolve) => {
      const session = connect(`http://127.0.0.1:${this.ports.listener}`);
      const headers: Record<string, string | string[]> = {
        ":method": init.method ?? "GET",
        ":path": init.path ?? "/",
        ":authority": "example.com",
        ":scheme": "http",
      };
      for (const [name, value] of init.headers ?? []) {
        const known = headers[name];
        headers[name] = known === undefined ? value : [known, value].flat();
      }
      const chunks = init.chunks ?? (init.body === undefined || init.body === "" ? [] : [init.body]);
      const stream = session.request(headers, {
        endStream: chunks.length === 0 && init.trailers === undefined,
        waitForTrailers: init.trailers !== undefined,
      });
      const timer = setTimeout(() => stream.close(8), init.abortAfter ?? PATIENCE_MS + 500);
      let result: Exclude<StepRecord["response"], "reset" | undefined> | undefined;
      let text = "";
      let complete = false;
      stream.on("wantTrailers", () => stream.sendTrailers(Object.fromEntries(init.trailers ?? [])));
      stream.on("response", (received, _flags, ...[raw]: unknown[]) => {
        result = { status: Number(received[":status"]), headers: rawLines(raw as string[]), body: "" };
      });
      stream.on("trailers", (received) => {
        if (result !== undefined)
          result.trailers = Object.entries(received as Record<string, string>).map(
            ([name, value]) => `${name}: ${value}`,
          );
      });
      stream.on("data", (data: Buffer) => (text += data.toString("utf8")));
      stream.on("end", () => (complete = true));
      stream.on("error", () => undefined);
      session.on("error", () => undefined);
      stream.on("close", () => {
        clearTimeout(timer);
        session.destroy();
        if (result !== undefined) result.body = text;
        resolve(complete && stream.rstCode === 0 && result !== undefined ? result : "reset");
      });
      void (async () => {
        for (const [index, chunk] of chunks.entries()) {
          const isLast = index === chunks.length - 1 && init.trailers === undefined;
          if (isLast) stream.end(chunk);
          else stream.write(chunk);
          if (!isLast) await sleep(CHUNK_PAUSE_MS);
        }
        if (init.trailers !== undefined) stream.end();
      })();
    });
  }
}

interface AccessLogLine {
  details: string | null;
  state: string | null;
}

type Step = Extract<ConformanceCase["steps"][number], { request: unknown }>;

async function answer(request: IncomingMessage, response: ServerResponse, reply: ScriptedReply): Promise<void> {
  request.resume();
  await new Promise((resolve) => request.on("end", resolve));
  if (reply.fault === "hang") return;
  await sleep(reply.delayMs ?? 0);
  if (reply.fault === "reset") return void request.socket.destroy();
  response.sendDate = false;
  response.removeHeader("connection");
  const headers: [string, string][] = [...(reply.headers ?? [])];
  const has = (name: string): boolean => headers.some(([key]) => key === name);
  if (reply.chunks === undefined && reply.trailers === undefined && !has("content-length")) {
    headers.push(["content-length", String(Buffer.byteLength(reply.body ?? ""))]);
  }
  response.writeHead(reply.status ?? 200, headers.flat());
  if (reply.fault === "reset-body") {
    response.flushHeaders();
    await sleep(20);
    return void request.socket.destroy();
  }
  for (const chunk of reply.chunks ?? [reply.body ?? ""]) {
    if (chunk !== "") response.write(chunk);
    if (reply.chunks !== undefined) await sleep(CHUNK_PAUSE_MS);
  }
  if (reply.trailers !== undefined) response.addTrailers(reply.trailers);
  response.end();
}

function rawLines(raw: readonly string[]): string[] {
  const lines: string[] = [];
  for (let i = 0; i < raw.length; i += 2) lines.push(`${raw[i]?.toLowerCase()}: ${raw[i + 1]}`);
  return lines.filter(isComparable).map(hideVolatile).sort();
}

/** A port that no outgoing connection can be given between its release and Envoy's start. */
async function listenBelowEphemeral(server: ReturnType<typeof createTcpServer>): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (isFree) return port;
  }
}

function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));
}
