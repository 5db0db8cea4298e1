import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { renderLive } from "./live-table.ts";
import { NO_REQUESTS, readRequests } from "./requests.ts";
import { MovingWindow, summarizeAll } from "./summary.ts";
import { OF_ALL, renderTable } from "./table.ts";
import { metricsText, type Counted } from "./metrics-text.ts";

const GROUPS: Counted[] = [
  {
    ...{ operation: "get_review", lane: "stable" },
    codes: { 200: 9_930, 401: 60, 503: 10 },
    durations: { 1: 5_000, 5: 10_000 },
  },
  { operation: "get_review", lane: "canary", codes: { 200: 20 }, durations: { 1: 0, 2_500: 20 } },
  { operation: "admin", lane: "unknown", codes: { 403: 5, 200: 1 }, durations: { 0.5: 6 } },
];

const WIDE = { columns: 200, lines: 50 };

/** What stands at the bottom of the terminal, ten seconds after the start. */
function live(groups: readonly Counted[], size = WIDE, gauges = {}): string[] {
  const window = new MovingWindow(10_000);
  window.add(NO_REQUESTS, 0);
  const text = renderLive(window.add(readRequests(metricsText(groups, gauges)), 10_000), "no metrics", size);
  return linesOf(text);
}

function linesOf(text: string): string[] {
  return stripVTControlCharacters(text)
    .split("\n")
    .map((line) => line.trimEnd());
}

it("shows rates, errors, quantiles and the total of each group, and of all", () => {
  expect(live(GROUPS, WIDE, { inFlight: 2 })).toEqual([
    "",
    "default/reviews, the last 10 s, 2 in flight",
    "operation   lane     req/s    4xx    5xx     p50     p99  total",
    "admin       unknown    0.6  83.3%     0%  0.3 ms  0.5 ms      6",
    "get_review  canary     2.0     0%     0%   1.3 s   2.5 s     20",
    "get_review  stable    1000   0.6%   0.1%  1.0 ms  4.9 ms  10000",
    "all                   1003   0.6%  <0.1%  1.0 ms  4.9 ms  10026",
  ]);
});

it("shows all requests since the start", () => {
  const text = renderTable(summarizeAll(readRequests(metricsText(GROUPS.slice(2)))), OF_ALL, WIDE);
  expect(linesOf(text)).toEqual([
    "operation  lane     requests    4xx  5xx     p50     p99",
    "admin      unknown         6  83.3%   0%  0.3 ms  0.5 ms",
    "all                        6  83.3%   0%  0.3 ms  0.5 ms",
  ]);
});

it("says that there is nothing to show, and why", () => {
  expect(live([])).toEqual(["No requests yet."]);
  const window = new MovingWindow(10_000);
  expect(renderLive(window.add(readRequests(""), 0), "no metrics", WIDE)).toBe("no metrics");
});

it("tells of requests that have no series of their own", () => {
  expect(live(GROUPS, WIDE, { overflow: 3 })[1]).toContain("3 requests without a series of their own (maxSeries)");
});

it("has a column for the service only where there are several, or nothing else to tell apart", () => {
  const both = [
    { service: "default/reviews", operation: "get_review", codes: { 200: 1 } },
    { service: "default/ratings", operation: "get_review", codes: { 200: 2 } },
  ];
  expect(live(both)[1]).toMatch(/^2 services,/);
  expect(live(both)[2]).toMatch(/^service +operation +req/);
  expect(live([{ codes: { 200: 1 } }])[2]).toMatch(/^service +req/);
  expect(live([{ lane: "stable", codes: { 200: 1 } }])[2]).toMatch(/^lane +req/);
});

it("has no number where nothing was measured", () => {
  const [, , , row] = live([{ operation: "a", codes: { 200: 1 } }]);
  expect(row).toMatch(/^a +0\.1 +0% +0% +- +- +1$/);
});

describe("in a narrow terminal", () => {
  it.each([
    [63, "operation   lane     req/s    4xx    5xx     p50     p99  total"],
    [60, "operation   lane     req/s    4xx    5xx     p50     p99"],
    [52, "operation   lane     req/s    5xx     p50     p99"],
    [45, "operation   lane     req/s    5xx     p99"],
    [38, "operat…  lane     req/s    5xx     p99"],
  ])("of %d columns, the least important ones are left out, and labels cut", (columns, heads) => {
    const lines = live(GROUPS, { columns, lines: 50 });
    expect(lines[2]).toBe(heads);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
  });

  it("cuts no label so short that it says nothing", () => {
    expect(live(GROUPS, { columns: 10, lines: 50 })[4]).toMatch(/^get_r… {2}canary/);
  });
});

it("leaves out groups with the fewest requests where lines do not suffice", () => {
  const lines = live(GROUPS, { columns: 200, lines: 7 });
  expect(lines).toHaveLength(7);
  expect(lines.slice(3)).toEqual([
    expect.stringMatching(/^get_review +canary/),
    expect.stringMatching(/^get_review +stable/),
    expect.stringMatching(/^all .* 10026$/),
    "and 1 more, with fewer requests",
  ]);
});

it("takes no label for a command to the terminal", () => {
  const hostile = "\u001b[2J\u001b]0;x\u0007\u009b1m\u202e\r";
  expect(live([{ service: hostile, lane: "stable", codes: { 200: 1 } }])[1]).toMatch(/^\?\[2J\?\]0;x\?\?1m\?\?,/);
  const text = renderTable(
    summarizeAll(readRequests(metricsText([{ operation: `a${hostile}`, lane: "b\\nc", codes: { 200: 1 } }]))),
    OF_ALL,
    WIDE,
  );
  const plain = stripVTControlCharacters(text);
  expect(plain.split("\n")).toHaveLength(3);
  expect(plain).toContain("a?[2J?]0;x??1m??  b?c");
  expect(text).not.toContain("\u001b[2J");
});
