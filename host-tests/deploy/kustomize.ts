/**
 * What `kubectl kustomize` makes of a folder, as far as deploy/manifests uses it: `resources`, `components`, `patches` that are
 * merged, and `namespace`. Any other field is an error. Lists are replaced as a whole, which is what kustomize does for kinds
 * that it does not know; the kinds of Kubernetes itself are not patched here.
 */
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { root } from "../docs/pages.ts";
import { documents, type Manifest } from "./manifests.ts";

/** From a file, or written where it is named. */
interface Patch {
  path?: string;
  patch?: string;
  target?: { group?: string; kind?: string; name?: string };
}

export interface Kustomization {
  apiVersion?: string;
  kind?: string;
  namespace?: string;
  resources?: string[];
  components?: string[];
  patches?: Patch[];
}

const FIELDS = ["apiVersion", "kind", "namespace", "resources", "components", "patches"];
const CUSTOM_GROUP = /\.(istio|k8s)\.io\//;

/** The manifests of the kustomization in a folder, by its path from the checkout's folder. */
export function kustomize(folder: string): Manifest[] {
  const file = path.posix.join(folder, "kustomization.yaml");
  return resolve(read(file), folder);
}

/** The manifests of a kustomization that would stand in this folder. Errors name the folder, and what is wrong. */
export function resolve(kustomization: Kustomization, folder: string): Manifest[] {
  const unknown = Object.keys(kustomization).filter((field) => !FIELDS.includes(field));
  if (unknown.length > 0) throw new Error(`${folder}: this reader does not know the fields ${unknown.join(", ")}`);
  const { resources = [], components = [], patches = [], namespace } = kustomization;
  const own = resources.flatMap((resource) => resourcesOf(path.posix.join(folder, resource)));
  const added = components.reduce((all, component) => withComponent(path.posix.join(folder, component), all), own);
  const patched = patches.reduce((all, patch) => withPatch(patch, folder, all), added);
  assertUnique(patched, folder);
  if (namespace === undefined) return patched;
  if (patched.some(({ kind }) => kind === "Namespace")) throw new Error(`${folder}: a Namespace has no namespace`);
  return patched.map((manifest) => ({ ...manifest, metadata: { ...manifest.metadata, namespace } }));
}

function read(file: string): Kustomization {
  const [kustomization, ...others] = documents(file);
  if (others.length > 0) throw new Error(`${file}: one document, please`);
  return kustomization as Kustomization;
}

function resourcesOf(resource: string): Manifest[] {
  const place = path.join(root, resource);
  if (!existsSync(place)) throw new Error(`${resource}: there is no such file or folder`);
  return statSync(place).isDirectory() ? kustomize(resource) : (documents(resource) as Manifest[]);
}

function withComponent(folder: string, manifests: Manifest[]): Manifest[] {
  const component = read(path.posix.join(folder, "kustomization.yaml"));
  if (component.kind !== "Component") throw new Error(`${folder}: not of kind Component`);
  return (component.patches ?? []).reduce((all, patch) => withPatch(patch, folder, all), manifests);
}

/** A patch without a target must name a manifest that there is; one with a target is for those that match, if any. */
function withPatch({ path: file, patch: text = "", target }: Patch, folder: string, manifests: Manifest[]): Manifest[] {
  const patch = (file === undefined ? parse(text) : documents(path.posix.join(folder, file))[0]) as Manifest;
  const what = `${folder}: the patch of ${patch.kind} ${patch.metadata.name}`;
  if (!CUSTOM_GROUP.test(patch.apiVersion)) throw new Error(`${what} changes a kind of Kubernetes itself`);
  const matches = (manifest: Manifest) => (target === undefined ? same(manifest, patch) : isTarget(manifest, target));
  if (target === undefined && !manifests.some(matches)) {
    throw new Error(`${what} is for nothing that is there`);
  }
  return manifests.map((one) =>
    matches(one) ? { ...one, spec: merge(one.spec, patch.spec) as Manifest["spec"] } : one,
  );
}

function isTarget({ apiVersion, kind, metadata }: Manifest, target: NonNullable<Patch["target"]>): boolean {
  const { group = groupOf(apiVersion), kind: wanted = kind, name = metadata.name } = target;
  return group === groupOf(apiVersion) && wanted === kind && name === metadata.name;
}

function same(a: Manifest, b: Manifest): boolean {
  return a.kind === b.kind && a.metadata.name === b.metadata.name && a.metadata.namespace === b.metadata.namespace;
}

/** The API group of an apiVersion; that of the core is empty. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
}

/** JSON merge patch (RFC 7386). */
function merge(value: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const before = isObject(value) ? value : {};
  const fields = [...new Set([...Object.keys(before), ...Object.keys(patch)])].filter((field) => patch[field] !== null);
  const merged = fields.map((field) => [field, field in patch ? merge(before[field], patch[field]) : before[field]]);
  return Object.fromEntries(merged);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function assertUnique(manifests: Manifest[], folder: string): void {
  const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`);
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  if (twice.length > 0) throw new Error(`${folder}: twice there: ${twice.join(", ")}`);
}
