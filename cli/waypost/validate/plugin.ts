/** Plugins among the resources of a document. */
import type { Finding, Severity } from "./problem.ts";
import { fieldOf, itemsOf, textOf, type FieldsTree, type Tree } from "./tree.ts";

export const GROUP = "extensions.istio.io";
export type PluginKind = "WasmPlugin" | "TrafficExtension";

/** A resource, and where it is in its document. */
export interface Resource {
  tree: FieldsTree;
  /** Steps from the document to it: none, or those into a List. */
  steps: readonly Step[];
}

/** From a value to one in it: the name of a field, or the index of an entry. */
export type Step = string | number;

/** The resources of a document: itself, or the items of a List, as `kubectl get -o yaml` prints several. */
export function resourcesOf(document: Tree): Resource[] {
  if (document.kind !== "fields") return [];
  if (!(textOf(document, "kind") ?? "").endsWith("List") || fieldOf(document, "items") === undefined)
    return [{ tree: document, steps: [] }];
  return itemsOf(document, "items").flatMap((tree, at) =>
    tree.kind === "fields" ? [{ tree, steps: ["items", at] }] : [],
  );
}

/** A manifest of a plugin, and what is found in it. */
export class Plugin {
  readonly findings: Finding[] = [];
  readonly spec: Tree | undefined;
  /** Steps to the fields of the module: the spec itself, or its `wasm`. */
  readonly moduleSteps: readonly Step[];
  /** The fields of the module: `url`, `pluginConfig`, … */
  readonly module: Tree | undefined;
  readonly name: string;
  /** Undefined: kubectl's own, at the time when it is applied. */
  readonly namespace: string | undefined;

  private constructor(
    readonly kind: PluginKind,
    private readonly resource: Resource,
  ) {
    const { tree } = resource;
    const metadata = fieldOf(tree, "metadata")?.value;
    this.name = textOf(metadata, "name") ?? "";
    this.namespace = textOf(metadata, "namespace");
    this.spec = fieldOf(tree, "spec")?.value;
    this.moduleSteps = kind === "WasmPlugin" ? ["spec"] : ["spec", "wasm"];
    this.module = kind === "WasmPlugin" ? this.spec : fieldOf(this.spec, "wasm")?.value;
  }

  /** The plugin that a resource is; undefined for other kinds, and for those of other groups. */
  static of(resource: Resource): Plugin | undefined {
    const kind = textOf(resource.tree, "kind");
    if (kind !== "WasmPlugin" && kind !== "TrafficExtension") return undefined;
    const group = groupOf(resource);
    return group === undefined || group === GROUP ? new Plugin(kind, resource) : undefined;
  }

  get tree(): FieldsTree {
    return this.resource.tree;
  }

  /** As Envoy gets it from Istio, which makes a TrafficExtension of each WasmPlugin: `<namespace>.<name>`. */
  get envoyName(): string {
    const suffix = this.kind === "WasmPlugin" ? "~istio-translated-wasmplugin" : "";
    return `${this.namespace ?? "default"}.${this.name}${suffix}`;
  }

  /** `pluginName`, Envoy's root id. */
  get rootId(): string {
    return textOf(this.module, "pluginName") ?? "";
  }

  error(steps: readonly Step[], message: string): void {
    this.say("error", steps, message);
  }

  warning(steps: readonly Step[], message: string): void {
    this.say("warning", steps, message);
  }

  /** Notes something at a field of the manifest; where that is not there, at the object that it is missing in. */
  private say(severity: Severity, steps: readonly Step[], message: string): void {
    this.findings.push({ severity, offset: this.offsetOf(steps), path: this.pathOf(steps), message });
  }

  /** The path of a field of the manifest from the top of its document. */
  pathOf(steps: readonly Step[]): string {
    return pathOf([...this.resource.steps, ...steps]);
  }

  offsetOf(steps: readonly Step[]): number {
    let tree: Tree | undefined = this.tree;
    let offset = this.tree.offset;
    for (const step of steps) {
      const found: { offset: number; value: Tree } | undefined = stepInto(tree, step);
      if (found === undefined) return offset;
      offset = found.offset;
      tree = found.value;
    }
    return offset;
  }
}

/** What is wrong with a resource of the plugins' group that is no plugin: the API server does not know it. */
export function strangeKind(resource: Resource): Finding | undefined {
  if (groupOf(resource) !== GROUP) return undefined;
  const { tree, steps } = resource;
  const offset = tree.fields.get("kind")?.offset ?? tree.offset;
  const message = `must be WasmPlugin or TrafficExtension: ${GROUP} has no other kinds`;
  return { severity: "error", offset, path: pathOf([...steps, "kind"]), message };
}

function groupOf({ tree }: Resource): string | undefined {
  return textOf(tree, "apiVersion")?.split("/")[0];
}

function pathOf(steps: readonly Step[]): string {
  const texts = steps.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`));
  return texts.join("").replace(/^\./, "");
}

function stepInto(tree: Tree, step: Step): { offset: number; value: Tree } | undefined {
  if (typeof step === "string") return tree.kind === "fields" ? tree.fields.get(step) : undefined;
  const item = tree.kind === "list" ? tree.items[step] : undefined;
  return item && { offset: item.offset, value: item };
}
