/** jwt-auth in a real Envoy where scenarios do not reach: protocols that stream, and delivery as Istio delivers, under load. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Metadata, status } from "@grpc/grpc-js";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { Answer } from "../client/answer.ts";
import { requestOverHttp1 } from "../client/http1.ts";
import { Http2Connection, requestOverHttp2 } from "../client/http2.ts";
import {
  bootstrap,
  EcdsFile,
  httpChain,
  LdsFile,
  routeTo,
  staticCluster,
  tcpListener,
  wasmConfig,
  wasmFilter,
  type FiltersByPlace,
  type Listener,
} from "../config/index.ts";
import { EnvoyProcess, startLoad, type Load } from "../harness/index.ts";
import { EchoService, type Echo } from "../services/echo.ts";
import { GrpcEchoClient, GrpcEchoService } from "../services/grpc.ts";
import { Issuer } from "../services/issuer.ts";

const MODULE = path.resolve("build/jwt-auth.wasm");
const PLUGIN = "default.jwt-auth";
const CHAIN = "inbound-vip|80|http|echo.default.svc.cluster.local";
const GRPC_CHAIN = "inbound-vip|9000|http|grpc.default.svc.cluster.local";

const GET = { method: "GET", path: "/", authority: "echo.test" };

let folder: string;
let echo: EchoService;
let grpc: GrpcEchoService;
let issuer: Issuer;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "waypost-jwt-auth-"));
  [echo, grpc] = await Promise.all([EchoService.start(), GrpcEchoService.start()]);
});
afterAll(async () => {
  grpc.stop();
  await echo.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  issuer = await Issuer.start();
});
afterEach(() => issuer.stop());

/** A configuration that accepts one audience and fetches its keys. */
function pluginConfig(audience: string, more: Record<string, unknown> = {}) {
  const rule = {
    issuer: issuer.url,
    audiences: [audience],
    jwksUri: issuer.jwksUri,
    jwksCluster: "issuer",
    outputClaimToHeaders: [{ header: "x-jwt-sub", claim: "sub" }],
  };
  return JSON.stringify({ presence: "REQUIRED", jwtRules: [rule], ...more });
}

function plugin(configuration: string) {
  return { name: PLUGIN, file: MODULE, configuration };
}

function listener(places: FiltersByPlace): Listener {
  const routes = [routeTo(GRPC_CHAIN, "/waypost.Echo/"), routeTo(CHAIN)];
  return tcpListener("main", [httpChain({ name: CHAIN, places, routes })]);
}

function clusters() {
  const at = (port: number) => [{ host: "127.0.0.1", port }];
  return [
    staticCluster({ name: CHAIN, endpoints: at(echo.port), protocol: "downstream" }),
    staticCluster({ name: GRPC_CHAIN, endpoints: at(grpc.port), protocol: "http2" }),
    staticCluster({ name: "issuer", endpoints: at(issuer.port) }),
  ];
}

function bearer(token: string): [string, string][] {
  return [["authorization", `Bearer ${token}`]];
}

describe("traffic through jwt-auth", () => {
  let envoy: EnvoyProcess;
  let token: string;
  beforeEach(async () => {
    token = await issuer.mint({ claims: { aud: "echo" } });
    const listeners = [listener({ AUTHN: [wasmFilter(plugin(pluginConfig("echo")))] })];
    envoy = await EnvoyProcess.start({ config: bootstrap({ listeners, clusters: clusters() }), workers: 2 });
  });
  afterEach(() => envoy.stop());

  it("decides about every stream of an HTTP/2 connection by itself", async () => {
    const connection = new Http2Connection(envoy.port("main"));
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        connection.send({ ...GET, path: `/${index}`, headers: index % 2 === 0 ? bearer(token) : [] }),
      ),
    );
    connection.close();
    expect(answers.map((answer) => answer.status)).toEqual(answers.map((_, index) => (index % 2 === 0 ? 200 : 401)));
    expect((JSON.parse(answers[2]?.body ?? "") as Echo).headers).toContainEqual(["x-jwt-sub", "alice"]);
  });

  it("lets gRPC calls with a token stream, and refuses others with trailers only", async () => {
    const client = new GrpcEchoClient(envoy.port("main"));
    const metadata = new Metadata();
    metadata.set("authorization", `Bearer ${token}`);
    const messages = ["one", "two", "three"].map((text) => Buffer.from(text));
    expect(await client.stream(messages, metadata)).toMatchObject({ code: status.OK, messages });
    expect(grpc.calls.at(-1)?.get("x-jwt-sub")).toEqual(["alice"]);
    expect(await client.unary(Buffer.from("hello"), new Metadata())).toMatchObject({
      code: status.UNAUTHENTICATED,
      details: "Jwt is missing",
      messages: [],
    });
    client.close();
  });

  it.each([["http1", requestOverHttp1] as const, ["http2", requestOverHttp2] as const])(
    "streams a request body over %s while it comes, also while keys are being fetched",
    async (_protocol, send) => {
      // The first request of the proxy: it waits for the keys, and its body with it.
      const chunks = Array.from({ length: 20 }, (_, index) => `${index},`.repeat(5_000));
      const headers: [string, string][] = [["x-echo", "stream"], ...bearer(token)];
      const answer = await send(envoy.port("main"), { ...GET, method: "POST", headers, chunks });
      expect(answer.status).toBe(200);
      expect(answer.body).toBe(chunks.join(""));
    },
  );

  it("upgrades to a WebSocket with a token, and does not without", async () => {
    const url = `ws://127.0.0.1:${envoy.port("main")}/socket`;
    const socket = new WebSocket(url, { headers: Object.fromEntries(bearer(token)) });
    await once(socket, "open");
    socket.send("hello");
    const [data] = (await once(socket, "message")) as [Buffer];
    expect(data.toString()).toBe("hello");
    socket.close();
    await once(socket, "close");
    const [error] = (await once(new WebSocket(url), "error")) as [Error];
    expect(error.message).toContain("401");
  });
});

it("survives that many requests wait for keys which do not come", async () => {
  // Going on with some 300 of them in one callback overflowed the stack of the VM, which then answered 503 for ever.
  issuer.failMode = "hang";
  const rule = { issuer: issuer.url, jwksUri: issuer.jwksUri, jwksCluster: "issuer", timeout: "1s" };
  const listeners = [listener({ AUTHN: [wasmFilter(plugin(JSON.stringify({ jwtRules: [rule] })))] })];
  const envoy = await EnvoyProcess.start({ config: bootstrap({ listeners, clusters: clusters() }) });
  const connections = Array.from({ length: 6 }, () => new Http2Connection(envoy.port("main")));
  try {
    const request = { ...GET, headers: bearer(await issuer.mint()) };
    const waiting = connections.flatMap((connection) => Array.from({ length: 100 }, () => connection.send(request)));
    const answers = (await Promise.all(waiting)).map(describeAnswer);
    expect(new Set(answers)).toEqual(new Set(["401 Jwks remote fetch is failed"]));
    issuer.failMode = "none";
    const again = async () => (await requestOverHttp1(envoy.port("main"), request)).status;
    await expect.poll(again, { timeout: 10_000 }).toBe(200);
  } finally {
    for (const connection of connections) connection.close();
    await envoy.stop();
  }
});

describe("jwt-auth delivered by ECDS, under load", () => {
  let ecds: EcdsFile;
  let envoy: EnvoyProcess;
  let token: string;

  beforeEach(async () => {
    token = await issuer.mint({ claims: { aud: "old" } });
    ecds = new EcdsFile(folder, PLUGIN);
    ecds.publish(wasmConfig(plugin(pluginConfig("old"))));
    const listeners = [listener({ AUTHN: [ecds.filter] })];
    envoy = await EnvoyProcess.start({ config: bootstrap({ listeners, clusters: clusters() }), workers: 2 });
  });
  afterEach(() => envoy.stop());

  function publish(configuration: string): Promise<"accepted" | "refused"> {
    return envoy.ecdsUpdate(ecds.name, () => ecds.publish(wasmConfig(plugin(configuration))));
  }

  /** Sends the token all the time; every answer must be one of `allowed` at its time. */
  function start(allowed: () => readonly number[]): Load {
    return startLoad({
      port: envoy.port("main"),
      request: () => ({ ...GET, headers: bearer(token) }),
      verify: (answer) => (allowed().includes(answer.status) ? undefined : describeAnswer(answer)),
    });
  }

  it("takes a new configuration at once: no verdict of the old one crosses over", async () => {
    let allowed = [200];
    const load = start(() => allowed);
    await load.rounds(20);
    allowed = [200, 403];
    expect(await publish(pluginConfig("new"))).toBe("accepted");
    await load.rounds(5);
    allowed = [403];
    await load.rounds(20);
    allowed = [200, 403];
    expect(await publish(pluginConfig("old"))).toBe("accepted");
    await load.rounds(5);
    allowed = [200];
    await load.rounds(20);
    expect([...(await load.stop()).problems]).toEqual([]);
  });

  it("keeps the keys that were fetched, while the issuer is down", async () => {
    const load = start(() => [200]);
    await load.rounds(5);
    issuer.failMode = "error500";
    expect(await publish(pluginConfig("old", { cacheSize: 0 }))).toBe("accepted");
    await load.rounds(20);
    expect([...(await load.stop()).problems]).toEqual([]);
  });

  it("keeps the old configuration in effect when the new one is refused", async () => {
    const load = start(() => [200]);
    await load.rounds(5);
    expect(await publish(JSON.stringify({ jwtRules: [{ issuer: issuer.url, audience: "old" }] }))).toBe("refused");
    await load.rounds(20);
    expect([...(await load.stop()).problems]).toEqual([]);
    const errors = envoy.log.ofPlugins().filter(({ level }) => level === "error");
    expect(errors.map(({ message }) => message)).toContain(
      "configuration: jwtRules[0].audience: unknown field, did you mean audiences?",
    );
  });

  it("finishes requests of the old configuration: one that waits for keys, and one whose body is on its way", async () => {
    // Another issuer, which has not been asked yet, and does not answer before the update is through.
    const slow = await Issuer.start();
    slow.failMode = "hang";
    try {
      const slowRule = { issuer: slow.url, jwksUri: slow.jwksUri, jwksCluster: "issuer", timeout: "1s" };
      expect(await publish(pluginConfig("old", { jwtRules: [{ ...slowRule, jwksUri: `${slow.url}/hang` }] }))).toBe(
        "accepted",
      );
      issuer.failMode = "hang";
      const waiting = requestOverHttp1(envoy.port("main"), { ...GET, headers: bearer(await slow.mint()) });
      await expect.poll(() => issuer.requests).toContain("/hang");
      const chunks = Array.from({ length: 50 }, (_, index) => `${index},`);
      expect(await publish(pluginConfig("old"))).toBe("accepted");
      const streaming = requestOverHttp1(envoy.port("main"), {
        ...GET,
        method: "POST",
        headers: [["x-echo", "stream"], ...bearer(token)],
        chunks,
      });
      issuer.failMode = "none";
      expect(await publish(pluginConfig("new"))).toBe("accepted");
      expect(await waiting).toMatchObject({ status: 401, body: "Jwks remote fetch is failed" });
      expect(await streaming).toMatchObject({ status: 200, body: chunks.join("") });
    } finally {
      await slow.stop();
    }
  });
});

it("leaves the chain, and comes back, with the listener", async () => {
  const lds = new LdsFile(folder);
  const ecds = new EcdsFile(folder, "default.jwt-auth-removed");
  ecds.publish(wasmConfig({ ...plugin(pluginConfig("echo")), name: "default.jwt-auth-removed" }));
  lds.publish([listener({ AUTHN: [ecds.filter] })]);
  const envoy = await EnvoyProcess.start({
    config: bootstrap({ listeners: [], clusters: clusters(), more: lds.resources }),
  });
  try {
    const load = startLoad({
      port: envoy.port("main"),
      request: () => GET,
      verify: (answer) => ([200, 401].includes(answer.status) ? undefined : describeAnswer(answer)),
    });
    const withoutToken = async () => (await requestOverHttp1(envoy.port("main"), GET)).status;
    expect(await withoutToken()).toBe(401);
    lds.publish([listener({})]);
    await expect.poll(withoutToken).toBe(200);
    lds.publish([listener({ AUTHN: [ecds.filter] })]);
    await expect.poll(withoutToken).toBe(401);
    expect([...(await load.stop()).problems]).toEqual([]);
  } finally {
    await envoy.stop();
  }
});

function describeAnswer({ status: code, body }: Answer): string {
  return `${code} ${body.slice(0, 100)}`;
}
