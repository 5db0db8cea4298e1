/** The configurations that the documentation shows in YAML: as they are, or in the manifest of a WasmPlugin. */
import path from "node:path";
import { parseAllDocuments } from "yaml";
import type { Page } from "./pages.ts";

/** Whose configuration it is, by a field at its top. */
const FILTERS: Readonly<Record<string, string>> = {
  jwtRules: "jwt-auth",
  policies: "authz",
  routes: "header-router",
  operations: "l7-metrics",
  dimensions: "l7-metrics",
  overrides: "l7-metrics",
  jwtAuth: "waypoint",
  authz: "waypoint",
  headerRouter: "waypoint",
  l7Metrics: "waypoint",
};

/** Fields of Envoy's own configuration: documents that have one are for tests with a real Envoy. */
const ENVOY_FIELDS = ["access_log", "stats_config", "tracing"];

export interface Configuration {
  file: string;
  /** Where its block of code begins. */
  line: number;
  /** Its module is `build/<filter>.wasm`. */
  filter: string;
  config: object;
  /** `url` of the manifest. */
  image?: string;
}

interface Manifest {
  kind?: string;
  spec?: { url?: string; pluginConfig?: object };
}

/** All of a page, in their order. A document that is neither a configuration, a manifest nor for Envoy is an error. */
export function configurations({ file, blocks }: Page): Configuration[] {
  return blocks
    .filter(({ language }) => language === "yaml")
    .flatMap(({ code, line }) =>
      parseAllDocuments(code).flatMap((document) => {
        const { kind, spec, ...config } = document.toJS() as Manifest;
        if (ENVOY_FIELDS.some((field) => field in config)) return [];
        if (kind === undefined) return [{ file, line, filter: filterOf(file, config), config }];
        if (kind !== "WasmPlugin") return [];
        const { url: image = "", pluginConfig = {} } = spec ?? {};
        return [{ file, line, filter: filterOf(file, pluginConfig), config: pluginConfig, image }];
      }),
    );
}

function filterOf(file: string, config: object): string {
  const [filter] = Object.keys(config).flatMap((field) => FILTERS[field] ?? []);
  if (filter !== undefined) return filter;
  // An example's module is called as its folder.
  if (file.startsWith("examples/")) return path.posix.dirname(file);
  throw new Error(`${file}: a configuration of no filter: ${JSON.stringify(config)}`);
}
