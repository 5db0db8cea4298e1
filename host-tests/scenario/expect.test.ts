import { describe, expect, it } from "vitest";
import { check, joined, type Observation } from "./expect.ts";

const SEEN: Observation = {
  status: 200,
  broken: false,
  headers: [
    ["X-A", "1"],
    ["x-a", "2"],
  ],
  body: "text",
  trailers: [],
  details: "via_upstream",
  upstream: { name: "upstream", method: "GET", path: "/", headers: [["host", "a"]], body: "" },
  metrics: { counters: { count: 2 }, gauges: { open: 1 }, histograms: { time: 3 } },
  filterState: { "wasm.a": "1", "wasm.b": null },
  logs: [{ level: "info", message: "hello world" }],
};

describe("check", () => {
  it("says nothing about what is as expected, or not mentioned", () => {
    expect(check(SEEN, {})).toEqual([]);
    const expected = {
      status: 200,
      headers: { "x-a": "1, 2", "x-b": null },
      body: "text",
      bodyContains: "ex",
      upstream: { method: "GET", headers: { host: "a", authorization: null } },
      broken: false,
      metrics: { count: 2, other: 0 },
      gauges: { open: 1, other: 0 },
      histograms: { time: 3, other: 0 },
      metricsNever: ["^counts$", "_rq_500$"],
      filterState: { "wasm.a": "1", "wasm.b": null, "wasm.c": null },
      logs: [{ level: "info" as const, contains: "world" }],
      logsNeverContain: ["secret"],
    };
    expect(check(SEEN, expected)).toEqual([]);
  });

  it("names what differs, what was expected and what was seen", () => {
    expect(check(SEEN, { status: 401, headers: { "x-a": null }, metrics: { count: 1 }, upstream: false })).toEqual([
      "status: expected 401, got 200",
      'headers[x-a]: expected null, got "1, 2"',
      "upstream: expected nothing to arrive, got GET /",
      "metrics[count]: expected 1, got 2",
    ]);
    expect(check({ ...SEEN, upstream: undefined }, { upstream: {} })).toEqual([
      "upstream: expected a request, nothing arrived",
    ]);
  });

  it("adds up metrics that a selector means", () => {
    const counters = {
      "code=.=200;.;flags=.=-;.;requests_total": 2,
      "code=.=503;.;flags=.=URX,UF;.;requests_total": 3,
      "code=.=503;.;flags=.=UF;.;requests_total": 5,
      "code=.=503;.;flags=.=UF;.;other_requests_total": 7,
    };
    const seen = { ...SEEN, metrics: { ...SEEN.metrics, counters } };
    const metrics = {
      "requests_total{}": 10,
      'requests_total{code="503"}': 8,
      'requests_total{flags="URX,UF",code="503"}': 3,
      'requests_total{code="404"}': 0,
      'requests_total{lane="200"}': 0,
      "code=.=503;.;flags=.=UF;.;requests_total": 5,
    };
    expect(check(seen, { metrics })).toEqual([]);
    expect(check(seen, { metrics: { 'requests_total{code="200"}': 1 } })).toEqual([
      'metrics[requests_total{code="200"}]: expected 1, got 2',
    ]);
    expect(() => check(seen, { metrics: { "requests_total{code=200}": 1 } })).toThrow("not a selector");
  });

  it("names metrics of every kind that must not be there", () => {
    expect(check(SEEN, { metricsNever: ["o", "^t"] })).toEqual([
      "metricsNever: there is a metric count, which o matches",
      "metricsNever: there is a metric open, which o matches",
      "metricsNever: there is a metric time, which ^t matches",
    ]);
    expect(check(SEEN, { gauges: { open: 0 }, histograms: { time: 1 }, broken: true })).toEqual([
      "broken: expected true, got false",
      "gauges[open]: expected 0, got 1",
      "histograms[time]: expected 1, got 3",
    ]);
  });

  it("shows long texts from around the first difference on", () => {
    const [problem = ""] = check({ ...SEEN, body: `${"a".repeat(1_000)}b` }, { body: "a".repeat(1_002) });
    expect(problem).toMatch(/^body: expected …"a{80,}" \(1002 characters\), got …"a+b" \(1001 characters\)$/);
    expect(problem.length).toBeLessThan(400);
  });

  it("finds tokens and their signatures in log lines", () => {
    const token = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ";
    const withLog = (message: string) => ({ ...SEEN, logs: [{ level: "debug" as const, message }] });
    expect(check(withLog(`token ${token}`), {}, [token])).toHaveLength(2);
    expect(check(withLog("c2lnbmF0dXJlLXNpZ25hdHVyZQ"), {}, [token])).toHaveLength(1);
    expect(check(withLog("eyJhbGciOiJFUzI1NiJ9"), {}, [token])).toEqual([]);
  });
});

describe("joined", () => {
  it("tells absent from empty", () => {
    expect(joined([["a", ""]], "a")).toBe("");
    expect(joined([], "a")).toBeNull();
  });
});
