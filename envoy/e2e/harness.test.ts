import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Metadata, status } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { Answer } from "../client/answer.ts";
import { Http1Connection, requestOverHttp1 } from "../client/http1.ts";
import { Http2Connection, requestOverHttp2 } from "../client/http2.ts";
import {
  bootstrap,
  EcdsFile,
  httpChain,
  jwtAuthn,
  LdsFile,
  type FiltersByPlace,
  type Listener,
  routeTo,
  staticCluster,
  tcpListener,
  wasmConfig,
  wasmFilter,
} from "../config/index.ts";
import { EnvoyFailed, EnvoyProcess, startLoad } from "../harness/index.ts";
import { EchoService, type Echo } from "../services/echo.ts";
import { GrpcEchoClient, GrpcEchoService } from "../services/grpc.ts";
import { Issuer } from "../services/issuer.ts";
import { buildProbe } from "./probe.ts";

const CHAIN = "inbound-vip|80|http|echo.default.svc.cluster.local";
const GRPC_CHAIN = "inbound-vip|9000|http|grpc.default.svc.cluster.local";

let folder: string;
let probe: string;
let echo: EchoService;
let grpc: GrpcEchoService;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "waypost-harness-"));
  [probe, echo, grpc] = await Promise.all([buildProbe(folder), EchoService.start(), GrpcEchoService.start()]);
});
afterAll(async () => {
  grpc.stop();
  await echo.stop();
  rmSync(folder, { recursive: true });
});

function plugin(configuration: string) {
  return { name: "default.probe", file: probe, configuration };
}

function listener(places: FiltersByPlace): Listener {
  const routes = [routeTo(GRPC_CHAIN, "/waypost.Echo/"), routeTo(CHAIN)];
  return tcpListener("main", [httpChain({ name: CHAIN, places, routes })]);
}

function clusters() {
  return [
    staticCluster({ name: CHAIN, endpoints: [{ host: "127.0.0.1", port: echo.port }], protocol: "downstream" }),
    staticCluster({ name: GRPC_CHAIN, endpoints: [{ host: "127.0.0.1", port: grpc.port }], protocol: "http2" }),
  ];
}

function withProbe(configuration: string) {
  const listeners = [listener({ AUTHN: [wasmFilter(plugin(configuration))] })];
  // Histograms have values only after a flush.
  return bootstrap({ listeners, clusters: clusters(), more: { stats_flush_interval: "0.2s" } });
}

function header(answer: Answer, name: string): string | undefined {
  return answer.headers.find(([other]) => other === name)?.[1];
}

const GET = { method: "GET", path: "/", authority: "echo.test" };

describe("traffic through a Wasm filter", () => {
  let envoy: EnvoyProcess;
  let port: number;
  beforeAll(async () => {
    envoy = await EnvoyProcess.start({ config: withProbe("one"), workers: 2 });
    port = envoy.port("main");
  });
  afterAll(() => envoy.stop());

  it("carries HTTP/1.1, several requests on a connection", async () => {
    const connection = await Http1Connection.open(port);
    for (const name of ["/a", "/b"]) {
      const answer = await connection.send({ ...GET, path: name });
      expect(answer.status).toBe(200);
      expect(header(answer, "x-probe")).toBe("one");
      expect(JSON.parse(answer.body) as Echo).toMatchObject({ protocol: "http1", path: name });
    }
    connection.close();
  });

  it("carries HTTP/2, many streams at a time", async () => {
    const connection = new Http2Connection(port);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => connection.send({ ...GET, path: `/${index}` })),
    );
    connection.close();
    const paths = answers.map((answer) => (JSON.parse(answer.body) as Echo).path);
    expect(paths).toEqual(Array.from({ length: 20 }, (_, index) => `/${index}`));
  });

  it("carries gRPC, unary and streaming, with trailing metadata", async () => {
    const client = new GrpcEchoClient(port);
    const metadata = new Metadata();
    metadata.set("x-repeat", "trailing");
    const messages = ["one", "two", "three"].map((text) => Buffer.from(text));
    const unary = await client.unary(Buffer.from("hello"), metadata);
    const stream = await client.stream(messages, metadata);
    client.close();
    expect(unary).toMatchObject({ code: status.OK, messages: [Buffer.from("hello")] });
    expect(stream).toMatchObject({ code: status.OK, messages });
    expect([unary, stream].map(({ trailers }) => trailers.get("x-repeat"))).toEqual([["trailing"], ["trailing"]]);
    expect(grpc.calls.map((call) => call.get("x-probe"))).toEqual([["one"], ["one"]]);
  });

  it("answers a refused gRPC call with trailers only", async () => {
    const client = new GrpcEchoClient(port);
    const metadata = new Metadata();
    metadata.set("x-deny", "1");
    expect(await client.unary(Buffer.from("hello"), metadata)).toMatchObject({
      code: status.PERMISSION_DENIED,
      details: "one",
      messages: [],
    });
    client.close();
  });

  it.each([["http1", requestOverHttp1] as const, ["http2", requestOverHttp2] as const])(
    "streams a request body over %s while it comes",
    async (_protocol, send) => {
      const chunks = Array.from({ length: 20 }, (_, index) => `${index},`.repeat(5_000));
      const answer = await send(port, { ...GET, method: "POST", headers: [["x-echo", "stream"]], chunks });
      expect(answer.status).toBe(200);
      expect(answer.body).toBe(chunks.join(""));
    },
  );

  it("upgrades to a WebSocket", async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`);
    const messages: string[] = [];
    let probed: string | undefined;
    socket.on("upgrade", ({ headers }) => (probed = String(headers["x-probe"])));
    await once(socket, "open");
    for (const text of ["hello", "a".repeat(100_000)]) {
      socket.send(text);
      const [data] = (await once(socket, "message")) as [Buffer];
      messages.push(data.toString());
    }
    socket.close();
    await once(socket, "close");
    expect(messages).toEqual(["hello", "a".repeat(100_000)]);
    expect(probed).toBe("one");
  });

  it("sends HTTP/1.1 bytes as they are, also those that Envoy refuses", async () => {
    expect(await requestOverHttp1(port, { ...GET, headers: [["x-bad", "a\0b"]] })).toMatchObject({ status: 400 });
    const answer = await requestOverHttp1(port, {
      ...GET,
      headers: [
        ["X-A", " 1"],
        ["x-b", "2"],
        ["x-A", "3"],
      ],
    });
    const { headers } = JSON.parse(answer.body) as Echo;
    expect(headers.filter(([name]) => /^x-[ab]$/.test(name))).toEqual([
      ["x-a", "1"],
      ["x-b", "2"],
      ["x-a", "3"],
    ]);
  });

  it("sends HTTP/2 header fields as they are, also those that Node would not", async () => {
    const headers: [string, string][] = [
      ["x-a", "one"],
      ["authorization", "one"],
      ["X-B", "a".repeat(20_000)],
      ["authorization", "two"],
      ["x-a", "two"],
    ];
    const trailers: [string, string][] = [["x-end", "1"]];
    const answer = await requestOverHttp2(port, { ...GET, method: "POST", headers, body: "text", trailers });
    const seen = JSON.parse(answer.body) as Echo;
    expect(seen.headers.filter(([name]) => /^(authorization|x-[ab])$/.test(name))).toEqual([
      ["x-a", "one"],
      // Envoy joins several values of a header that it knows (HTTP/1.1 too): filters see one.
      ["authorization", "one,two"],
      ["x-b", "a".repeat(20_000)],
      ["x-a", "two"],
    ]);
    expect(seen).toMatchObject({ body: "text", trailers });
    expect(await requestOverHttp2(port, { ...GET, path: "/a b" })).toMatchObject({ status: 0, broken: true });
  });

  it("counts, and shows it as counters and to Prometheus", async () => {
    const name = "wasmcustom.wasm_filter.probe.waypost_probe_requests_total";
    const before = (await envoy.admin.stats(name)).get(name) ?? 0;
    await requestOverHttp1(port, GET);
    const after = (await envoy.admin.stats(name)).get(name) ?? 0;
    expect(after - before).toBe(1);
    expect(await envoy.admin.prometheus()).toContain(`waypost_probe_requests_total{wasm_filter="probe"} ${after}`);
  });

  it("shows histograms and the configuration", async () => {
    await requestOverHttp1(port, GET);
    const times = async () =>
      (await envoy.admin.histograms("upstream_rq_time")).map(({ quantiles }) => quantiles.get(0.5));
    await expect.poll(times, { timeout: 10_000 }).toContainEqual(expect.any(Number));
    const { configs } = await envoy.admin.configDump();
    expect(JSON.stringify(configs)).toContain(CHAIN);
  });

  it("logs by level, plugin and message", () => {
    const line = { level: "info", component: "wasm", plugin: "default.probe", message: "probe one: request" };
    expect(envoy.log.lines).toContainEqual(line);
  });
});

describe("EnvoyProcess", () => {
  it("runs several at once", async () => {
    const envoys = await Promise.all(["one", "two"].map((label) => EnvoyProcess.start({ config: withProbe(label) })));
    const answers = await Promise.all(envoys.map((envoy) => requestOverHttp1(envoy.port("main"), GET)));
    expect(answers.map((answer) => header(answer, "x-probe"))).toEqual(["one", "two"]);
    await Promise.all(envoys.map((envoy) => envoy.stop()));
    expect(envoys.map((envoy) => [envoy.running, existsSync(envoy.folder)])).toEqual([
      [false, false],
      [false, false],
    ]);
  });

  it("says why a plugin does not start", async () => {
    const failed = await EnvoyProcess.start({ config: withProbe("refuse") }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(EnvoyFailed);
    expect((failed as EnvoyFailed).message).toContain('probe refuses "refuse"');
  });

  it("says why a configuration is wrong", async () => {
    const config = bootstrap({ listeners: [], clusters: [{ name: "a", type: "NO_SUCH_TYPE" }] });
    await expect(EnvoyProcess.start({ config })).rejects.toThrow(/ended with code 1[\s\S]*NO_SUCH_TYPE/);
  });

  it("leaves nothing behind when its parent is killed", async () => {
    const program = `
      const { EnvoyProcess } = await import(${JSON.stringify(new URL("../harness/process.ts", import.meta.url).href)});
      const envoy = await EnvoyProcess.start({ config: JSON.parse(process.argv[1]) });
      console.log(envoy.pid + " " + envoy.folder);
    `;
    const config = JSON.stringify(bootstrap({ listeners: [], clusters: [] }));
    const parent = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program, config], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [output] = (await once(parent.stdout, "data")) as [Buffer];
    const [pid = "", place = ""] = output.toString().trim().split(" ");
    expect(isAlive(Number(pid))).toBe(true);
    parent.kill("SIGKILL");
    await expect.poll(() => [isAlive(Number(pid)), existsSync(place)], { timeout: 10_000 }).toEqual([false, false]);
  });
});

describe("ECDS", () => {
  it("delivers a configuration, updates it under load, and keeps the old one when the new one is refused", async () => {
    const ecds = new EcdsFile(folder, "default.update");
    ecds.publish(wasmConfig(plugin("one")));
    const config = bootstrap({ listeners: [listener({ AUTHN: [ecds.filter] })], clusters: clusters() });
    const envoy = await EnvoyProcess.start({ config, workers: 2 });
    try {
      let allowed = ["one"];
      const load = startLoad({
        port: envoy.port("main"),
        request: () => GET,
        verify: (answer) => {
          const label = header(answer, "x-probe") ?? "none";
          return answer.status === 200 && allowed.includes(label) ? undefined : `${answer.status} by ${label}`;
        },
      });
      await load.rounds(5);

      allowed = ["one", "two"];
      expect(await envoy.ecdsUpdate(ecds.name, () => ecds.publish(wasmConfig(plugin("two"))))).toBe("accepted");
      await load.rounds(20);
      allowed = ["two"];
      await load.rounds(5);

      expect(await envoy.ecdsUpdate(ecds.name, () => ecds.publish(wasmConfig(plugin("refuse"))))).toBe("refused");
      expect(await envoy.ecdsUpdate(ecds.name, () => ecds.publishNothing())).toBe("refused");
      await load.rounds(5);

      const { statuses, problems, answers } = await load.stop();
      expect([...problems]).toEqual([]);
      expect([...statuses]).toEqual([[200, answers]]);
    } finally {
      await envoy.stop();
    }
  });

  it("leaves the filter out, and puts it back, when the listener changes", async () => {
    const lds = new LdsFile(folder);
    const ecds = new EcdsFile(folder, "default.remove");
    ecds.publish(wasmConfig(plugin("one")));
    lds.publish([listener({ AUTHN: [ecds.filter] })]);
    const config = bootstrap({ listeners: [], clusters: clusters(), more: lds.resources });
    const envoy = await EnvoyProcess.start({ config });
    const load = startLoad({
      port: envoy.port("main"),
      request: () => GET,
      verify: ({ status }) => (status === 200 ? undefined : `${status}`),
    });
    try {
      const port = envoy.port("main");
      const label = async () => header(await requestOverHttp1(port, GET), "x-probe");
      expect(await label()).toBe("one");
      lds.publish([listener({})]);
      await expect.poll(label).toBeUndefined();
      lds.publish([listener({ AUTHN: [ecds.filter] })]);
      await expect.poll(label).toBe("one");
      expect((await envoy.refreshPorts()).get("main")).toBe(port);
      expect([...(await load.stop()).problems]).toEqual([]);
    } finally {
      await load.stop();
      await envoy.stop();
    }
  });
});

describe("Issuer", () => {
  it("serves keys that Envoy's jwt_authn accepts its tokens with, through rotation and failure", async () => {
    const issuer = await Issuer.start({ algorithms: ["RS256", "ES256"] });
    const uri = issuer.jwksUri;
    const provider = {
      issuer: issuer.url,
      remote_jwks: { http_uri: { uri, cluster: "issuer", timeout: "0.3s" }, cache_duration: "0.05s" },
    };
    const native = {
      providers: { p: provider },
      rules: [{ match: { prefix: "/" }, requires: { provider_name: "p" } }],
    };
    const issuerCluster = staticCluster({ name: "issuer", endpoints: [{ host: "127.0.0.1", port: issuer.port }] });
    const envoy = await EnvoyProcess.start({
      config: bootstrap({
        listeners: [listener({ JWT_AUTHN: [jwtAuthn(native)] })],
        clusters: [...clusters(), issuerCluster],
      }),
    });
    const ask = async (token: string) => {
      await sleep(60);
      const headers: [string, string][] = [["authorization", `Bearer ${token}`]];
      const { status: code, body } = await requestOverHttp1(envoy.port("main"), { ...GET, headers });
      return code === 200 ? "passes" : body;
    };
    try {
      const old = await issuer.mint();
      expect(await ask(await issuer.mint({ algorithm: "RS256" }))).toBe("passes");
      expect(await ask(await issuer.mint({ algorithm: "ES256" }))).toBe("passes");
      expect(await ask(await issuer.mint({ lifetime: -120 }))).toBe("Jwt is expired");
      expect(await ask(await issuer.mint({ claims: { iss: "other" } }))).toBe("Jwt issuer is not configured");
      await issuer.rotate("ES256", { keep: false });
      expect(await ask(old)).toBe("Jwks doesn't have key to match kid or alg from Jwt");
      expect(await ask(await issuer.mint())).toBe("passes");
      for (const mode of ["error500", "notFound", "hang", "reset", "garbage", "emptyKeySet"] as const) {
        issuer.failMode = mode;
        expect(await ask(await issuer.mint())).toBe("Jwks remote fetch is failed");
      }
    } finally {
      await envoy.stop();
      await issuer.stop();
    }
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
