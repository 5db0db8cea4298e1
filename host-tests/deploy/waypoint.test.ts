/** Manifests of deploy/manifests that name each other, and those that documentation pages show as well. */
import { parseAllDocuments } from "yaml";
import { describe, expect, it } from "vitest";
import { page } from "../docs/pages.ts";
import { kustomize } from "./kustomize.ts";
import { documents, MANIFESTS, pluginOf, type Manifest } from "./manifests.ts";

const manifests = kustomize(`${MANIFESTS}/overlays/pipeline`);
const [mesh] = documents(`${MANIFESTS}/mesh/mesh-config.yaml`) as [{ spec: { meshConfig: MeshConfig } }];

interface MeshConfig {
  extensionProviders: { name: string }[];
}

interface Metric {
  resource: { name: string; target: { type: string; averageValue: string } };
}

function of(kind: string, name?: string): Manifest {
  const found = manifests.find((one) => one.kind === kind && (name === undefined || one.metadata.name === name));
  if (found === undefined) throw new Error(`there is no ${kind} ${name ?? ""}`);
  return found;
}

const gateway = of("Gateway");
const pipeline = pluginOf(of("WasmPlugin", "waypoint"))?.module.pluginConfig as {
  jwtAuth: { jwtRules: { jwksUri: string; jwksCluster: string }[] };
  headerRouter: { routes: { split: { lanes: { name: string; weight: number }[] } }[] };
};

describe("the waypoint", () => {
  it("is one for services, and all that is to go through it says so", () => {
    expect(gateway.metadata.labels).toEqual({ "istio.io/waypoint-for": "service" });
    expect(gateway.spec?.["listeners"]).toEqual([{ name: "mesh", port: 15008, protocol: "HBONE" }]);
    const users = [of("Namespace"), of("Service", "reviews"), of("ServiceEntry")];
    const { name } = gateway.metadata;
    expect(users.map(({ metadata }) => metadata.labels?.["istio.io/use-waypoint"])).toEqual([name, name, name]);
  });

  it("is scaled, and kept when nodes are drained", () => {
    const scaler = of("HorizontalPodAutoscaler").spec as { scaleTargetRef: object; minReplicas: number };
    const { name } = gateway.metadata;
    expect(scaler.scaleTargetRef).toEqual({ apiVersion: "apps/v1", kind: "Deployment", name });
    const budget = of("PodDisruptionBudget").spec as { maxUnavailable: number; selector: object };
    expect(budget.maxUnavailable).toBeLessThan(scaler.minReplicas);
    expect(budget.selector).toEqual({ matchLabels: { "gateway.networking.k8s.io/gateway-name": name } });
  });

  it("has room for the requests of a pod that is lost, within the CPUs that Istio gives each pod", () => {
    const CPU_LIMIT = 2;
    const { minReplicas, metrics } = of("HorizontalPodAutoscaler").spec as { minReplicas: number; metrics: Metric[] };
    const targets = metrics.map(({ resource }) => resource);
    expect(targets).toEqual([
      { name: "cpu", target: { type: "AverageValue", averageValue: expect.any(String) as string } },
    ]);
    const work = minReplicas * Number(targets[0]?.target.averageValue);
    expect(work / (minReplicas - 1)).toBeLessThanOrEqual(CPU_LIMIT);
  });

  it("is in one namespace with all that is about it", () => {
    const elsewhere = manifests.filter(
      ({ kind, metadata }) => kind !== "Namespace" && metadata.namespace !== "bookinfo",
    );
    expect(elsewhere).toEqual([]);
    expect(of("Namespace").metadata.name).toBe("bookinfo");
  });
});

it("keys come through the cluster of the ServiceEntry, over TLS to the host that the URL names", () => {
  const { hosts, ports } = of("ServiceEntry").spec as { hosts: string[]; ports: { number: number }[] };
  const [{ jwksUri, jwksCluster } = { jwksUri: "", jwksCluster: "" }] = pipeline.jwtAuth.jwtRules;
  const { hostname, protocol } = new URL(jwksUri);
  expect({ hosts, protocol }).toEqual({ hosts: [hostname], protocol: "https:" });
  expect(ports).toEqual([expect.objectContaining({ protocol: "HTTP", targetPort: 443 })]);
  expect(jwksCluster).toBe(`inbound-vip|${ports[0]?.number}|http|${hostname}`);
  expect(of("DestinationRule").spec).toEqual({
    host: hostname,
    trafficPolicy: { tls: { mode: "SIMPLE", sni: hostname, subjectAltNames: [hostname] } },
  });
});

it("the route leads each lane to a service that there is, and what has no lane, too", () => {
  interface Rule {
    matches?: { headers: { name: string; value: string }[] }[];
    backendRefs: { name: string; port: number }[];
  }
  const { rules } = of("HTTPRoute").spec as { rules: Rule[] };
  const lanes = pipeline.headerRouter.routes.flatMap(({ split }) => split.lanes.map(({ name }) => name));
  const matched = rules.flatMap(({ matches = [] }) => matches.flatMap(({ headers }) => headers));
  expect(matched.map(({ name }) => name)).toEqual(["x-waypost-lane"]);
  expect(lanes).toEqual(expect.arrayContaining(matched.map(({ value }) => value)));
  expect(rules.at(-1)?.matches).toBeUndefined();
  for (const { name, port } of rules.flatMap(({ backendRefs }) => backendRefs)) {
    expect(of("Service", name).spec?.["ports"]).toEqual([expect.objectContaining({ port })]);
  }
});

describe("telemetry", () => {
  interface Spec {
    accessLogging: { providers: { name: string }[]; filter: object }[];
    tracing: { providers: { name: string }[]; customTags: object }[];
  }
  const { accessLogging, tracing } = of("Telemetry").spec as unknown as Spec;
  const shown = ["docs/access-logs.md", "docs/tracing.md"].flatMap((file) =>
    page(file)
      .blocks.filter(({ language }) => language === "yaml")
      .flatMap(({ code }) => parseAllDocuments(code).map((one) => one.toJS() as Manifest)),
  );

  it("uses providers that the mesh has, which are those of the pages", () => {
    const { extensionProviders } = mesh.spec.meshConfig;
    const used = [...accessLogging, ...tracing].flatMap(({ providers }) => providers.map(({ name }) => name));
    expect(extensionProviders.map(({ name }) => name).sort()).toEqual(used.sort());
    const documented = shown.flatMap(({ kind, spec }) =>
      kind === "IstioOperator" ? (spec as { meshConfig: MeshConfig }).meshConfig.extensionProviders : [],
    );
    expect(extensionProviders).toEqual(documented);
  });

  it("is that of the pages", () => {
    const documented = shown.flatMap(({ kind, spec }) => (kind === "Telemetry" ? [spec as Partial<Spec>] : []));
    expect(accessLogging).toEqual(documented.flatMap((spec) => spec.accessLogging ?? []));
    expect(tracing).toEqual(documented.flatMap((spec) => spec.tracing ?? []));
  });
});
