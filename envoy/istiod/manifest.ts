/** Manifests as `kubectl apply` takes them, and what of them this stand-in for istiod understands. */
import { parseAllDocuments } from "yaml";

/** A Kubernetes resource. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
  /** Each kind's own. */
  spec: object;
}

/** A manifest that istiod would take, and this stand-in does not, or that fits nothing in the mesh. */
export class Refused extends Error {
  /** @param where  the resource, and the path of the field: `DestinationRule bookinfo/reviews: spec.host` */
  constructor(where: string, why: string) {
    super(`${where}: ${why}`);
  }
}

/** How errors call a resource: `DestinationRule bookinfo/reviews`. */
export function nameOf({ kind, metadata }: Manifest): string {
  return `${kind} ${namespaceOf(metadata)}/${metadata.name}`;
}

/** kubectl's default where a manifest names none. */
export function namespaceOf({ namespace = "default" }: { namespace?: string }): string {
  return namespace;
}

/**
 * The documents of a YAML text; empty ones are left out, and one without `spec` has an empty one. Errors: what is no YAML, with
 * its line; a document that is no manifest.
 */
export function readManifests(yaml: string): Manifest[] {
  return parseAllDocuments(yaml).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const value = document.toJS() as Partial<Manifest> | null;
    if (value === null) return [];
    const { apiVersion, kind, metadata, spec = {} } = value;
    if (apiVersion === undefined || kind === undefined || metadata?.name === undefined) {
      throw new Error(`no manifest: expected apiVersion, kind and metadata.name in ${JSON.stringify(value)}`);
    }
    return [{ apiVersion, kind, metadata, spec }];
  });
}

/** These manifests and those before, of which they replace those of the same kind and name. */
export function applied(before: readonly Manifest[], next: readonly Manifest[]): Manifest[] {
  return [...new Map([...before, ...next].map((manifest) => [nameOf(manifest), manifest])).values()];
}

/**
 * Throws Refused for the first field that is not known.
 *
 * @param known  paths in `spec`; `[]` stands for each entry of a list, `*` for each name, and `**` at the end for all below
 */
export function onlyKnownFields(manifest: Manifest, known: readonly string[]): void {
  const unknown = leaves(manifest.spec).find((leaf) => !known.some((path) => covers(path, leaf)));
  if (unknown === undefined) return;
  throw new Refused(
    nameOf(manifest),
    `spec.${written(unknown)}: the demos' stand-in for istiod does not know this field`,
  );
}

/** Names of fields, and indices of lists, down to a value. */
type Path = readonly (string | number)[];

function leaves(value: unknown, path: Path = []): Path[] {
  const isWhole = typeof value !== "object" || value === null || Object.keys(value).length === 0;
  if (isWhole) return path.length === 0 ? [] : [path];
  return Object.entries(value).flatMap(([name, below]) =>
    leaves(below, [...path, Array.isArray(value) ? Number(name) : name]),
  );
}

/** An empty list or object is known as far as something below it is. */
function covers(known: string, leaf: Path): boolean {
  const parts = known.replaceAll("[]", ".[]").split(".");
  return leaf.every((name, at) => {
    if (parts.at(-1) === "**" && at >= parts.length - 1) return true;
    return parts[at] === (typeof name === "number" ? "[]" : name) || (parts[at] === "*" && typeof name === "string");
  });
}

function written(path: Path): string {
  return path.map((name, at) => (typeof name === "number" ? `[${name}]` : `${at === 0 ? "" : "."}${name}`)).join("");
}
