/** Telemetry resources as Envoy's access logs and tracing: those of deploy/manifests, and what is refused. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { WAYPOST_TAGS } from "../config/index.ts";
import { type ExtensionProvider, telemetryOf, type TelemetrySpec } from "./telemetry.ts";

interface MeshConfig {
  spec: { meshConfig: { extensionProviders: ExtensionProvider[] } };
}

const read = (file: string): unknown => parse(readFileSync(`deploy/manifests/${file}`, "utf8"));
const { extensionProviders } = (read("mesh/mesh-config.yaml") as MeshConfig).spec.meshConfig;
const { spec } = read("waypoint/telemetry.yaml") as { spec: TelemetrySpec };
const options = { extensionProviders, accessLogPath: "/tmp/log" };
const WHERE = "Telemetry bookinfo/waypost";

describe("the Telemetry of deploy/manifests", () => {
  const { accessLog, tracing } = telemetryOf(spec, options, WHERE);

  it("logs what its filter lets through, in the provider's format, to the file of our choice", () => {
    const [log, ...others] = accessLog ?? [];
    expect(others).toEqual([]);
    const labels = extensionProviders.find(({ name }) => name === "waypost-log")?.envoyFileAccessLog?.logFormat.labels;
    expect(log?.typed_config).toMatchObject({ path: "/tmp/log", log_format: { json_format: labels } });
    const expression = spec.accessLogging?.[0]?.filter?.expression;
    expect(log).toMatchObject({ filter: { extension_filter: { typed_config: { expression } } } });
  });

  it("sends a tenth of the spans to the collector, with the filters' tags", () => {
    expect(tracing).toEqual({
      cluster: "outbound|4317||otel-collector.observability.svc.cluster.local",
      authority: "otel-collector.observability.svc.cluster.local",
      protocol: "grpc",
      samplePercent: 10,
      tags: WAYPOST_TAGS,
    });
  });
});

it("nothing is logged or traced that the resource does not ask for", () => {
  expect(telemetryOf({}, options, WHERE)).toEqual({});
});

it("one request in a hundred has spans, where nothing is said, and every one a line", () => {
  const least: TelemetrySpec = {
    accessLogging: [{ providers: [{ name: "waypost-log" }] }],
    tracing: [{ providers: [{ name: "otel" }] }],
  };
  const { accessLog, tracing } = telemetryOf(least, options, WHERE);
  expect(tracing).toMatchObject({ samplePercent: 1, tags: {} });
  expect(accessLog?.[0]).not.toHaveProperty("filter");
});

it.each<[TelemetrySpec, string]>([
  [
    { accessLogging: [{ providers: [{ name: "otel" }] }] },
    "spec.accessLogging[0].providers: MeshConfig has no envoyFileAccessLog provider called otel",
  ],
  [
    { tracing: [{ providers: [{ name: "zipkin" }] }] },
    "spec.tracing[0].providers: MeshConfig has no opentelemetry provider called zipkin",
  ],
  [
    { tracing: [{ providers: [{ name: "otel" }, { name: "otel" }] }] },
    "spec.tracing: expected one entry with one provider, because a waypoint has one tracer",
  ],
])("refuses %j", (refused, why) => {
  expect(() => telemetryOf(refused, options, WHERE)).toThrow(`${WHERE}: ${why}`);
});
