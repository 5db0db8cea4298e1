/** The fields of a plugin's manifest: those that the kinds have, their types and words (CustomResourceDefinitions of Istio). */
import { closest, distance } from "fastest-levenshtein";
import { GROUP, type Plugin, type PluginKind, type Step } from "./plugin.ts";
import { fieldOf, scalarOf, textOf, type Tree } from "./tree.ts";

const ATTACHMENT = ["selector", "targetRefs", "phase", "priority", "match"];
const MODULE = [
  "url",
  "sha256",
  "imagePullPolicy",
  "imagePullSecret",
  "verificationKey",
  "pluginConfig",
  "pluginName",
  "failStrategy",
  "vmConfig",
  "type",
];

const SPEC: Readonly<Record<PluginKind, readonly string[]>> = {
  WasmPlugin: [...ATTACHMENT, "targetRef", ...MODULE],
  TrafficExtension: [...ATTACHMENT, "wasm", "lua"],
};

/** What stands for "not given" where a word is asked for. */
const PHASES: Readonly<Record<PluginKind, readonly string[]>> = {
  WasmPlugin: ["AUTHN", "AUTHZ", "STATS", "UNSPECIFIED_PHASE"],
  TrafficExtension: ["AUTHN", "AUTHZ", "STATS", "UNSPECIFIED"],
};

const MODULE_WORDS: Readonly<Record<string, readonly string[]>> = {
  failStrategy: ["FAIL_CLOSE", "FAIL_OPEN", "FAIL_RELOAD"],
  imagePullPolicy: ["IfNotPresent", "Always", "UNSPECIFIED_POLICY"],
  type: ["HTTP", "NETWORK", "UNSPECIFIED_PLUGIN_TYPE"],
};

const MAX_PLUGIN_NAME = 256;

/** Checks what the API server would, were the manifest applied. */
export function checkFields(plugin: Plugin): void {
  const { kind, spec, module, moduleSteps } = plugin;
  if (textOf(plugin.tree, "apiVersion") !== `${GROUP}/v1alpha1`)
    plugin.error(["apiVersion"], `must be ${GROUP}/v1alpha1`);
  if (plugin.name === "") plugin.error(["metadata", "name"], "missing: a name is needed");
  if (spec?.kind !== "fields") return plugin.error(["spec"], "missing: an object is needed");
  checkNames(plugin, spec, ["spec"], SPEC[kind]);
  checkWord(plugin, ["spec", "phase"], spec, PHASES[kind]);
  checkPriority(plugin);
  if (kind === "TrafficExtension" && fieldOf(spec, "lua") !== undefined && module === undefined) return;
  if (module?.kind !== "fields") return plugin.error(moduleSteps, "missing: an object is needed");
  if (kind === "TrafficExtension") checkNames(plugin, module, moduleSteps, MODULE);
  for (const [field, words] of Object.entries(MODULE_WORDS)) checkWord(plugin, [...moduleSteps, field], module, words);
  checkModule(plugin, module);
}

/** Fields that there are not: the API server drops them, or refuses the manifest. */
export function checkNames(plugin: Plugin, tree: Tree, steps: readonly Step[], known: readonly string[]): void {
  if (tree.kind !== "fields") return;
  for (const name of tree.fields.keys()) {
    if (known.includes(name)) continue;
    const near = closest(name, known);
    // As the modules judge: half of a word replaced makes another one.
    const isNear = distance(name.toLowerCase(), near.toLowerCase()) * 2 < near.length && name.length < 64;
    plugin.error([...steps, name], isNear ? `unknown field, did you mean ${near}?` : "unknown field");
  }
}

/** A field that has one of some words, if any. */
export function checkWord(plugin: Plugin, steps: readonly Step[], tree: Tree, words: readonly string[]): void {
  const field = String(steps.at(-1));
  if (fieldOf(tree, field) === undefined) return;
  if (!words.includes(textOf(tree, field) ?? "")) plugin.error(steps, `must be one of ${words.join(", ")}`);
}

function checkPriority(plugin: Plugin): void {
  if (fieldOf(plugin.spec, "priority") === undefined) return;
  const priority = scalarOf(plugin.spec, "priority");
  if (typeof priority !== "number" || (priority | 0) !== priority)
    plugin.error(["spec", "priority"], "must be a whole number of 32 bits");
}

function checkModule(plugin: Plugin, module: Tree): void {
  const at = (field: string): Step[] => [...plugin.moduleSteps, field];
  const isText = (field: string) => fieldOf(module, field) === undefined || textOf(module, field) !== undefined;
  for (const field of ["url", "sha256", "pluginName", "imagePullSecret"])
    if (!isText(field)) plugin.error(at(field), "must be a string");
  const config = fieldOf(module, "pluginConfig")?.value;
  if (config !== undefined && config.kind !== "fields") plugin.error(at("pluginConfig"), "must be an object");
  if (plugin.rootId.length > MAX_PLUGIN_NAME)
    plugin.error(at("pluginName"), `must not be longer than ${MAX_PLUGIN_NAME} characters`);
  checkUrl(plugin, textOf(module, "url"), at("url"));
  const sha256 = textOf(module, "sha256");
  if (sha256 !== undefined && !/^([0-9a-f]{64})?$/.test(sha256))
    plugin.error(at("sha256"), "must be 64 hexadecimal digits, in lower case and without a prefix");
}

function checkUrl(plugin: Plugin, url: string | undefined, steps: readonly Step[]): void {
  if (url === undefined || url === "") {
    if (fieldOf(plugin.module, "url") === undefined || url === "")
      plugin.error(steps, "missing: the address of the module is needed");
    return;
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase() ?? "oci";
  if (!["oci", "http", "https", "file"].includes(scheme))
    plugin.error(steps, "must begin with oci://, https://, http:// or file://");
  if (scheme === "file")
    plugin.warning(steps, "a file of the waypoint's own container: it has none, unless its Deployment was changed");
  if (scheme === "http" && (textOf(plugin.module, "sha256") ?? "") === "")
    plugin.warning(steps, "fetched without TLS, and without sha256 anybody on the way can replace the module");
}
