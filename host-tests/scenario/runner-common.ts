/** What the runners of both hosts do alike. */
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Arrangement } from "./arrangements.ts";
import type { Observation } from "./expect.ts";
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
  headers: [],
  body: "",
  trailers: [],
  details: undefined,
  upstream: undefined,
  metrics: {},
  filterState: {},
  logs: [],
};

/** By how much each counter grew. */
export function growth(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Record<string, number> {
  return Object.fromEntries([...after].map(([name, value]) => [name, value - (before.get(name) ?? 0)]));
}

/** A plugin is asked for lines that nobody looks at only where a step wants to see them. */
export function logLevelFor({ steps = [] }: Scenario): "trace" | "debug" {
  return steps.some(({ expect }) => expect.logs?.some(({ level }) => level === "trace")) ? "trace" : "debug";
}
