import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scenario, Step } from "../../host-tests/scenario/format.ts";
import { runScenarioInEnvoy } from "../scenario-runner.ts";
import { buildProbe } from "./probe.ts";

let modules: string;
beforeAll(async () => {
  modules = mkdtempSync(path.join(tmpdir(), "waypost-probe-"));
  await buildProbe(modules);
});
afterAll(() => rmSync(modules, { recursive: true }));

function run(scenario: Partial<Scenario>): Promise<string[]> {
  return runScenarioInEnvoy({ name: "test", module: "probe", configText: "one", ...scenario }, { modules });
}

const COUNTER = "wasm_filter.probe.waypost_probe_requests_total";

const PASSES: Step = {
  name: "passes",
  request: {
    path: "/a?b=c",
    headers: [
      ["X-Two", "1"],
      ["x-two", "2"],
    ],
    body: "text",
  },
  expect: {
    status: 200,
    headers: { "x-probe": "one", "x-other": null },
    details: "via_upstream",
    upstream: { path: "/a?b=c", headers: { "x-probe": "one", "x-two": "1, 2" }, body: "text" },
    metrics: { [COUNTER]: 1 },
    filterState: { "wasm.probe": "one", "wasm.other": null },
    logs: [{ level: "info", contains: "probe one: request" }],
  },
};

const DENIED: Step = {
  name: "denied",
  request: { headers: [["x-deny", "1"]] },
  expect: { status: 403, body: "one", details: "probe_denied", upstream: false, metrics: { [COUNTER]: 3 } },
  parallel: 3,
};

describe("runScenarioInEnvoy", () => {
  it("finds nothing to say about what is as expected", async () => {
    const http2: Step = { ...PASSES, name: "http2", request: { ...PASSES.request, protocol: "http2" } };
    const trailers = {
      ...http2,
      name: "trailers",
      request: {
        chunks: ["te", "xt"],
        trailers: [["x-end", "1"]],
        path: "/a?b=c",
        protocol: "http2",
        headers: [
          ["x-two", "1"],
          ["x-two", "2"],
        ],
      },
    } satisfies Step;
    expect(await run({ steps: [PASSES, DENIED, http2, trailers], workers: 2 })).toEqual([]);
  });

  it("names every difference", async () => {
    const step: Step = {
      name: "wrong",
      request: {},
      expect: {
        status: 401,
        body: "no",
        details: "other",
        upstream: false,
        metrics: { [COUNTER]: 2 },
        filterState: { "wasm.probe": "two" },
        logs: [{ level: "error", contains: "request" }],
        logsNeverContain: ["probe one"],
      },
    };
    const problems = await run({ steps: [step] });
    const starts = ["status", "body", "details", "upstream", "metrics", "filterState", "logs: no", "logs: a info"];
    expect(problems.map((problem) => starts.find((start) => problem.startsWith(`wrong: ${start}`)))).toEqual(starts);
  });

  it("wants a refused configuration to be refused, with these words", async () => {
    expect(await run({ configText: "refuse", refused: ['refuses "refuse"', "a second line \\ and"] })).toEqual([]);
    expect(await run({ configText: "refuse", refused: ["something else"] })).toEqual([
      expect.stringContaining('no log line contains "something else"'),
    ]);
    expect(await run({ configText: "one", refused: ["refuses"] })).toEqual([
      "refused: the plugin took the configuration",
    ]);
  });

  it("reports a trap, unless the scenario is about it", async () => {
    const step: Step = { name: "traps", request: { body: "text" }, expect: { status: 503 } };
    expect(await run({ configText: "trap", steps: [step] })).toEqual([
      expect.stringMatching(/^a trap: .*proxy_on_request_body/),
    ]);
    expect(await run({ configText: "trap", failurePolicy: "FAIL_CLOSED", steps: [step] })).toEqual([]);
  });

  it("reports tokens in log lines", async () => {
    const keys = { k: { alg: "ES256" as const } };
    const tokens = { t: { key: "k", claims: { sub: "alice" } } };
    const step: Step = { name: "leaks", request: {}, expect: { status: 200 } };
    const [problem, ...others] = await run({ keys, tokens, configText: "{{token: t}}", steps: [step] });
    expect(problem).toMatch(/^leaks: logs: a info line must not contain/);
    expect(others).toHaveLength(1);
  });

  it("reaches services in each of their ways", async () => {
    const services = {
      issuer: { answers: [{ path: "/jwks", jwks: "set" }] },
      refuses: { reach: "refuse" as const },
      nowhere: { reach: "none" as const },
      hangs: { answers: [{ fault: "hang" as const }] },
    };
    const native = (service: string) => ({
      providers: {
        p: {
          remote_jwks: {
            http_uri: {
              uri: `http://{{authority: ${service}}}/jwks`,
              cluster: `{{cluster: ${service}}}`,
              timeout: "0.3s",
            },
          },
        },
      },
      rules: [{ match: { prefix: "/" }, requires: { provider_name: "p" } }],
    });
    const scenario = {
      keys: { k: { alg: "RS256" as const, kid: "1" } },
      jwks: { set: ["k"] },
      tokens: { t: { key: "k", claims: { exp: "now+1h" } } },
      services,
    };
    const step: Step = {
      name: "judged",
      request: { headers: [["authorization", "Bearer {{token: t}}"]] },
      expect: { status: 200 },
    };
    const failed = { status: 401, body: "Jwks remote fetch is failed", why: "the probe checks nothing" };
    expect(await run({ ...scenario, native: native("issuer"), steps: [step] })).toEqual([]);
    for (const name of ["refuses", "nowhere", "hangs"]) {
      expect(await run({ ...scenario, native: native(name), steps: [{ ...step, native: failed }] })).toEqual([]);
    }
  });

  it("reports metadata that native jwt_authn did not leave", async () => {
    const step: Step = {
      name: "told wrong",
      request: { metadata: { "envoy.filters.http.jwt_authn": { payload: { sub: "alice" } } } },
      expect: { status: 200 },
    };
    expect(await run({ steps: [step] })).toEqual([
      'told wrong: request.metadata: expected {"envoy.filters.http.jwt_authn":{"payload":{"sub":"alice"}}}, Envoy has undefined',
    ]);
  });

  it("judges policies by native rbac, with the caller's identity", async () => {
    const config = {
      policies: [
        {
          name: "sleep",
          action: "ALLOW",
          rules: [{ from: [{ source: { principals: ["cluster.local/ns/a/sa/sleep"] } }] }],
        },
      ],
    };
    const principal = "spiffe://cluster.local/ns/a/sa/sleep";
    const steps: Step[] = [
      { name: "known", request: { principal }, expect: { status: 200 } },
      { name: "unknown", request: { principal: "spiffe://cluster.local/ns/b/sa/sleep" }, expect: { status: 200 } },
      {
        name: "declared",
        request: {},
        expect: { status: 200 },
        native: { status: 403, body: "RBAC: access denied", why: "the probe checks nothing" },
      },
    ];
    expect(await run({ configText: undefined, config, nativePolicies: true, steps })).toEqual([
      "unknown: native status: expected 200, got 403",
      "unknown: native: refused the request, we let the request pass",
    ]);
  });

  it("names the upstream that a request reached", async () => {
    const steps: Step[] = [
      { name: "right", request: { path: "/b" }, expect: { upstream: { name: "two" } } },
      { name: "wrong", request: { path: "/a" }, expect: { upstream: { name: "two" } } },
    ];
    const routes = [{ match: { path: "/a" }, upstream: "one" }, { upstream: "two" }];
    expect(await run({ upstreams: ["one", "two"], routes, steps })).toEqual([
      'wrong: upstream.name: expected "two", got "one"',
    ]);
    await expect(run({ routes: [{ upstream: "none" }], steps })).rejects.toThrow(
      "a route leads to none; there are: upstream",
    );
  });

  it("reports differences from the judge, and declared ones that are none", async () => {
    const native = {
      providers: { p: { issuer: "a", local_jwks: { inline_string: "{{jwks: set}}" } } },
      rules: [{ match: { prefix: "/" }, requires: { provider_name: "p" } }],
    };
    const described = { keys: { k: { alg: "ES256" as const } }, jwks: { set: ["k"] }, native };
    const step: Step = { name: "missing", request: { path: "/?access_token=x.y" }, expect: { status: 200 } };
    expect(await run({ ...described, steps: [step] })).toEqual([
      "missing: native status: expected 200, got 401",
      "missing: native: refused the request, we let the request pass",
    ]);
    const tokens = { t: { key: "k", claims: { iss: "a" } } };
    const valid: Step = { name: "valid", request: { headers: [["authorization", "Bearer {{token: t}}"]] }, expect: {} };
    expect(
      await run({ ...described, tokens, steps: [{ ...valid, native: { status: 200, why: "it differs" } }] }),
    ).toEqual(["valid: native: answers as we do, though the step says: it differs"]);
  });
});
