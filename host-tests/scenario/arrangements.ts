/** Which plugins a scenario is run with, and in which arrangements. */
import type { PipelineDescription, PluginDescription, Scenario } from "./format.ts";

/**
 * Ways to run the filters of a pipeline: as stages of root `waypoint`; as plugins of the same module, which share a VM; each
 * as the module that holds nothing else.
 */
export const ARRANGEMENTS = ["one context", "one VM", "modules"] as const;

export type Arrangement = (typeof ARRANGEMENTS)[number];

/** A plugin as hosts take it. */
export interface PreparedPlugin {
  module: string;
  rootId: string;
  /** `<namespace>.<name>` */
  name: string;
  /** The configuration's bytes as text; empty when there is none, or `{}` (Istio sends none then). */
  configuration: string;
  vmConfiguration: string;
  phase: Phase;
}

type Phase = NonNullable<PluginDescription["phase"]>;

/** In the order of the chain. */
const PHASES: readonly Phase[] = ["AUTHN", "AUTHZ", "STATS"];

/** The one filter that watches the others. */
const METRICS = "l7-metrics";

/** Filters by section of a pipeline, in the order of the chain. Each is a root_id of `waypoint`, and a module. */
const STAGES = [
  ["jwtAuth", "jwt-auth"],
  ["authz", "authz"],
  ["headerRouter", "header-router"],
  ["l7Metrics", METRICS],
] as const;

/** What every plugin of our own is in: authz derives the namespace of its policies from it. */
const NAMESPACE = "default";

/** One test of a scenario. */
export interface ScenarioTest {
  title: string;
  arrangement: Arrangement;
}

/** The tests of a scenario: one, but for a pipeline that is to be taken. */
export function testsOf({ name, pipeline, refused }: Scenario): ScenarioTest[] {
  if (pipeline === undefined || refused !== undefined) return [{ title: name, arrangement: "one context" }];
  return ARRANGEMENTS.map((arrangement) => ({ title: `${name} (${arrangement})`, arrangement }));
}

/** The plugins of a scenario without placeholders, in the order of the chain. */
export function pluginsOf(scenario: Scenario, arrangement: Arrangement): PreparedPlugin[] {
  const { pluginName, nativeAuthentication } = scenario;
  const phase = nativeAuthentication === undefined ? "AUTHN" : "AUTHZ";
  const plugins = described(scenario, arrangement).map((plugin) =>
    preparePlugin(pluginName === undefined ? plugin : { name: pluginName, ...plugin }, phase),
  );
  return plugins.sort((a, b) => PHASES.indexOf(a.phase) - PHASES.indexOf(b.phase));
}

function described(scenario: Scenario, arrangement: Arrangement): PluginDescription[] {
  const { module, rootId, config, configText, plugins, pipeline } = scenario;
  if (plugins !== undefined) return plugins;
  if (pipeline !== undefined) return pipelinePlugins(pipeline, arrangement);
  if (module === undefined) throw new Error(`${scenario.name}: no module, no plugins and no pipeline`);
  return [
    {
      module,
      ...(rootId !== undefined && { rootId }),
      ...(config !== undefined && { config }),
      ...(configText !== undefined && { configText }),
    },
  ];
}

function pipelinePlugins(pipeline: PipelineDescription, arrangement: Arrangement): PluginDescription[] {
  if (arrangement === "one context") return [{ module: "waypoint", rootId: "waypoint", config: pipeline }];
  return STAGES.flatMap(([section, filter]) => {
    const given = pipeline[section];
    if (given === undefined) return [];
    // The others are in contexts of their own: what they know of a token is what jwt-auth publishes.
    const config = section === "jwtAuth" ? { ...given, publishPayload: true } : given;
    return [arrangement === "modules" ? { module: filter, config } : { module: "waypoint", rootId: filter, config }];
  });
}

function preparePlugin(plugin: PluginDescription, usual: Phase): PreparedPlugin {
  const { module, rootId = "", vmConfig = "" } = plugin;
  const { phase = module === METRICS || rootId === METRICS ? "STATS" : usual } = plugin;
  const { name = `${NAMESPACE}.${rootId === "" ? module : rootId}` } = plugin;
  return { module, rootId, name, configuration: configurationText(plugin), vmConfiguration: vmConfig, phase };
}

function configurationText({ config, configText }: PluginDescription): string {
  if (configText !== undefined) return configText;
  if (config === undefined || config === null) return "";
  const text = JSON.stringify(config);
  return text === "{}" ? "" : text;
}
