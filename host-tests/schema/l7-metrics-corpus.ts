/** Configurations of l7-metrics: good ones, bad ones, and those of which only the reader knows that they are bad. */
import type { ReaderRule } from "./agreement.ts";

/** A configuration with one operation. */
export function operation(more: Record<string, unknown>): Record<string, unknown> {
  return { operations: [{ name: "a", match: [{}], ...more }] };
}

/** A configuration with one label of its own, which only TAGGED has a place for. */
export function dimension(source: unknown, name = "a"): Record<string, unknown> {
  return { labels: "TAGGED", dimensions: { [name]: source } };
}

/** A configuration with a change to one label. */
export function tag(override: unknown, name = "a"): Record<string, unknown> {
  return { labels: "TAGGED", overrides: [{ tagOverrides: { [name]: override } }] };
}

/** Accepted, by what they show. */
export const GOOD: Record<string, unknown> = {
  "nothing at all": {},
  "every field": {
    prefix: "shop",
    labels: "TAGGED",
    operations: [{ name: "get user", match: [{ uri: { template: "/users/{id}" } }] }],
    dimensions: { lane: { lane: {} } },
    overrides: [{}],
    maxSeries: 10,
    allowIstioNames: true,
    decisionLog: {},
  },
  nulls: {
    prefix: null,
    labels: null,
    operations: null,
    dimensions: null,
    overrides: null,
    maxSeries: null,
    allowIstioNames: null,
    decisionLog: null,
  },
  "Istio's names where there are no others": { prefix: "istio", labels: "TAGGED" },
  "the lane with BUILTIN": { dimensions: { lane: { lane: {} } } },
  "two entries that are one operation": {
    operations: [
      { name: "a", match: [{ method: { exact: "GET" } }] },
      { name: "a", match: [{ method: { exact: "HEAD" } }] },
    ],
  },
  "every source": {
    labels: "TAGGED",
    dimensions: {
      a: { lane: {} },
      b: { route: {} },
      c: { authz: {} },
      tenant: { header: "x-a", values: ["a", "b"] },
      team: { claim: "a.b", values: null },
      f: { claim: "[a.b][c]", lane: null },
    },
  },
  "every metric": {
    overrides: [
      "ALL_METRICS",
      "REQUEST_COUNT",
      "REQUEST_DURATION",
      "REQUEST_SIZE",
      "RESPONSE_SIZE",
      "GRPC_REQUEST_MESSAGES",
      "GRPC_RESPONSE_MESSAGES",
      "REQUESTS_IN_FLIGHT",
    ].map((metric) => ({ match: { metric, mode: "SERVER" }, disabled: true })),
  },
  "changes of labels": {
    labels: "TAGGED",
    overrides: [
      { tagOverrides: { source_app: { operation: "REMOVE" }, source_version: { operation: "REMOVE", value: null } } },
      { match: { metric: "REQUEST_COUNT" }, tagOverrides: { method: { value: "request.method" } } },
      { match: null, disabled: null, tagOverrides: { size: { operation: "UPSERT", value: "request.size" } } },
    ],
  },
  "a label of Istio that BUILTIN does not have, removed": {
    overrides: [{ tagOverrides: { source_app: { operation: "REMOVE" } } }],
  },
  "a log of all decisions": { decisionLog: { requests: "ALL", samplePercent: 0.01 } },
};

/** Refused by both. */
export const BAD: Record<string, unknown> = {
  "no object": [],
  "an unknown field": { metrics: [] },
  "an empty prefix": { prefix: "" },
  "a prefix that is no name": { prefix: "a-b" },
  "a prefix that begins with a digit": { prefix: "1a" },
  "a long prefix": { prefix: "a".repeat(65) },
  "an unknown format": { labels: "ALL" },
  "no operation": { operations: [] },
  "an operation without a name": operation({ name: "" }),
  "an operation with a name that means something else": operation({ name: "other" }),
  "an operation without a match": operation({ match: null }),
  "an operation with no match": operation({ match: [] }),
  "an operation with a wrong match": operation({ match: [{ uri: "/a" }] }),
  "a dimension that is null": dimension(null),
  "a dimension without a source": dimension({}),
  "a dimension with two sources": dimension({ header: "x-a", claim: "a" }),
  "a dimension with a name that is none": dimension({ header: "x-a" }, "a-b"),
  "a dimension with fields that its source does not have": dimension({ lane: {}, values: ["a"] }),
  "such fields, and a second source that has them": dimension({ lane: {}, values: ["a"], header: "a" }),
  "a lane with something in it": dimension({ lane: { name: "a" } }),
  "a header that is none": dimension({ header: "a b" }),
  "a claim that is none": dimension({ claim: "a..b" }),
  "no values": dimension({ header: "x-a", values: [] }),
  "17 dimensions": {
    labels: "TAGGED",
    dimensions: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`a${i}`, { header: "x-a" }])),
  },
  "a metric that there is not": { overrides: [{ match: { metric: "REQUESTS" } }] },
  "a metric of TCP": { overrides: [{ match: { metric: "TCP_SENT_BYTES" } }] },
  "a custom metric": { overrides: [{ match: { customMetric: "a" } }] },
  "an upsert without a value": tag({ operation: "UPSERT" }),
  "an upsert of an empty value": tag({ value: "" }),
  "a removal with a value": tag({ operation: "REMOVE", value: "request.method" }, "source_app"),
  "a label that is null": tag(null),
  "a label with a name that is none": tag({ value: "request.method" }, "a.b"),
  "no series": { maxSeries: 0 },
  "too many series": { maxSeries: 10_001 },
  "a share of nothing": { decisionLog: { samplePercent: 0 } },
};

/** Rules of the reader alone. */
export const READER_ONLY: readonly ReaderRule[] = [
  {
    rule: "BUILTIN has few places for labels",
    message: /^labels BUILTIN has no place for it/,
    cases: {
      "a header": { dimensions: { tenant: { header: "x-tenant" } } },
      "the lane under another name": { dimensions: { version: { lane: {} } } },
      "an expression": { overrides: [{ tagOverrides: { method: { value: "request.method" } } }] },
    },
  },
  {
    rule: "Istio's names have Istio's labels",
    message: /^istio needs labels TAGGED/,
    cases: { "with BUILTIN": { prefix: "istio" } },
  },
  {
    rule: "a label is there once",
    message: /^is a label already$/,
    cases: {
      "one of Istio": dimension({ header: "x-a" }, "source_app"),
      "the operation": { ...operation({}), ...dimension({ header: "x-a" }, "operation") },
    },
  },
  {
    rule: "a label can be found by its name",
    message: /^would read as \w+, whose name ends with it; choose another name$/,
    cases: {
      "the end of one of Istio": dimension({ header: "x-a" }, "app"),
      "the end of another dimension": {
        labels: "TAGGED",
        dimensions: { my_team: { header: "x-a" }, team: { header: "x-a" } },
      },
      "the end of one of Istio, by an expression": tag({ value: "request.method" }, "code"),
    },
  },
  {
    rule: "labels of histograms belong to Prometheus",
    message: /^is a label of Prometheus itself; choose another name$/,
    cases: {
      "a dimension": dimension({ header: "x-a" }, "le"),
      "an expression": tag({ value: "request.method" }, "quantile"),
    },
  },
  {
    rule: "what is removed is there",
    message: /^no metric has this label$/,
    cases: { "a label that nobody has": tag({ operation: "REMOVE" }) },
  },
  {
    rule: "expressions are CEL",
    message: /^the proxy does not understand this expression/,
    cases: {
      "a syntax error": tag({ value: "request." }),
      "an unknown function": tag({ value: "sha256(request.path)" }),
    },
  },
  {
    rule: "requests in flight have no labels of requests",
    message: /^REQUESTS_IN_FLIGHT has no labels of requests$/,
    cases: {
      removed: {
        overrides: [{ match: { metric: "REQUESTS_IN_FLIGHT" }, tagOverrides: { source_app: { operation: "REMOVE" } } }],
      },
    },
  },
  {
    rule: "names can stand in logs and headers",
    message: /^must not have control characters|^must not be longer than 128 bytes$/,
    cases: {
      "a line break": operation({ name: "a\nb" }),
      "a long name": operation({ name: "a".repeat(129) }),
    },
  },
  {
    rule: "regular expressions are RE2's",
    message: /^not a regular expression|regular expression/,
    cases: { "an open group": operation({ match: [{ uri: { regex: "(" } }] }) },
  },
];
