import { describe, expect, it } from "vitest";
import { readRequests } from "./requests.ts";
import { MovingWindow, summarizeAll, type Row, type Summary } from "./summary.ts";
import { metricsText, type Counted } from "./metrics-text.ts";

const STABLE = { operation: "get_review", lane: "stable" };
const CANARY = { operation: "get_review", lane: "canary" };

/** What a window of ten seconds says after readings a second apart, in this order. */
function afterReadings(...readings: readonly Counted[][]): Summary {
  const window = new MovingWindow(10_000);
  const summaries = readings.map((groups, second) => window.add(readRequests(metricsText(groups)), second * 1_000));
  return summaries.at(-1)!;
}

function row({ rows }: Summary, wanted: { operation: string; lane: string }): Row | undefined {
  return rows.find(({ operation, lane }) => operation === wanted.operation && lane === wanted.lane);
}

describe("between two readings", () => {
  const summary = afterReadings(
    [
      { ...STABLE, codes: { 200: 100, 401: 10, 503: 1 }, durations: { 1: 100, 5: 111 } },
      { ...CANARY, codes: { 200: 7 }, durations: { 1: 7, 5: 7 } },
    ],
    [
      { ...STABLE, codes: { 200: 130, 401: 16, 404: 2, 503: 3 }, durations: { 1: 120, 5: 149 } },
      { ...CANARY, codes: { 200: 7 }, durations: { 1: 7, 5: 7 } },
    ],
  );

  it("counts requests and both kinds of errors", () => {
    expect(summary.seconds).toBe(1);
    expect(row(summary, STABLE)).toMatchObject({ requests: 40, clientErrors: 8, serverErrors: 2, total: 151 });
  });

  it("takes quantiles of what came in between, not of all there ever was", () => {
    // 20 of 40 within 1 ms, 38 within 5 ms, 2 later.
    expect(row(summary, STABLE)?.p50).toBe(1);
    expect(row(summary, STABLE)?.p99).toBe(5);
  });

  it("keeps a group without requests in between, and knows nothing of its durations", () => {
    expect(row(summary, CANARY)).toMatchObject({ requests: 0, clientErrors: 0, serverErrors: 0, total: 7 });
    expect(row(summary, CANARY)?.p50).toBeNaN();
  });

  it("sums up all groups", () => {
    expect(summary.all).toMatchObject({ requests: 40, clientErrors: 8, serverErrors: 2, total: 158 });
    expect(summary.all.p50).toBe(1);
  });
});

it("says nothing of any time after one reading", () => {
  const summary = afterReadings([{ ...STABLE, codes: { 200: 5 }, durations: { 1: 5 } }]);
  expect(summary.seconds).toBe(0);
  expect(row(summary, STABLE)).toMatchObject({ requests: 0, total: 5 });
});

it("is empty without requests, and tells whether the filter is there", () => {
  const there = afterReadings([], []);
  expect(there.rows).toEqual([]);
  expect(there.latest.inFlight).toBe(0);
  const absent = new MovingWindow(1_000).add(readRequests("other_requests_total 5\n"), 0);
  expect(absent.rows).toEqual([]);
  expect(absent.latest.inFlight).toBeUndefined();
});

it("counts an operation that appears later from nothing", () => {
  const summary = afterReadings([], [{ ...STABLE, codes: { 200: 3 }, durations: { 1: 3 } }]);
  expect(row(summary, STABLE)).toMatchObject({ requests: 3, total: 3 });
  expect(row(summary, STABLE)?.p50).toBe(0.5);
});

it("counts on when counters begin anew, also when they are higher again soon", () => {
  const summary = afterReadings(
    [{ ...STABLE, codes: { 200: 100 }, durations: { 1: 100 } }],
    [{ ...STABLE, codes: { 200: 4 }, durations: { 1: 0 } }],
    [{ ...STABLE, codes: { 200: 110 }, durations: { 1: 0 } }],
  );
  expect(row(summary, STABLE)).toMatchObject({ requests: 4 + 106, total: 110 });
  // None of the new ones ended within 1 ms.
  expect(row(summary, STABLE)?.p50).toBe(1);
});

it("forgets what is older than the window", () => {
  const window = new MovingWindow(3_000);
  const counts = [0, 50, 51, 52, 53, 54, 55];
  const summaries = counts.map((count, second) =>
    window.add(readRequests(metricsText([{ ...STABLE, codes: { 200: count } }])), second * 1_000),
  );
  expect(summaries[2]).toMatchObject({ seconds: 2, all: { requests: 51 } });
  expect(summaries.at(-1)).toMatchObject({ seconds: 3, all: { requests: 3 } });
});

it("divides by the time that passed, not by the time that should have", () => {
  const window = new MovingWindow(10_000);
  const text = (count: number) => readRequests(metricsText([{ ...STABLE, codes: { 200: count } }]));
  window.add(text(0), 0);
  expect(window.add(text(50), 2_500)).toMatchObject({ seconds: 2.5, all: { requests: 50 } });
});

it("sums up all requests since the start", () => {
  const text = metricsText([{ ...STABLE, codes: { 200: 3, "000": 1 }, durations: { 1: 2 } }], { overflow: 7 });
  const { all, latest } = summarizeAll(readRequests(text));
  expect(all).toMatchObject({ requests: 4, clientErrors: 0, serverErrors: 0 });
  expect(latest.overflow).toBe(7);
});

it("reads labels: TAGGED alike, and leaves metrics of others alone", () => {
  const labels = 'destination_service_namespace="default",destination_service_name="reviews",reporter="waypoint"';
  const text = `
waypost_requests_total{${labels},operation="get_review",lane="stable",response_code="200",source_app="a"} 3
waypost_requests_total{${labels},operation="get_review",lane="stable",response_code="200",source_app="b"} 2
waypost_request_duration_milliseconds_bucket{${labels},operation="get_review",lane="stable",le="1"} 5
waypost_request_duration_milliseconds_bucket{${labels},operation="get_review",lane="stable",le="+Inf"} 5
waypost_requests_in_flight{reporter="waypoint"} 2
other_requests_total{response_code="200"} 99
waypost_jwt_requests_rq{wasm_filter="jwt_auth",response_code="200"} 99
`;
  const { rows, latest } = summarizeAll(readRequests(text));
  expect(rows).toMatchObject([{ service: "default/reviews", ...STABLE, requests: 5, p50: 0.5 }]);
  expect(latest.inFlight).toBe(2);
});

it("keeps apart what labels keep apart, whatever is in them", () => {
  const pairs = [
    { operation: "a", lane: 'b","c' },
    { operation: 'a","b', lane: "c" },
    { operation: "__proto__", lane: "constructor" },
  ];
  const groups = pairs.map(({ operation, lane }, index) => ({
    ...{ operation: operation.replaceAll('"', '\\"'), lane: lane.replaceAll('"', '\\"') },
    codes: { 200: index + 1 },
  }));
  const summary = summarizeAll(readRequests(metricsText(groups)));
  expect(pairs.map((pair) => row(summary, pair)?.requests)).toEqual([1, 2, 3]);
});
