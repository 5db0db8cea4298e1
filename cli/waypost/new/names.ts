/** Which names a filter may have. */
import { builtinModules } from "node:module";
import { filterOfImage } from "../validate/filters.ts";

/** RFC 1123: what Kubernetes takes as a name where a DNS label is asked for. All of them are names for npm, too. */
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** npm installs no package into one of the same name; these are what the project depends on. */
const DEPENDENCIES = ["ajv", "vitest", "waypost", "yaml"];

/**
 * Why `name` cannot be that of a filter; undefined: it can. It becomes that of an npm package, of a module, of its
 * `root_id` and of a WasmPlugin.
 */
export function nameProblem(name: string): string | undefined {
  if (!DNS_LABEL.test(name)) {
    return "expected 1 to 63 of a to z, 0 to 9 and -, with a letter or digit at both ends (a DNS label, as Kubernetes wants)";
  }
  if (DEPENDENCIES.includes(name)) return `the project depends on the package ${name}`;
  if (builtinModules.includes(name)) return "Node has a module of that name";
  if (filterOfImage(name) !== undefined)
    return "an image of that name is one of Waypost's own filters to `waypost validate`";
  return undefined;
}
