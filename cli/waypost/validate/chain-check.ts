/** Whether our filters do what they are for where the manifest puts them: docs/installation.md#order. */
import { FILTERS, type FilterName } from "./filters.ts";
import type { Plugin } from "./plugin.ts";
import { fieldOf, itemsOf, scalarOf, textOf, type Tree } from "./tree.ts";

/** A plugin of ours, with the filter that its module and `pluginName` come to. */
export interface OurPlugin {
  plugin: Plugin;
  filter: FilterName;
}

/** The filter that runs: a module with all of them has it by `pluginName`. */
export function runningFilter(module: FilterName, rootId: string): FilterName {
  const named = FILTERS.find((filter) => filter === rootId);
  return module === "waypoint" && named !== undefined ? named : module;
}

/** Checks one plugin. */
export function checkPlace({ plugin, filter }: OurPlugin): void {
  const module = plugin.module;
  if (textOf(module, "type") === "NETWORK")
    plugin.error(
      [...plugin.moduleSteps, "type"],
      "the module is an HTTP filter: no HTTP chain has plugins of type NETWORK",
    );
  if (!decides(filter, fieldOf(module, "pluginConfig")?.value)) return;
  if (textOf(module, "failStrategy") === "FAIL_OPEN")
    plugin.warning(
      [...plugin.moduleSteps, "failStrategy"],
      `${filter} decides about requests: when its module cannot be fetched, all of them pass unchecked`,
    );
  checkPhase(plugin, filter);
}

/** Where the order is sure to be wrong between the plugins of one input. */
export function checkOrder(plugins: readonly OurPlugin[]): void {
  const routers = plugins.filter(({ filter }) => filter === "header-router");
  for (const { plugin: router } of routers) {
    const late = plugins.find(
      ({ filter, plugin }) => filter === "authz" && haveTarget(plugin, router) && comesBefore(router, plugin),
    );
    if (late !== undefined)
      router.warning(
        ["spec", "priority"],
        `comes before authz (${late.plugin.name}), which then judges what it has rewritten: give that one the higher priority`,
      );
  }
}

function checkPhase(plugin: Plugin, filter: FilterName): void {
  const phase = phaseOf(plugin);
  const wanted = filter === "jwt-auth" ? "AUTHN" : "AUTHZ";
  if (phase === "UNSPECIFIED" || phase === "STATS")
    plugin.warning(
      ["spec", "phase"],
      `${phase === "STATS" ? "STATS comes" : "without a phase it comes"} behind Istio's own policies, faults and CORS: ` +
        `${filter} belongs to ${wanted}`,
    );
  else if (phase === "AUTHN" && (filter === "authz" || filter === "header-router"))
    plugin.warning(
      ["spec", "phase"],
      `AUTHN comes before RequestAuthentication, whose claims ${filter} does not see then: it belongs to AUTHZ`,
    );
}

/** A filter that lets requests pass or not, or sends them elsewhere; l7-metrics only counts. */
function decides(filter: FilterName, config: Tree | undefined): boolean {
  if (filter !== "waypoint") return filter !== "l7-metrics";
  return ["jwtAuth", "authz", "headerRouter"].some((section) => fieldOf(config, section) !== undefined);
}

const PHASES = ["AUTHN", "AUTHZ", "STATS", "UNSPECIFIED"];

function phaseOf({ spec }: Plugin): string {
  const phase = textOf(spec, "phase") ?? "UNSPECIFIED";
  return phase === "UNSPECIFIED_PHASE" ? "UNSPECIFIED" : phase;
}

/** By phase and priority; of equal ones nothing is sure. Without a priority a plugin comes last. */
function comesBefore(one: Plugin, other: Plugin): boolean {
  const phases = [one, other].map((plugin) => PHASES.indexOf(phaseOf(plugin))) as [number, number];
  if (phases.includes(-1)) return false;
  if (phases[0] !== phases[1]) return phases[0] < phases[1];
  const [priority, otherPriority] = [one, other].map(({ spec }) => {
    const given = scalarOf(spec, "priority");
    return typeof given === "number" ? given : -(2 ** 31);
  }) as [number, number];
  return priority > otherPriority;
}

function haveTarget(one: Plugin, other: Plugin): boolean {
  const texts = (plugin: Plugin) =>
    itemsOf(plugin.spec, "targetRefs").map((ref) => `${textOf(ref, "kind")}/${textOf(ref, "name")}`);
  const known = new Set(texts(one));
  return one.namespace === other.namespace && texts(other).some((text) => known.has(text));
}
