/** Whether a waypoint takes a plugin at all: policyattachment.go, extensions.go and listener_waypoint.go of Istio's pilot. */
import { checkNames } from "./fields-check.ts";
import type { Plugin, Step } from "./plugin.ts";
import { fieldOf, itemsOf, scalarOf, textOf, type Tree } from "./tree.ts";

/** Kinds that a plugin can be attached to in a waypoint, and their API groups; Service: the core one. */
const TARGET_GROUPS: Readonly<Record<string, readonly string[]>> = {
  Service: ["", "core"],
  Gateway: ["gateway.networking.k8s.io"],
  GatewayClass: ["gateway.networking.k8s.io"],
  ServiceEntry: ["networking.istio.io"],
};

const MAX_TARGETS = 16;
/** Istio's name of it, unless meshConfig.rootNamespace has another one. */
const ROOT_NAMESPACE = "istio-system";
const WAYPOINT_CLASS = "istio-waypoint";

/** Checks targets and selectors, and what else keeps a plugin out of HTTP chains. */
export function checkAttachment(plugin: Plugin): void {
  if (plugin.spec?.kind !== "fields") return;
  const given = ["selector", "targetRef", "targetRefs"].filter((field) => fieldOf(plugin.spec, field) !== undefined);
  if (given.length > 1) plugin.error(["spec", given[1] ?? ""], `not together with ${given[0]}: use targetRefs alone`);
  const targets = targetsOf(plugin);
  if (targets.length === 0) checkUntargeted(plugin);
  if (targets.length > MAX_TARGETS)
    plugin.error(["spec", "targetRefs"], `must not have more than ${MAX_TARGETS} entries`);
  for (const { tree, steps } of targets) checkTarget(plugin, tree, steps);
  checkMatch(plugin);
}

function targetsOf({ spec }: Plugin): { tree: Tree; steps: Step[] }[] {
  const single = fieldOf(spec, "targetRef")?.value;
  const list = itemsOf(spec, "targetRefs").map((tree, at) => ({ tree, steps: ["spec", "targetRefs", at] }));
  return single === undefined ? list : [{ tree: single, steps: ["spec", "targetRef"] }, ...list];
}

function checkUntargeted(plugin: Plugin): void {
  const hasSelector = fieldOf(plugin.spec, "selector") !== undefined;
  if (hasSelector) plugin.error(["spec", "selector"], "a waypoint ignores plugins with a selector: use targetRefs");
  else plugin.error(["spec", "targetRefs"], "missing: a waypoint ignores plugins without targetRefs");
}

function checkTarget(plugin: Plugin, target: Tree, steps: readonly Step[]): void {
  if (target.kind !== "fields") return plugin.error(steps, "must be an object");
  checkNames(plugin, target, steps, ["group", "kind", "name", "namespace"]);
  const kind = textOf(target, "kind") ?? "";
  const name = textOf(target, "name") ?? "";
  if (name === "") plugin.error([...steps, "name"], "missing: the name of the target is needed");
  const namespace = fieldOf(target, "namespace");
  if (namespace !== undefined && textOf(target, "namespace") !== plugin.namespace)
    plugin.error(
      [...steps, "namespace"],
      "a target has no namespace of its own: the plugin must be in that of its target",
    );
  const groups = Object.hasOwn(TARGET_GROUPS, kind) ? TARGET_GROUPS[kind] : undefined;
  if (groups === undefined)
    return plugin.error([...steps, "kind"], `must be one of ${Object.keys(TARGET_GROUPS).join(", ")}`);
  if (!groups.includes(textOf(target, "group") ?? ""))
    plugin.error([...steps, "group"], `must be ${JSON.stringify(groups[0])} for a ${kind}`);
  checkNamespace(plugin, kind, name, steps);
}

/** The plugin's namespace is what ties it to its targets. */
function checkNamespace(plugin: Plugin, kind: string, name: string, steps: readonly Step[]): void {
  const at = ["metadata", "namespace"];
  if (kind !== "GatewayClass") {
    const owner = kind === "Gateway" ? "waypoint" : kind;
    if (plugin.namespace === undefined)
      plugin.warning(
        at,
        `missing: it must be that of the ${owner}, or the plugin is ignored; kubectl takes its current one`,
      );
    return;
  }
  if (name !== WAYPOINT_CLASS && name !== "")
    plugin.error([...steps, "name"], `must be ${WAYPOINT_CLASS}: waypoints of other classes ignore plugins`);
  else if (plugin.namespace !== ROOT_NAMESPACE)
    plugin.warning(at, `ignored unless it is Istio's root namespace, which is ${ROOT_NAMESPACE} by default`);
}

/** Entries of `match` that no HTTP chain of a waypoint fits. */
function checkMatch(plugin: Plugin): void {
  const entries = itemsOf(plugin.spec, "match");
  const dead = entries.flatMap((entry, at): [field: string, at: number][] => {
    if (itemsOf(entry, "ports").length > 0) return [["ports", at]];
    return scalarOf(entry, "mode") === "CLIENT" ? [["mode", at]] : [];
  });
  for (const [field, at] of dead) {
    const what =
      field === "ports" ? "no HTTP chain of a waypoint has a port" : "a waypoint's chains are of mode SERVER";
    const steps = ["spec", "match", at, field];
    if (dead.length === entries.length) plugin.error(steps, `${what}, so this leaves the plugin out of all of them`);
    else plugin.warning(steps, `${what}: this entry has no effect`);
  }
}
