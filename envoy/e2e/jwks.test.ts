/**
 * jwt-auth beside issuers that lie, are slow, break off, pour, redirect and flap, all at once and under load, in a real
 * Envoy: no wrong answer, no request that hangs, none that is lost, and no issuer that is asked more than it should be.
 */
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer, Request } from "../client/answer.ts";
import { requestOverHttp1 } from "../client/http1.ts";
import { bootstrap, httpChain, staticCluster, tcpListener, wasmFilter } from "../config/index.ts";
import { EnvoyProcess, startLoad, type LoadReport } from "../harness/index.ts";
import { EchoService } from "../services/echo.ts";
import { Issuer, type FailMode } from "../services/issuer.ts";

const CHAIN = "inbound-vip|80|http|echo.default.svc.cluster.local";
/** Of each fetch, and how long keys are fresh. */
const TIMEOUT_MS = 1_000;
const FRESH_MS = 1_000;
/** What a busy machine adds to any wait. */
const MARGIN_MS = 4_000;
const KEY_NOT_FOUND = "401 Jwks doesn't have key to match kid or alg from Jwt";

/** What goes wrong, each at an issuer of its own. */
const MODES: readonly FailMode[] = [
  "error500",
  "hang",
  "reset",
  "garbage",
  "emptyKeySet",
  "flapping",
  "foreignKeys",
  "html",
  "wrongJson",
  "redirect",
  "drip",
  "truncated",
  "huge",
  "endless",
];

interface Party {
  mode: FailMode;
  issuer: Issuer;
  good: string;
  forged: string;
  /** Signed with a key that was never published. */
  unknown: string;
}

let echo: EchoService;
let envoy: EnvoyProcess;
let parties: Party[];
/** Its keys are fresh for long, so that only an unknown `kid` has them fetched again. */
let rotating: Issuer;
/** Never answers, from the start on. */
let silent: Issuer;
/** Found by discovery. */
let discovered: Issuer;

beforeAll(async () => {
  [echo, rotating, silent, discovered] = await Promise.all([
    EchoService.start(),
    Issuer.start({ algorithms: ["ES256"] }),
    Issuer.start({ algorithms: ["ES256"] }),
    Issuer.start({ algorithms: ["ES256"] }),
  ]);
  silent.failMode = "hang";
  parties = await Promise.all(MODES.map(party));
  const rules = [
    ...parties.map(({ issuer }, index) => fetched(issuer, `issuer-${index}`, `${FRESH_MS}ms`)),
    fetched(rotating, "rotating", "5m"),
    fetched(silent, "silent", "5m"),
    { issuer: discovered.url, discoveryCluster: "discovered", timeout: `${TIMEOUT_MS}ms` },
  ];
  const plugin = {
    name: "default.jwt-auth",
    file: path.resolve("build/jwt-auth.wasm"),
    configuration: JSON.stringify({ presence: "REQUIRED", jwtRules: rules }),
  };
  const at = (port: number) => [{ host: "127.0.0.1", port }];
  const clusters = [
    staticCluster({ name: CHAIN, endpoints: at(echo.port), protocol: "downstream" }),
    ...parties.map(({ issuer }, index) => staticCluster({ name: `issuer-${index}`, endpoints: at(issuer.port) })),
    staticCluster({ name: "rotating", endpoints: at(rotating.port) }),
    staticCluster({ name: "silent", endpoints: at(silent.port) }),
    staticCluster({ name: "discovered", endpoints: at(discovered.port) }),
  ];
  const listeners = [tcpListener("main", [httpChain({ name: CHAIN, places: { AUTHN: [wasmFilter(plugin)] } })])];
  envoy = await EnvoyProcess.start({ config: bootstrap({ listeners, clusters }), workers: 2 });
});
afterAll(async () => {
  await envoy.stop();
  const issuers = [...parties.map(({ issuer }) => issuer), rotating, silent, discovered];
  await Promise.all([echo.stop(), ...issuers.map((issuer) => issuer.stop())]);
});

async function party(mode: FailMode): Promise<Party> {
  const issuer = await Issuer.start({ algorithms: ["ES256"] });
  const unknown = await issuer.mint({ header: { kid: "never published" } });
  return { mode, issuer, good: await issuer.mint(), forged: await issuer.forge(), unknown };
}

function fetched(issuer: Issuer, cluster: string, jwksCacheDuration: string) {
  const timeout = `${TIMEOUT_MS}ms`;
  return { issuer: issuer.url, jwksUri: issuer.jwksUri, jwksCluster: cluster, jwksCacheDuration, timeout };
}

function withToken(token: string): Request {
  return { method: "GET", path: "/", authority: "echo.test", headers: [["authorization", `Bearer ${token}`]] };
}

async function ask(token: string): Promise<string> {
  return shown(await requestOverHttp1(envoy.port("main"), withToken(token)));
}

function shown({ status, body }: Answer): string {
  return status === 200 ? "200" : `${status} ${body}`;
}

interface Sample {
  token: string;
  /** What the answer must be now. */
  expected: () => RegExp;
}

/** Sends samples all the time, and sees to it that each is answered rightly and in time. */
function sendAll(samples: readonly Sample[]): { stop: () => Promise<LoadReport & { sent: number; slowest: number }> } {
  let sent = 0;
  let slowest = 0;
  const current = new Map<Request, { sample: Sample; since: number }>();
  const load = startLoad({
    port: envoy.port("main"),
    clients: 6,
    request: () => {
      const sample = samples[sent++ % samples.length] as Sample;
      const request = withToken(sample.token);
      current.set(request, { sample, since: performance.now() });
      return request;
    },
    verify: (answer, request) => {
      const about = current.get(request);
      if (about === undefined) return "an answer to nothing";
      current.delete(request);
      slowest = Math.max(slowest, performance.now() - about.since);
      const expected = about.sample.expected();
      return expected.test(shown(answer)) ? undefined : `${shown(answer)} in place of ${expected.source}`;
    },
  });
  return { stop: async () => ({ ...(await load.stop()), sent, slowest }) };
}

describe("issuers that do all that issuers can do wrong", () => {
  it("cause no wrong answer, no request that hangs, none that is lost, and are not asked too often", async () => {
    for (const { good } of parties) await expect.poll(() => ask(good), { timeout: 10_000 }).toBe("200");
    let failing = false;
    const samples = parties.flatMap(({ mode, good, forged, unknown }): Sample[] => [
      // Whoever publishes other keys has other keys.
      { token: good, expected: () => (failing && mode === "foreignKeys" ? /^200$|^401 Jwt verification/ : /^200$/) },
      { token: forged, expected: () => /^401 Jwt verification fails$/ },
      { token: unknown, expected: () => /^401 Jwks doesn't have key/ },
    ]);
    const load = sendAll(samples);
    await sleep(500);
    const before = parties.map(({ issuer }) => issuer.requests.length);
    failing = true;
    for (const { issuer, mode } of parties) issuer.failMode = mode;
    const since = performance.now();
    await sleep(5_000);
    const seconds = (performance.now() - since) / 1_000;
    const asked = parties.map(
      ({ issuer, mode }, index) => [mode, issuer.requests.length - (before[index] ?? 0)] as const,
    );
    for (const { issuer } of parties) issuer.failMode = "none";
    for (const { good } of parties) await expect.poll(() => ask(good), { timeout: 10_000 }).toBe("200");
    failing = false;
    await sleep(500);
    const { sent, answers, problems, slowest } = await load.stop();

    expect([...problems]).toEqual([]);
    expect(answers).toBe(sent);
    expect(answers).toBeGreaterThan(samples.length);
    expect(slowest).toBeLessThan(TIMEOUT_MS + MARGIN_MS);
    for (const [mode, count] of asked) {
      expect(count, mode).toBeGreaterThan(0);
      // A refresh a second at most, and the one for an unknown kid.
      expect(count, mode).toBeLessThanOrEqual(seconds + 3);
    }
  });

  it("refuse tokens in time when there never were keys", async () => {
    const token = await silent.mint();
    const since = performance.now();
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(token)));
    expect(new Set(answers)).toEqual(new Set(["401 Jwks remote fetch is failed"]));
    expect(performance.now() - since).toBeLessThan(TIMEOUT_MS + MARGIN_MS);
  });
});

describe("an issuer that changes its keys", () => {
  it("has its new tokens accepted at once, and nobody notices", async () => {
    const first = await rotating.mint();
    await expect.poll(() => ask(first), { timeout: 10_000 }).toBe("200");
    const samples: Sample[] = [{ token: first, expected: () => /^200$/ }];
    const load = sendAll(samples);
    await sleep(300);
    const before = rotating.requests.length;
    await rotating.rotate("ES256");
    const second = await rotating.mint();
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(second)));
    samples.push({ token: second, expected: () => /^200$/ });
    await sleep(1_500);
    const { sent, answers: answered, problems } = await load.stop();
    expect(new Set(answers)).toEqual(new Set(["200"]));
    expect([...problems]).toEqual([]);
    expect(answered).toBe(sent);
    expect(rotating.requests.length - before).toBe(1);
  });

  it("is not asked for the next unknown kid so soon", async () => {
    const before = rotating.requests.length;
    await rotating.rotate("ES256");
    expect(await ask(await rotating.mint())).toBe(KEY_NOT_FOUND);
    expect(rotating.requests.length).toBe(before);
  });

  it("has a key that it withdraws refused within one refresh, tokens of the cache included", async () => {
    const issuer = (parties[0] as Party).issuer;
    const token = await issuer.mint();
    expect(await ask(token)).toBe("200");
    await issuer.rotate("ES256", { keep: false });
    await sleep(2 * FRESH_MS + 1_500);
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(token)));
    expect(new Set(answers)).toEqual(new Set([KEY_NOT_FOUND]));
    expect(await ask(await issuer.mint())).toBe("200");
  });
});

it("discovers where the keys of an issuer are", async () => {
  const token = await discovered.mint();
  await expect.poll(() => ask(token), { timeout: 10_000 }).toBe("200");
  expect(await ask(await discovered.forge())).toBe("401 Jwt verification fails");
  expect(discovered.requests.slice(0, 2)).toEqual(["/.well-known/openid-configuration", "/.well-known/jwks.json"]);
});

it("says each change of state once", () => {
  const lines = envoy.log.ofPlugins().map(({ message }) => message);
  const about = lines.filter((line) => /^keys of origins-0 /.test(line)).map((line) => line.replace(/^.*?\): /, ""));
  expect(about).toEqual([
    "are there",
    "not fetched, the old ones stay: no answer with status 200 but 500",
    "are there again",
  ]);
});
