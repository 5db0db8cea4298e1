import { describeAgreement } from "./agreement.ts";
import { READER_ONLY as ROUTER_READER_ONLY } from "./header-router-corpus.ts";
import { BAD, dimension, GOOD, operation, READER_ONLY, tag } from "./l7-metrics-corpus.ts";

describeAgreement("l7-metrics", {
  good: GOOD,
  bad: BAD,
  readerOnly: READER_ONLY,
  // Matches are those of header-router.
  elsewhere: ROUTER_READER_ONLY,
  vocabulary: {
    values: [
      ...[null, true, false, 0, 1, 1.5, 100, 10_000, 1e300],
      ...["", "a", "a-b", "istio", "waypost", "BUILTIN", "TAGGED", "UPSERT", "REMOVE", "ALL", "DENIED", "SERVER"],
      ...["REQUEST_COUNT", "REQUESTS_IN_FLIGHT", "TCP_SENT_BYTES", "request.method", "request.", "x-a", "a.b"],
      ...[[], [null], [""], ["a"], [[]], [{}], {}],
      ...[{ lane: {} }, { header: "x-a" }, { claim: "a" }, { operation: "REMOVE" }, { value: "request.method" }],
      ...[{ name: "b", match: [{}] }, [{ uri: { exact: "/a" } }], { metric: "ALL_METRICS" }, { samplePercent: 1 }],
    ],
    names: [
      ...["prefix", "labels", "operations", "dimensions", "overrides", "maxSeries", "allowIstioNames", "decisionLog"],
      ...["name", "match", "metric", "mode", "disabled", "tagOverrides", "operation", "value", "customMetric"],
      ...["lane", "route", "authz", "header", "claim", "values", "requests", "samplePercent", "source_app"],
    ],
  },
  texts: [
    ["prefixes", "aZ0_-.\u212A", (text) => ({ prefix: text })],
    ["names of operations", "aother \n\u00e9", (text) => operation({ name: text })],
    ["names of labels", "aZ0_-.=;", (text) => dimension({ header: "x-a" }, text)],
    ["names of changed labels", "aZ0_-.=;", (text) => tag({ value: "request.method" }, text)],
    ["headers", "aZ-_:( \u00e9", (text) => dimension({ header: text })],
    ["claims", "ab..[[]]/: ", (text) => dimension({ claim: text })],
    ["expressions", "a.b+1() ", (text) => tag({ value: text })],
  ],
});
