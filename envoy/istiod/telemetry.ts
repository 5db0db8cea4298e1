/**
 * What istiod makes of Telemetry resources for the HTTP chains of a waypoint (`pilot/pkg/model/telemetry.go`,
 * `telemetry_logging.go`, `pilot/pkg/networking/core/tracing.go`): access logs in JSON to a file, and spans by OTLP.
 */
import type { Tracing } from "../config/index.ts";
import { any, defined, type Message, type NamedExtension } from "../config/types.ts";
import { Refused } from "./manifest.ts";

/** `spec` of a Telemetry (telemetry.istio.io/v1), as far as it is translated. */
export interface TelemetrySpec {
  accessLogging?: { providers: { name: string }[]; filter?: { expression: string } }[];
  tracing?: {
    providers: { name: string }[];
    /** Percent; default 1. */
    randomSamplingPercentage?: number;
    customTags?: Record<string, { formatter: { value: string } }>;
  }[];
}

/** Paths in `spec` that are translated; its targets are the caller's business. */
export const TELEMETRY_FIELDS = [
  "accessLogging[].providers[].name",
  "accessLogging[].filter.expression",
  "tracing[].providers[].name",
  "tracing[].randomSamplingPercentage",
  "tracing[].customTags.*.formatter.value",
];

/** An entry of MeshConfig's `extensionProviders`: one that writes files, or one that sends spans. */
export interface ExtensionProvider {
  name: string;
  envoyFileAccessLog?: { path: string; logFormat: { labels: Record<string, string> } };
  /** OTLP over gRPC. */
  opentelemetry?: { service: string; port: number };
}

export interface TelemetryOptions {
  extensionProviders: readonly ExtensionProvider[];
  /** Where access logs go in place of the providers' `path`. */
  accessLogPath: string;
}

/** What a chain gets by a Telemetry: members of `HttpChain`. */
export interface ChainTelemetry {
  accessLog?: NamedExtension[];
  tracing?: Tracing;
}

/** Istio's, where a Telemetry names none (`PILOT_TRACE_SAMPLING`). */
const DEFAULT_SAMPLING = 1;

/**
 * Access logs and spans of a chain. Throws Refused for a provider that there is not, and for more than one tracer.
 *
 * @param where  how errors call the resource: `Telemetry bookinfo/decisions`
 */
export function telemetryOf(spec: TelemetrySpec, options: TelemetryOptions, where: string): ChainTelemetry {
  const { accessLogging, tracing } = spec;
  return defined({
    accessLog: accessLogging?.flatMap((entry, index) =>
      accessLogs(entry, options, `${where}: spec.accessLogging[${index}]`),
    ),
    tracing: tracing && tracingOf(tracing, options, `${where}: spec.tracing`),
  });
}

/** The cluster that istiod makes of the service of an `opentelemetry` provider. */
export function collectorCluster({ service, port }: { service: string; port: number }): string {
  return `outbound|${port}||${service}`;
}

function accessLogs(
  entry: NonNullable<TelemetrySpec["accessLogging"]>[number],
  { extensionProviders, accessLogPath }: TelemetryOptions,
  where: string,
): NamedExtension[] {
  return entry.providers.map(({ name }) => {
    const { logFormat } = provider(extensionProviders, name, "envoyFileAccessLog", where);
    const config = { path: accessLogPath, log_format: { json_format: logFormat.labels } };
    const type = "envoy.extensions.access_loggers.file.v3.FileAccessLog";
    return defined({
      name: "envoy.access_loggers.file",
      filter: entry.filter && celFilter(entry.filter.expression),
      typed_config: any(type, config),
    });
  });
}

/** Which requests have a line. */
function celFilter(expression: string): Message {
  const type = "envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter";
  const name = "envoy.access_loggers.extension_filters.cel";
  return { extension_filter: { name, typed_config: any(type, { expression }) } };
}

/** A connection manager has one tracer: that of the only entry, and of its only provider. */
function tracingOf(
  entries: NonNullable<TelemetrySpec["tracing"]>,
  { extensionProviders }: TelemetryOptions,
  where: string,
): Tracing {
  const [entry, ...moreEntries] = entries;
  const [first, ...moreProviders] = entry?.providers ?? [];
  if (entry === undefined || first === undefined || moreEntries.length > 0 || moreProviders.length > 0) {
    throw new Refused(where, "expected one entry with one provider, because a waypoint has one tracer");
  }
  const { randomSamplingPercentage = DEFAULT_SAMPLING, customTags = {} } = entry;
  const tags = Object.entries(customTags).map(([tag, { formatter }]) => [tag, formatter.value] as const);
  const collector = provider(extensionProviders, first.name, "opentelemetry", `${where}[0]`);
  return {
    cluster: collectorCluster(collector),
    authority: collector.service,
    protocol: "grpc",
    samplePercent: randomSamplingPercentage,
    tags: Object.fromEntries(tags),
  };
}

function provider<Kind extends "envoyFileAccessLog" | "opentelemetry">(
  providers: readonly ExtensionProvider[],
  name: string,
  kind: Kind,
  where: string,
): NonNullable<ExtensionProvider[Kind]> {
  const found = providers.find((one) => one.name === name)?.[kind];
  if (found === undefined) throw new Refused(`${where}.providers`, `MeshConfig has no ${kind} provider called ${name}`);
  return found;
}
