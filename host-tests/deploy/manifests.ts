/** Manifests of deploy/manifests: files, and what they are. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import { root } from "../docs/pages.ts";

/** The folder of the manifests, from the checkout's folder. */
export const MANIFESTS = "deploy/manifests";

export interface TargetRef {
  group?: string;
  kind: string;
  name: string;
}

/** Fields of a plugin that both kinds have; those of the module are below `wasm` in a TrafficExtension. */
export interface PluginModule {
  url: string;
  sha256?: string;
  pluginName?: string;
  failStrategy?: string;
  pluginConfig?: Record<string, unknown>;
}

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  // Each kind's own; what is in it is the models' business.
  spec?: Record<string, unknown>;
}

/** A manifest of a WasmPlugin or a TrafficExtension, in one shape. */
export interface Plugin {
  name: string;
  namespace: string;
  kind: string;
  targetRefs: TargetRef[];
  phase: string | undefined;
  priority: number | undefined;
  module: PluginModule;
  /** The manifest's own spec, for what must not be in it. */
  spec: Record<string, unknown>;
}

/** All documents of a file, by its path from the checkout's folder. Errors: YAML that is none, with the file's name. */
export function documents(file: string): unknown[] {
  return parseAllDocuments(readFileSync(path.join(root, file), "utf8")).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(`${file}: ${error.message}`);
    return document.toJS() as unknown;
  });
}

/** Paths of all YAML files below a folder, from the checkout's folder. */
export function yamlFiles(folder = MANIFESTS): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => path.posix.join(folder, file.split(path.sep).join("/")))
    .sort();
}

const PLUGIN_KINDS = ["WasmPlugin", "TrafficExtension"];

/** The plugin of a manifest; `null` for other kinds. */
export function pluginOf(manifest: Manifest): Plugin | null {
  const { kind, metadata, spec = {} } = manifest;
  if (!PLUGIN_KINDS.includes(kind)) return null;
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? "default",
    kind,
    targetRefs: (spec["targetRefs"] ?? []) as TargetRef[],
    phase: spec["phase"] as string | undefined,
    priority: spec["priority"] as number | undefined,
    module: (kind === "WasmPlugin" ? spec : (spec["wasm"] ?? {})) as PluginModule,
    spec,
  };
}
