/** Judges the text of one file: every plugin and every configuration in it. */
import { checkOrder, checkPlace, runningFilter, type OurPlugin } from "./chain-check.ts";
import { checkFields } from "./fields-check.ts";
import { FILTERS, filterOfFields, imageName, type FilterName } from "./filters.ts";
import { judge, type Refusal } from "./judge.ts";
import { locate } from "./locate.ts";
import type { Modules, NamedModule } from "./modules.ts";
import { Plugin, resourcesOf, strangeKind, type Resource } from "./plugin.ts";
import { shown, type Finding, type Problem } from "./problem.ts";
import { checkAttachment } from "./targets-check.ts";
import { fieldOf, itemsOf, jsonOf, textOf, type Tree } from "./tree.ts";
import { YamlText } from "./yaml-documents.ts";

export interface Input {
  /** As it is told to people; `-`: standard input. */
  file: string;
  text: string;
  /** Nobody named it: it was in a folder, where other files may be too. */
  isFound: boolean;
}

/** What there was, apart from problems. */
export interface Counts {
  /** Plugins and bare configurations that a module has read. */
  checked: number;
  /** Plugins of modules that there are not: all but their configuration was checked. */
  notChecked: number;
  /** Resources of other kinds. */
  passedOver: number;
}

export interface FileReport {
  /** In the order of their places. */
  problems: Problem[];
  counts: Counts;
}

/** A configuration, by itself or in a plugin, and where it is. */
interface Configuration {
  tree: Tree | undefined;
  offset: number;
  /** Undefined: longer than any server takes. */
  json: string | undefined;
}

/** @param filter  whose bare configurations are, where their fields do not tell */
export async function validate(input: Input, modules: Modules, filter?: FilterName): Promise<FileReport> {
  const file = new FileValidation(input, modules, filter);
  const text = new YamlText(input.text);
  for (const { tree, errors } of text.documents()) {
    const isOurs = tree === undefined || (await file.document(tree));
    if (isOurs) for (const error of errors) file.findings.push(error);
  }
  file.finish();
  const problems = file.findings.map(({ offset, severity, path, message }): Problem => {
    return { severity, file: input.file, ...text.placeOf(offset), path: shown(path), message: shown(message) };
  });
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  return { problems, counts: file.counts };
}

class FileValidation {
  readonly findings: Finding[] = [];
  readonly counts: Counts = { checked: 0, notChecked: 0, passedOver: 0 };
  private readonly plugins: Plugin[] = [];
  private readonly ours: OurPlugin[] = [];

  constructor(
    private readonly input: Input,
    private readonly modules: Modules,
    private readonly filter: FilterName | undefined,
  ) {}

  /** Whether there is anything to judge in a document; what else is wrong with others is not for this program to say. */
  async document(tree: Tree): Promise<boolean> {
    const before = this.counts.passedOver;
    const resources = resourcesOf(tree);
    // A plugin whose kind is missing, or misspelt, is no configuration.
    if (textOf(tree, "kind") === undefined && resources.every((one) => strangeKind(one) === undefined))
      await this.bare(tree);
    else for (const resource of resources) await this.resource(resource);
    return this.counts.passedOver - before < Math.max(1, resources.length);
  }

  /** What can be said when all plugins are known. */
  finish(): void {
    checkOrder(this.ours);
    const known = new Set<string>();
    for (const plugin of this.plugins) {
      const id = JSON.stringify([plugin.kind, plugin.namespace, plugin.name]);
      if (plugin.name !== "" && known.has(id))
        plugin.error(["metadata", "name"], `there is a ${plugin.kind} of this name before this one, which it replaces`);
      known.add(id);
      this.findings.push(...plugin.findings);
    }
  }

  private async resource(resource: Resource): Promise<void> {
    const plugin = Plugin.of(resource);
    if (plugin === undefined) {
      const strange = strangeKind(resource);
      if (strange === undefined) this.counts.passedOver++;
      else this.findings.push(strange);
      return;
    }
    this.plugins.push(plugin);
    checkFields(plugin);
    checkAttachment(plugin);
    const url = textOf(plugin.module, "url");
    if (url === undefined || url === "") return;
    const module = await this.modules.ofImage(imageName(url));
    if (module === undefined) return this.unknownModule(plugin);
    this.counts.checked++;
    if (module.filter !== undefined) {
      const one = { plugin, filter: runningFilter(module.filter, plugin.rootId) };
      this.ours.push(one);
      checkPlace(one);
    }
    this.pluginConfig(plugin, module);
  }

  private unknownModule(plugin: Plugin): void {
    this.counts.notChecked++;
    const how = "--module <image>=<file.wasm> names the module that can";
    plugin.warning([...plugin.moduleSteps, "url"], `not one of Waypost's modules, pluginConfig is not checked: ${how}`);
  }

  private pluginConfig(plugin: Plugin, module: NamedModule): void {
    const steps = [...plugin.moduleSteps, "pluginConfig"];
    const tree = fieldOf(plugin.module, "pluginConfig")?.value;
    // It is an error already, and Istio has no JSON for it.
    if (tree !== undefined && tree.kind !== "fields") return;
    // To Istio no configuration and one without fields are the same: nothing.
    const json = tree === undefined || tree.fields.size === 0 ? "" : jsonOf(tree);
    const configuration = { tree, offset: plugin.offsetOf(steps), json };
    const settings = { name: plugin.envoyName, rootId: plugin.rootId, environment: environmentOf(plugin) };
    const { problems, failures } = this.judged(configuration, module, settings);
    this.addProblems(problems, configuration, plugin.pathOf(steps));
    for (const failure of failures) {
      const isRoot = failure.startsWith("root_id");
      plugin.error(isRoot ? [...plugin.moduleSteps, "pluginName"] : steps, short(failure));
    }
  }

  /** A configuration without a manifest around it. */
  private async bare(tree: Tree): Promise<void> {
    const filter = this.filter ?? filterOfFields(tree);
    if (filter === undefined) {
      this.unknownDocument(tree);
      return;
    }
    this.counts.checked++;
    // What is JSON by its name is given to a proxy as it is, so it must not be what YAML alone can read.
    const isJson = this.input.file.endsWith(".json");
    const configuration = { tree, offset: tree.offset, json: isJson ? this.input.text : jsonOf(tree) };
    const module = await this.modules.ofFilter(filter);
    const settings = { name: "default.validate", rootId: filter };
    const { problems, failures } = this.judged(configuration, module, settings);
    this.addProblems(problems, configuration, "");
    for (const failure of failures) this.addProblems([short(failure)], { ...configuration, tree: undefined }, "");
  }

  private unknownDocument({ offset }: Tree): void {
    if (this.input.isFound) {
      this.counts.passedOver++;
      return;
    }
    const what = "neither a manifest nor a configuration that tells by its fields which filter it is for";
    const message = `${what}: say so with --filter ${FILTERS.join("|")}`;
    this.findings.push({ severity: "error", offset, path: "", message });
  }

  private judged(
    { json }: Configuration,
    { module }: NamedModule,
    settings: { name: string; rootId: string; environment?: Record<string, string> },
  ): Refusal {
    if (json === undefined)
      return { problems: [], failures: ["too large or too deep with its aliases written out: no API server takes it"] };
    return judge(module, { ...settings, configuration: json });
  }

  private addProblems(problems: readonly string[], { tree, offset }: Configuration, prefix: string): void {
    // Where that is so, everything else is missing because of it.
    const notJson = problems.filter((problem) => problem.startsWith("not JSON: "));
    for (const problem of notJson.length > 0 ? notJson : problems) {
      const located = locate(problem, tree, offset);
      const separator = prefix === "" || located.path === "" || located.path.startsWith("[") ? "" : ".";
      const at = this.offsetOfJsonError(located.message) ?? located.offset;
      const path = `${prefix}${separator}${located.path}`;
      this.findings.push({ severity: "error", path, message: located.message, offset: at });
    }
  }

  /** The reader of JSON has the line and column itself, which are those of the file where the file was read as it is. */
  private offsetOfJsonError(message: string): number | undefined {
    const [, line, column] = /^not JSON: line (\d+), column (\d+): /.exec(message) ?? [];
    if (line === undefined || column === undefined || !this.input.file.endsWith(".json")) return undefined;
    const before = this.input.text.split("\n", Number(line) - 1).join("\n").length;
    return before + (line === "1" ? 0 : 1) + Number(column) - 1;
  }
}

/** `vmConfig.env` as far as its values are in the manifest. */
function environmentOf({ module }: Plugin): Record<string, string> {
  const entries = itemsOf(fieldOf(module, "vmConfig")?.value, "env").flatMap((entry): [string, string][] => {
    const [name, value] = [textOf(entry, "name"), textOf(entry, "value")];
    const isInline = (textOf(entry, "valueFrom") ?? "INLINE") === "INLINE";
    return name !== undefined && isInline ? [[name, value ?? ""]] : [];
  });
  return Object.fromEntries(entries);
}

const MAX_FAILURE_LENGTH = 500;

function short(text: string): string {
  return text.length > MAX_FAILURE_LENGTH ? `${text.slice(0, MAX_FAILURE_LENGTH)}…` : text;
}
