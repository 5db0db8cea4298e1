/** A11 in the real Envoy, asked for every log line: none of jwt-auth's shows what a client, token, issuer or key holds. */
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  configuration,
  ISSUER_ANSWERS,
  leaks,
  refusedConfigurations,
  requests,
  type HygieneRequest,
} from "../../host-tests/scenario/log-hygiene.ts";
import { requestOverHttp1 } from "../client/http1.ts";
import { requestOverHttp2 } from "../client/http2.ts";
import { bootstrap, httpChain, staticCluster, tcpListener, wasmFilter, type Bootstrap } from "../config/index.ts";
import { EnvoyFailed, EnvoyProcess, type EnvoyOptions } from "../harness/index.ts";
import { EchoService } from "../services/echo.ts";
import { startService, type ScriptedService } from "../services/scripted.ts";

const CHAIN = "inbound-vip|80|http|echo.default.svc.cluster.local";

let echo: EchoService;
let issuer: ScriptedService;
beforeAll(async () => {
  echo = await EchoService.start();
  issuer = await startService({});
});
afterAll(async () => {
  await echo.stop();
  await issuer.stop();
});

function bootstrapWith(text: string): Bootstrap {
  const file = path.resolve("build/jwt-auth.wasm");
  const filter = wasmFilter({ name: "default.jwt-auth", file, configuration: text });
  const endpoints = [{ host: "127.0.0.1", port: echo.port }];
  return bootstrap({
    listeners: [tcpListener("main", [httpChain({ name: CHAIN, places: { AUTHN: [filter] } })])],
    clusters: [
      staticCluster({ name: CHAIN, endpoints, protocol: "downstream" }),
      staticCluster({ name: "issuer", endpoints: issuer.endpoints }),
    ],
  });
}

const options = (text: string): EnvoyOptions => ({
  config: bootstrapWith(text),
  componentLogLevel: { wasm: "trace" },
});

async function sendAll(port: number): Promise<number[]> {
  const send = (request: HygieneRequest) => {
    const over = request.protocol === "http2" ? requestOverHttp2 : requestOverHttp1;
    return over(port, { method: "GET", authority: "echo.test", ...request });
  };
  const statuses: number[] = [];
  for (const request of requests()) statuses.push((await send(request)).status);
  return statuses;
}

describe.each(["ENFORCE", "SHADOW"] as const)("in mode %s", (mode) => {
  it("with keys of the configuration", async () => {
    await using envoy = await EnvoyProcess.start(options(configuration(mode, "inline")));
    const statuses = await sendAll(envoy.port("main"));
    expect(new Set(statuses)).toEqual(new Set(mode === "ENFORCE" ? [200, 401, 403] : [200]));
    expect(leaks(envoy.log.ofPlugins())).toEqual([]);
    expect(envoy.log.ofPlugins().length).toBeGreaterThan(requests().length / 2);
  });

  it("with an issuer that answers anything", async () => {
    issuer.answer(ISSUER_ANSWERS.map((answer) => ({ ...answer })).reverse());
    await using envoy = await EnvoyProcess.start(options(configuration(mode, "fetched")));
    await sendAll(envoy.port("main"));
    expect(leaks(envoy.log.ofPlugins())).toEqual([]);
    expect(envoy.log.ofPlugins().length).toBeGreaterThan(requests().length / 2);
  });
});

it("errors of a configuration", async () => {
  for (const text of refusedConfigurations().slice(0, 3)) {
    const failed: unknown = await EnvoyProcess.start(options(text)).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(EnvoyFailed);
    const lines = (failed as EnvoyFailed).lines.filter(({ plugin }) => plugin !== undefined);
    expect(lines.some(({ level }) => level === "error")).toBe(true);
    expect(leaks(lines)).toEqual([]);
  }
});
