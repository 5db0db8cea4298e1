/** The cookie that a split issues, in the real Envoy: keys are random in each worker, and each keeps its lane. */
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { requestOverHttp1 } from "../client/http1.ts";
import { bootstrap, httpChain, staticCluster, tcpListener, wasmFilter } from "../config/index.ts";
import { EnvoyProcess } from "../harness/index.ts";
import { EchoService, type Echo } from "../services/echo.ts";

const CHAIN = "inbound-vip|80|http|echo.default.svc.cluster.local";
const REQUESTS = 200;
const configuration = JSON.stringify({
  routes: [
    {
      name: "shop",
      split: {
        by: { cookie: "uid" },
        issueCookie: { ttl: "1h" },
        lanes: [
          { name: "a", weight: 1 },
          { name: "b", weight: 1 },
        ],
      },
    },
  ],
});

let echo: EchoService;
let envoy: EnvoyProcess;
beforeAll(async () => {
  echo = await EchoService.start();
  const filter = wasmFilter({
    name: "default.header-router",
    file: path.resolve("build/header-router.wasm"),
    configuration,
  });
  const config = bootstrap({
    listeners: [tcpListener("main", [httpChain({ name: CHAIN, places: { AUTHN: [filter] } })])],
    clusters: [
      staticCluster({ name: CHAIN, endpoints: [{ host: "127.0.0.1", port: echo.port }], protocol: "downstream" }),
    ],
  });
  envoy = await EnvoyProcess.start({ config, workers: 2 });
});
afterAll(async () => {
  await envoy.stop();
  await echo.stop();
});

async function send(headers: [string, string][]): Promise<{ lane: string | undefined; cookies: string[] }> {
  const answer = await requestOverHttp1(envoy.port("main"), {
    method: "GET",
    path: "/",
    authority: "echo.test",
    headers,
  });
  expect(answer.status).toBe(200);
  const { headers: arrived } = JSON.parse(answer.body) as Echo;
  return { lane: valuesOf(arrived, "x-waypost-lane")[0], cookies: valuesOf(answer.headers, "set-cookie") };
}

function valuesOf(headers: readonly [string, string][], wanted: string): string[] {
  return headers.filter(([name]) => name === wanted).map(([, value]) => value);
}

it("is random, and keeps the lane of the request that it answers", async () => {
  const lanes = new Map<string, string | undefined>();
  for (let i = 0; i < REQUESTS; i++) {
    const { lane, cookies } = await send([]);
    expect(cookies).toEqual([
      expect.stringMatching(/^uid=[0-9a-f]{32}; Max-Age=3600; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    lanes.set(cookies[0]?.slice(4, 36) ?? "", lane);
  }
  expect(lanes.size).toBe(REQUESTS);
  const ofA = [...lanes.values()].filter((lane) => lane === "a").length;
  // Five standard deviations around the half.
  expect(Math.abs(ofA - REQUESTS / 2)).toBeLessThan(36);
  for (const [key, lane] of lanes) expect(await send([["cookie", `uid=${key}`]])).toEqual({ lane, cookies: [] });
});
