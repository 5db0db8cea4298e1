/** Plugins of deploy/manifests: attached as waypoints need it, in order, safe when they fail, and accepted by their modules. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../docs/pages.ts";
import { EnvoyHost, loadModule } from "../host/index.ts";
import { Reader, schemaJudge } from "../schema/judges.ts";
import { kustomize, resolve } from "./kustomize.ts";
import { MANIFESTS, pluginOf, type Manifest, type Plugin } from "./manifests.ts";

/** Istio's: where a plugin must be that is attached to a GatewayClass. */
const ROOT_NAMESPACE = "istio-system";

const PHASES: Readonly<Record<string, string>> = {
  "jwt-auth": "AUTHN",
  authz: "AUTHZ",
  "header-router": "AUTHZ",
  waypoint: "AUTHZ",
  "l7-metrics": "STATS",
};
const FILTERS = Object.keys(PHASES);
const KINDS = ["wasm-plugin", "traffic-extension"];
const COMPONENTS = ["target-service", "target-gateway", "target-gateway-class"];

const readers = new Map(await Promise.all(FILTERS.map(async (name) => [name, await Reader.load(name)] as const)));

const plugins = (manifests: Manifest[]): Plugin[] =>
  manifests.flatMap((manifest) => {
    const plugin = pluginOf(manifest);
    return plugin === null ? [] : [plugin];
  });

/** All plugins of a kind, attached by a component. */
function attached(kind: string, component: string): Manifest[] {
  const folders = ["filters", "pipeline", "metrics"].map((folder) => `../../${kind}/${folder}`);
  const kustomization = {
    resources: ["../../waypoint", "../../lanes", ...folders],
    components: [`../../components/${component}`],
  };
  const manifests = resolve(kustomization, `${MANIFESTS}/overlays/of-this-test`);
  if (component !== "target-gateway-class") return manifests;
  return manifests.map((one) => (pluginOf(one) === null ? one : inRootNamespace(one)));
}

function inRootNamespace(manifest: Manifest): Manifest {
  return { ...manifest, metadata: { ...manifest.metadata, namespace: ROOT_NAMESPACE } };
}

const overlays = readdirSync(path.join(root, MANIFESTS, "overlays"));
const places: [where: string, manifests: Manifest[]][] = [
  ...overlays.map((name): [string, Manifest[]] => [`overlays/${name}`, kustomize(`${MANIFESTS}/overlays/${name}`)]),
  ...KINDS.flatMap((kind) =>
    COMPONENTS.map((component): [string, Manifest[]] => [`${kind}, ${component}`, attached(kind, component)]),
  ),
];

/** Whether a waypoint takes a plugin by its targets: pilot/pkg/model/policyattachment.go of Istio. */
function isReached(plugin: Plugin, manifests: Manifest[]): boolean {
  return plugin.targetRefs.every(({ group = "", kind, name }) => {
    if (kind === "GatewayClass") return name === "istio-waypoint" && plugin.namespace === ROOT_NAMESPACE;
    const target = manifests.find((one) => one.kind === kind && one.metadata.name === name);
    const rightGroup = group === (kind === "Service" ? "" : "gateway.networking.k8s.io");
    return rightGroup && target?.metadata.namespace === plugin.namespace;
  });
}

describe.each(places)("%s", (_, manifests) => {
  const here = plugins(manifests);
  const cases = here.map((plugin) => [plugin.name, plugin] as const);

  it("has plugins", () => {
    expect(here.length).toBeGreaterThan(0);
  });

  it.each(cases)("%s reaches its waypoint", (_name, plugin) => {
    expect(plugin.targetRefs).toHaveLength(1);
    expect(isReached(plugin, manifests)).toBe(true);
    // A selector is ignored, and with match.ports a plugin is left out of HTTP chains.
    expect(Object.keys(plugin.spec).filter((field) => ["selector", "match"].includes(field))).toEqual([]);
  });

  it.each(cases)("%s stands in its phase, and is closed when it fails unless it decides nothing", (name, plugin) => {
    expect(plugin.phase).toBe(PHASES[name]);
    expect(plugin.module.failStrategy).toBe(name === "l7-metrics" ? "FAIL_OPEN" : "FAIL_CLOSE");
  });

  it.each(cases)("%s: module and schema accept its configuration", (name, { module: { pluginConfig } }) => {
    expect(readers.get(name)?.problems(pluginConfig)).toEqual([]);
    expect(schemaJudge(name)(pluginConfig)).toEqual([]);
  });

  it.each(cases)("%s: the image has it, and no checksum is made up", (name, { module }) => {
    expect(module.url).toBe(`oci://registry.example.com/waypost/${name}:0.1.0`);
    expect(module.sha256).toBeUndefined();
    expect(module.pluginName).toBe(name === "waypoint" ? "waypoint" : undefined);
  });

  it("authz comes before header-router", () => {
    const priorityOf = (name: string) => here.find((plugin) => plugin.name === name)?.priority;
    const [authz, router] = [priorityOf("authz"), priorityOf("header-router")];
    if (router !== undefined) expect(authz).toBeGreaterThan(router);
  });
});

it("there is every filter in both kinds, and they say the same", () => {
  const [wasmPlugins, trafficExtensions] = KINDS.map((kind) =>
    plugins(attached(kind, "target-gateway"))
      .map(({ name, phase, priority, module: { url, pluginName, failStrategy, pluginConfig } }) => {
        return { name, phase, priority, url, pluginName, failStrategy, pluginConfig };
      })
      .sort((a, b) => a.name.localeCompare(b.name)),
  );
  expect(wasmPlugins?.map(({ name }) => name)).toEqual([...FILTERS].sort());
  expect(trafficExtensions).toEqual(wasmPlugins);
});

it("filters of their own are configured as the pipeline is", () => {
  const configOf = (name: string) =>
    plugins(attached("wasm-plugin", "target-service")).find((plugin) => plugin.name === name)?.module.pluginConfig;
  const { publishPayload, ...jwtAuth } = configOf("jwt-auth") ?? {};
  expect(publishPayload).toBe(true);
  expect({ jwtAuth, authz: configOf("authz"), headerRouter: configOf("header-router") }).toEqual(configOf("waypoint"));
});

it("a plugin without a target in its namespace is found", () => {
  const [, manifests = []] = places.find(([where]) => where === "overlays/pipeline") ?? [];
  const [plugin] = plugins(manifests) as [Plugin];
  const targetRefs = [{ kind: "GatewayClass", name: "istio-waypoint" }];
  expect(isReached(plugin, manifests)).toBe(true);
  expect(isReached({ ...plugin, namespace: "default" }, manifests)).toBe(false);
  expect(isReached({ ...plugin, targetRefs }, manifests)).toBe(false);
});

it("the Gateway names all labels of the metrics", async () => {
  const manifests = kustomize(`${MANIFESTS}/overlays/filters`);
  const gateway = manifests.find(({ kind }) => kind === "Gateway")?.spec as {
    infrastructure: { annotations: Record<string, string> };
  };
  const known = gateway.infrastructure.annotations["sidecar.istio.io/extraStatTags"]?.split(",");
  const metrics = plugins(manifests).find(({ name }) => name === "l7-metrics");
  const host = new EnvoyHost();
  const configuration = JSON.stringify(metrics?.module.pluginConfig);
  host.addFilter({ name: "bookinfo.l7-metrics", module: await loadModule("build/l7-metrics.wasm"), configuration });
  host.request({ path: "/reviews/1" });
  const [name = ""] = [...host.stats.counters.keys()].filter((one) => one.endsWith("waypost_requests_total"));
  const labels = name.split(";.;").flatMap((part) => (part.includes("=.=") ? [part.split("=.=")[0]] : []));
  expect(labels).toContain("lane");
  expect([...(known ?? [])].sort()).toEqual([...labels].sort());
});
