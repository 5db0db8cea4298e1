/** A flood of paths, users and headers, all different, through the real Envoy: its metrics must not grow with them. */
import path from "node:path";
import { expect, it } from "vitest";
import { makeKeys, makeToken } from "../../host-tests/scenario/tokens.ts";
import { FLOOD_CODES, FLOOD_CONFIGURATION, floodRequest, MAX_SERIES } from "../../host-tests/scenario/flood.ts";
import { bootstrap, httpChain, tcpListener, wasmFilter, type Route } from "../config/index.ts";
import { EnvoyProcess } from "../harness/process.ts";
import { startLoad } from "../harness/load.ts";
import type { Request } from "../client/answer.ts";

const CLIENTS = 8;

/** Of each client. */
const ROUNDS = 1_500;

const ISSUER = "https://issuer.example";
const KEYS = makeKeys({ key: { alg: "HS256", kid: "key" } });
const CODE_HEADER = "x-code";

it("has no more metrics after 12,000 different requests than after a tenth of them", { timeout: 120_000 }, async () => {
  const plugin = { name: "default.waypoint", file: path.resolve("build/waypoint.wasm"), rootId: "waypoint" };
  const filter = wasmFilter({ ...plugin, configuration: JSON.stringify(pipeline()) });
  const chain = httpChain({ name: "flood", places: { AUTHN: [filter] }, routes: FLOOD_CODES.map(answering) });
  const config = bootstrap({ listeners: [tcpListener("flood", [chain])], clusters: [] });
  const envoy = await EnvoyProcess.start({ config, workers: 2, logLevel: "warn" });
  try {
    const load = startLoad({ port: envoy.port("flood"), clients: CLIENTS, request });
    await load.rounds(ROUNDS / 10);
    const tenth = await metricsOf(envoy);
    await load.rounds(ROUNDS - ROUNDS / 10);
    const { statuses, problems, answers } = await load.stop();
    const all = await metricsOf(envoy);

    expect(problems).toEqual(new Map());
    expect(answers).toBeGreaterThanOrEqual(CLIENTS * ROUNDS);
    expect([...statuses.keys()].sort((a, b) => a - b)).toEqual([...FLOOD_CODES, 401].sort((a, b) => a - b));
    expect(all).toEqual(tenth);

    const requests = () => envoy.admin.stats("waypost_requests_total$");
    // Nothing is lost: what has no series of its own is counted with the others.
    await expect.poll(async () => sum(await requests()), { timeout: 10_000 }).toBe(answers);
    // Each code has a series for those.
    const { size } = await requests();
    expect(size).toBeGreaterThan(MAX_SERIES);
    expect(size).toBeLessThanOrEqual(MAX_SERIES + statuses.size);
    const overflow = await envoy.admin.stats("waypost_series_overflow_total$");
    expect(sum(overflow)).toBeGreaterThan(answers / 2);
  } finally {
    await envoy.stop();
  }
});

function pipeline(): object {
  const keys = [...KEYS.values()].map(({ jwk }) => jwk);
  return { jwtAuth: { jwtRules: [{ issuer: ISSUER, jwks: { keys } }] }, l7Metrics: FLOOD_CONFIGURATION };
}

/** The client says what it wants to be answered with. */
function answering(status: number): Route {
  const wanted = { name: CODE_HEADER, string_match: { exact: `${status}` } };
  return { match: { prefix: "/", headers: [wanted] }, direct_response: { status } };
}

/** A user of its own for each; one token in ten is no token. */
function request(client: number, count: number): Request {
  const { method, path: target, headers, user, code } = floodRequest(client + CLIENTS * count);
  const token =
    count % 10 === 9 ? "no.to.ken" : makeToken({ key: "key", claims: { iss: ISSUER, sub: user } }, KEYS, Date.now());
  const own = [
    [CODE_HEADER, `${code}`],
    ["authorization", `Bearer ${token}`],
  ] as const;
  return { method, path: target, authority: "cart.shop", headers: [...headers, ...own] };
}

/** Names of all metrics of Wasm filters. */
async function metricsOf(envoy: EnvoyProcess): Promise<string[]> {
  const text = await envoy.admin.get("/stats?filter=%5Ewasmcustom");
  return text
    .trim()
    .split("\n")
    .map((line) => line.slice(0, line.lastIndexOf(": ")))
    .sort();
}

function sum(stats: ReadonlyMap<string, number>): number {
  return [...stats.values()].reduce((total, value) => total + value, 0);
}
