/** The filters that Waypost has, and how to tell which one a configuration is for. */
import type { Tree } from "./tree.ts";

export const FILTERS = ["jwt-auth", "authz", "header-router", "l7-metrics", "waypoint"] as const;
export type FilterName = (typeof FILTERS)[number];

/** Fields at the top of a configuration that no other filter has. */
const OWN_FIELDS: Readonly<Record<FilterName, readonly string[]>> = {
  "jwt-auth": ["jwtRules"],
  authz: ["policies"],
  "header-router": ["routes"],
  "l7-metrics": ["operations", "dimensions", "overrides", "labels", "prefix", "maxSeries"],
  waypoint: ["jwtAuth", "authz", "headerRouter", "l7Metrics"],
};

/** Names of images and files of our modules: `jwt-auth`, `waypost-jwt-auth`, `jwt-auth.scalar.wasm`, `waypoint.0a1b….wasm`. */
const MODULE_NAME = new RegExp(`^(?:waypost-)?(${FILTERS.join("|")})(?:\\.scalar)?(?:\\.[0-9a-f]{8,64})?(?:\\.wasm)?$`);

/** The filter whose configuration has such fields; undefined when they do not tell, or tell of several. */
export function filterOfFields(tree: Tree | undefined): FilterName | undefined {
  if (tree?.kind !== "fields") return undefined;
  const found = FILTERS.filter((filter) => OWN_FIELDS[filter].some((field) => tree.fields.has(field)));
  return found.length === 1 ? found[0] : undefined;
}

/** The last part of a plugin's `url`, without tag, digest and query: `oci://r.example/a/jwt-auth:1@sha256:…` is `jwt-auth`. */
export function imageName(url: string): string {
  const [address = ""] = url.split(/[?#@]/);
  return address.slice(address.lastIndexOf("/") + 1).replace(/:[^:]*$/, "");
}

/** Which of our modules an image or file is, by its name. */
export function filterOfImage(name: string): FilterName | undefined {
  return MODULE_NAME.exec(name)?.[1] as FilterName | undefined;
}
