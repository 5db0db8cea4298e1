/**
 * The Envoys of the versions of Istio that are in use: each loads every module, takes requests through all filters as the
 * newest does, and lets an identity of the mesh through. What one of them does otherwise is said here, both ways.
 */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { CONFORMANCE_CASES } from "../../host-tests/host/conformance/cases.ts";
import { testsOf } from "../../host-tests/scenario/arrangements.ts";
import type { Scenario } from "../../host-tests/scenario/format.ts";
import { loadScenarios } from "../../host-tests/scenario/load.ts";
import { bootstrap, httpChain, tcpListener } from "../config/index.ts";
import { runConformanceInEnvoy } from "../conformance/run.ts";
import { call, startMeshWithFilters } from "../e2e/mesh-fixture.ts";
import { DEFAULT_VERSION, findEnvoy } from "../find-envoy.ts";
import { isOlder } from "../find-program.ts";
import { EnvoyProcess } from "../harness/index.ts";
import { runScenarioInEnvoy } from "../scenario-runner.ts";
import { builtModules, pluginOf } from "./modules.ts";

/**
 * The newest patch of each minor version that can be had with V8 (1.38.3 is there without); Istio 1.28 has the first, 1.32 the
 * last.
 */
const VERSIONS = ["1.36.4", "1.37.0", "1.38.2", "1.39.3", DEFAULT_VERSION];

/**
 * Scenarios that between them go through what Envoys have changed: calls, filter state, routes, metrics, native filters. Those
 * of requests that wait, in all arrangements.
 */
const WAITING = "waypoint/waiting.yaml";
const SCENARIOS = [
  [WAITING, "What filters leave behind is there for requests that waited, too"],
  [WAITING, "A policy that refuses by a claim knows the claims of a request that waited"],
  ["waypoint/claims.yaml", "Verified claims decide about policies and routes"],
  ["waypoint/sources.yaml", "Claims of Istio's RequestAuthentication"],
  ["jwt-auth/remote-keys.yaml", "A request that waited can be refused as well"],
  ["authz/decisions.yaml", "A policy that allows one identity to read"],
  ["header-router/split-keys.yaml", "A canary by user goes to another backend, on what the verified token says"],
  ["l7-metrics/labels.yaml", "Operation, lane, route, decision, header and claim"],
] as const;

/** What a plugin may do to a stream when a call of its was answered, and two of the lines that the probe logs of it. */
const IN_CALLBACK = "CEL in the callback of a call sees no stream";
const FOREIGN_FUNCTION = /foreign set_envoy_filter_state .* => (\d+)/;
const HOSTCALL = /setprop x 1 => (\d+)/;

/** The statuses of proxy-wasm. */
const OK = "0";
const NOT_FOUND = "1";

const FOLDER = fileURLToPath(new URL("../../host-tests/scenarios", import.meta.url));
const loaded = loadScenarios(FOLDER);

function scenarioOf(file: string, name: string): Scenario {
  const found = loaded.find((one) => one.file === file && one.scenario.name === name);
  if (found === undefined) throw new Error(`there is no scenario ${name} in ${file}`);
  return found.scenario;
}

const TESTS = SCENARIOS.flatMap(([file, name]) => {
  const scenario = scenarioOf(file, name);
  const tests = file === WAITING ? testsOf(scenario) : testsOf(scenario).slice(0, 1);
  return tests.map(({ title, arrangement }) => [title, arrangement, scenario] as const);
});

/** The route of docs/installation.md, in front of an upstream that a policy is to guard. */
function refusingDotSegments(status: number): Scenario {
  const match = [{ uri: { regex: String.raw`.*/\.{1,2};.*` } }];
  const policy = { name: "public", rules: [{ to: [{ operation: { paths: ["/public/*"] } }] }] };
  return {
    name: "Paths with parameters in dot segments do not reach the upstream",
    pipeline: {
      authz: { policies: [policy] },
      headerRouter: { routes: [{ name: "dot-segments", match, directResponse: { status: 400 } }] },
    },
    steps: [
      { name: "one", request: { path: "/public/..;x=1/admin" }, expect: { status, upstream: false } },
      { name: "another parameter", request: { path: "/public/a;x=1/b" }, expect: { status: 200 } },
    ],
  };
}

/** A version may have to be downloaded. */
const FETCH_TIMEOUT = 300_000;

describe.each(VERSIONS)("Envoy %s", (version) => {
  let missing: string | undefined;

  beforeAll(async () => {
    vi.stubEnv("ENVOY_BIN", "");
    vi.stubEnv("ENVOY_VERSION", version);
    missing = await findEnvoy().then(
      () => undefined,
      (error: unknown) => (error as Error).message.replaceAll("\n", " "),
    );
  }, FETCH_TIMEOUT);

  beforeEach(({ skip }) => {
    if (missing !== undefined) skip(missing);
  });

  afterAll(() => {
    vi.unstubAllEnvs();
  });

  it("loads every module", async () => {
    const listeners = builtModules().map((module) =>
      tcpListener(module, [httpChain({ name: module, places: { AUTHN: [pluginOf(module)] } })]),
    );
    await using envoy = await EnvoyProcess.start({ config: bootstrap({ listeners, clusters: [] }) });
    expect((await findEnvoy()).version).toBe(version);
    expect(envoy.log.lines.filter(({ level }) => level === "error" || level === "critical")).toEqual([]);
  });

  it.each(TESTS)("%s", async (_title, arrangement, scenario) => {
    expect(await runScenarioInEnvoy(scenario, { arrangement })).toEqual([]);
  });

  it("knows callers by their tunnels", async () => {
    const { bookinfo, stop } = await startMeshWithFilters();
    try {
      const answers = (["productpage", "sleep"] as const).map((caller) => call(bookinfo, caller, "reviews"));
      expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 403]);
    } finally {
      await stop();
    }
  });

  it("lets plugins set filter state in the callback of a call; by the foreign function from 1.37 on", async () => {
    const seen = await runConformanceInEnvoy(CONFORMANCE_CASES.filter((one) => one.name === IN_CALLBACK));
    const logged = seen[IN_CALLBACK]?.steps.flatMap(({ logs = [] }) => logs).join("\n") ?? "";
    expect(HOSTCALL.exec(logged)?.[1]).toBe(OK);
    expect(FOREIGN_FUNCTION.exec(logged)?.[1]).toBe(isOlder(version, [1, 37]) ? NOT_FOUND : OK);
  });

  it("takes parameters out of the dot segments of a path, if it has the security patches of August 2026", async () => {
    const problems = await runScenarioInEnvoy(
      scenarioOf("authz/hostile-paths.yaml", "What Envoy makes plain is judged plain"),
    );
    // CVE-2026-73551. Of what older ones let through a filter cannot know what an upstream makes of it.
    const passed = "a dot segment with parameters: status: expected 403, got 200";
    expect(problems.includes(passed)).toBe(isOlder(version, [1, 39]));
  });

  it("lets header-router refuse such paths where it has not", async () => {
    const status = isOlder(version, [1, 39]) ? 400 : 403;
    expect(await runScenarioInEnvoy(refusingDotSegments(status))).toEqual([]);
  });
});
