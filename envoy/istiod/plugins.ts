/**
 * What istiod makes of WasmPlugins and TrafficExtensions (`pilot/pkg/model/extensions.go`): Wasm filters in the place of their
 * phase. A module comes from this checkout's `build/`, by the last part of its `url`, in place of a registry.
 */
import { type FailurePolicy, type Place, wasmFilter } from "../config/index.ts";
import type { HttpFilter } from "../config/types.ts";
import { type Manifest, nameOf, namespaceOf, Refused } from "./manifest.ts";
import { TARGET_REF_FIELDS } from "./targets.ts";

interface PluginModule {
  url: string;
  pluginName?: string;
  failStrategy?: string;
  pluginConfig?: Record<string, unknown>;
}

interface PluginSpec {
  phase?: string;
  priority?: number;
  wasm?: PluginModule;
}

const MODULE = ["url", "pluginName", "failStrategy", "pluginConfig.**"];

/** Paths in `spec` of a WasmPlugin that are translated. */
export const WASM_PLUGIN_FIELDS = [...TARGET_REF_FIELDS, "phase", "priority", ...MODULE];

/** The same of a TrafficExtension. */
export const TRAFFIC_EXTENSION_FIELDS = [
  ...TARGET_REF_FIELDS,
  "phase",
  "priority",
  ...MODULE.map((field) => `wasm.${field}`),
];

const PLACES: Readonly<Record<string, Place>> = {
  AUTHN: "AUTHN",
  AUTHZ: "AUTHZ",
  STATS: "STATS",
  UNSPECIFIED_PHASE: "UNSPECIFIED",
};

const FAILURE_POLICIES: Readonly<Record<string, FailurePolicy>> = {
  FAIL_CLOSE: "FAIL_CLOSED",
  FAIL_OPEN: "FAIL_OPEN",
  FAIL_RELOAD: "FAIL_RELOAD",
};

/** A filter, and where in a chain it stands. */
export interface PlacedFilter {
  place: Place;
  /** Higher ones come first. */
  priority: number;
  filter: HttpFilter;
}

/** Names no priority: after all that do. */
const LAST = -(2 ** 31);

/** @param file  the `.wasm` file of a module, by its name; undefined: there is none */
export function pluginFilter(manifest: Manifest, file: (module: string) => string | undefined): PlacedFilter {
  const where = nameOf(manifest);
  const { metadata, kind } = manifest;
  const spec = manifest.spec as PluginSpec & PluginModule;
  const below = kind === "WasmPlugin" ? "spec" : "spec.wasm";
  const module = kind === "WasmPlugin" ? spec : spec.wasm;
  if (module === undefined) throw new Refused(`${where}: spec.wasm`, "missing");
  const { url, pluginName = "", failStrategy = "FAIL_CLOSE", pluginConfig = {} } = module;
  const name = moduleName(url);
  const found = file(name);
  if (found === undefined)
    throw new Refused(`${where}: ${below}.url`, `${url}: this checkout builds no module ${name}`);
  // An empty configuration is none.
  const configuration = Object.keys(pluginConfig).length === 0 ? "" : JSON.stringify(pluginConfig);
  const filter = wasmFilter({
    name: `${namespaceOf(metadata)}.${metadata.name}`,
    file: found,
    rootId: pluginName,
    configuration,
    failurePolicy: oneOf(FAILURE_POLICIES, failStrategy, `${where}: ${below}.failStrategy`),
  });
  const place = oneOf(PLACES, spec.phase ?? "UNSPECIFIED_PHASE", `${where}: spec.phase`);
  return { place, priority: spec.priority ?? LAST, filter };
}

/** `oci://registry.example.com/waypost/jwt-auth:0.1.0` has `jwt-auth`. */
function moduleName(url: string): string {
  return (url.split("/").at(-1) ?? "").replace(/[:@].*$/, "").replace(/\.wasm$/, "");
}

function oneOf<T>(words: Readonly<Record<string, T>>, word: string, where: string): T {
  const found = Object.hasOwn(words, word) ? words[word] : undefined;
  if (found === undefined) throw new Refused(where, `${word}: expected one of ${Object.keys(words).join(", ")}`);
  return found;
}
