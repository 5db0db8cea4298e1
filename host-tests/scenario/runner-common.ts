/** What the runners of both hosts do alike. */
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Arrangement } from "./arrangements.ts";
import type { PreparedUpstream } from "./expand.ts";
import type { Observation, SeenMetrics } from "./expect.ts";
import type { Scenario } from "./format.ts";

export interface RunnerOptions {
  /** Folder of `<module>.wasm`; default the checkout's `build/`. */
  modules?: string;
  /** Of a pipeline; default `one context`. */
  arrangement?: Arrangement;
}

/** Name of the chain that scenarios run in, as that of a waypoint for a service. */
export const CHAIN = "inbound-vip|80|http|upstream.default.svc.cluster.local";

const BUILD_FOLDER = fileURLToPath(new URL("../../build", import.meta.url));

/** File of a module; throws an Error when it is not built. */
export function moduleFile(module: string, { modules = BUILD_FOLDER }: RunnerOptions): string {
  const file = path.join(modules, `${module}.wasm`);
  if (!existsSync(file)) throw new Error(`there is no ${file}; \`npm run build\` makes the modules`);
  return file;
}

/** Of a request that got no answer. */
export const NOTHING: Observation = {
  status: 0,
  broken: true,
  headers: [],
  body: "",
  trailers: [],
  details: undefined,
  upstream: undefined,
  metrics: { counters: {}, gauges: {}, histograms: {} },
  filterState: {},
  logs: [],
};

/** Where the metrics of all plugins stand, by full name; of histograms, how many values they have. */
export interface MetricValues {
  counters: ReadonlyMap<string, number>;
  gauges: ReadonlyMap<string, number>;
  histograms: ReadonlyMap<string, number>;
}

/** What happened to metrics from one moment to another. */
export function growth(before: MetricValues, after: MetricValues): SeenMetrics {
  return {
    counters: difference(before.counters, after.counters),
    gauges: Object.fromEntries(after.gauges),
    histograms: difference(before.histograms, after.histograms),
  };
}

function difference(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...after].map(([name, value]) => [name, value - (before.get(name) ?? 0)]));
}

/** Metadata of an upstream's cluster as istiod writes it; `undefined`: none. */
export function clusterMetadata({ service }: PreparedUpstream): Record<string, unknown> | undefined {
  return service && { istio: { services: [service] } };
}

/** Metadata of an upstream's endpoint as istiod writes it; `undefined`: none. */
export function endpointMetadata({ workload }: PreparedUpstream): Record<string, unknown> | undefined {
  return workload === undefined ? undefined : { istio: { workload } };
}

/** Who a proxy of a scenario is: `xds.node`. */
export function nodeOf({ nodeMetadata: metadata }: Pick<Scenario, "nodeMetadata">) {
  return { id: "waypoint", cluster: "waypoint", ...(metadata !== undefined && { metadata }) };
}

/** A plugin is asked for lines that nobody looks at only where a step wants to see them. */
export function logLevelFor({ steps = [] }: Pick<Scenario, "steps">): "trace" | "debug" {
  return steps.some(({ expect }) => expect.logs?.some(({ level }) => level === "trace")) ? "trace" : "debug";
}
