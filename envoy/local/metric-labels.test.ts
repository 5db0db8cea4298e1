import { expect, it } from "vitest";
import { metricLabels } from "./metric-labels.ts";

function added(configuration: unknown): string[] {
  const usual = metricLabels("{}");
  return metricLabels(JSON.stringify(configuration)).filter((name) => !usual.includes(name));
}

it("has Istio's labels and the operation", () => {
  expect(metricLabels("{}")).toEqual(expect.arrayContaining(["reporter", "response_code", "operation"]));
});

it("adds dimensions and overrides of the configuration", () => {
  const overrides = [
    { disabled: true },
    { tagOverrides: { host: {}, source_app: {} } },
    { tagOverrides: { team: {} } },
  ];
  expect(added({ l7Metrics: { dimensions: { lane: {}, tenant: {} }, overrides } })).toEqual([
    "lane",
    "tenant",
    "host",
    "team",
  ]);
});

it("takes no name that would be more than a name in a regular expression", () => {
  expect(added({ l7Metrics: { dimensions: { "a.b": {}, "(": {}, "": {}, ok: {} } } })).toEqual(["ok"]);
});

it.each([null, 5, [], { l7Metrics: null }, { l7Metrics: { dimensions: [], overrides: { a: 1, b: null } } }])(
  "bears a configuration that the filter refuses: %j",
  (configuration) => {
    expect(() => added(configuration)).not.toThrow();
  },
);
