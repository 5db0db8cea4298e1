/** deploy/manifests: every overlay resolves, and every manifest of it is what the API server takes. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../docs/pages.ts";
import { kustomize, resolve, type Kustomization } from "./kustomize.ts";
import { documents, MANIFESTS, yamlFiles, type Manifest } from "./manifests.ts";
import { problems, unknownFields } from "./models.ts";

const overlays = readdirSync(path.join(root, MANIFESTS, "overlays")).map((name) => `${MANIFESTS}/overlays/${name}`);
const all = overlays.flatMap(kustomize);

/** Each manifest once, though several overlays have it. */
const distinct = [...new Map(all.map((manifest) => [JSON.stringify(manifest), manifest])).values()];

it("each manifest's schema accepts it", async () => {
  const found = await Promise.all(
    distinct.map(async (manifest) =>
      (await problems(manifest)).map((told) => `${manifest.kind} ${manifest.metadata.name}: ${told}`),
    ),
  );
  expect(found.flat()).toEqual([]);
});

it("manifests have only fields that there are", () => {
  expect(unknownFields(distinct)).toEqual([]);
});

it("every file is part of an overlay, or for the installation of Istio", () => {
  const folders = yamlFiles().filter((file) => file.endsWith("/kustomization.yaml"));
  const named = folders.flatMap((file) => {
    const [{ resources = [], components = [], patches = [] }] = documents(file) as [Kustomization];
    const entries = [...resources, ...components, ...patches.flatMap((patch) => patch.path ?? [])];
    return entries.map((entry) => path.posix.join(path.posix.dirname(file), entry));
  });
  const unused = yamlFiles().filter((file) => {
    const what = file.endsWith("/kustomization.yaml") ? path.posix.dirname(file) : file;
    return !named.includes(what) && !overlays.includes(what);
  });
  // Who needs a component names it in an overlay of one's own.
  expect(unused).toEqual([
    `${MANIFESTS}/components/target-service/kustomization.yaml`,
    `${MANIFESTS}/mesh/mesh-config.yaml`,
  ]);
});

describe("the judges see", () => {
  const one = (kind: string) => structuredClone(distinct.find((manifest) => manifest.kind === kind)) as Manifest;
  const withSpec = (kind: string, change: Record<string, unknown>) => {
    const manifest = one(kind);
    return { ...manifest, spec: { ...manifest.spec, ...change } };
  };

  it.each([
    ["WasmPlugin", { phase: "AUTH" }],
    ["WasmPlugin", { targetRefs: [{ kind: "Service" }] }],
    ["TrafficExtension", { phase: "AUTH" }],
    ["TrafficExtension", { pluginConfig: {} }],
    ["TrafficExtension", { selector: {} }],
    ["Gateway", { listeners: [{ name: "mesh", port: 15008 }] }],
    ["HTTPRoute", { rules: [{ matches: [{ headers: [{ name: "x-waypost-lane" }] }] }] }],
    ["Telemetry", { tracing: [{ randomSamplingPercentage: 101 }] }],
    ["DestinationRule", { trafficPolicy: { tls: { mode: "TLS" } } }],
    ["HorizontalPodAutoscaler", { maxReplicas: "8" }],
  ])("a %s that is wrong in %j", async (kind, change) => {
    expect(await problems(withSpec(kind, change))).not.toEqual([]);
  });

  it("misspelt fields", () => {
    const misspelt = [
      withSpec("WasmPlugin", { failStragety: "FAIL_CLOSE" }),
      withSpec("PodDisruptionBudget", { maxUnavailble: 1 }),
    ];
    expect(unknownFields(misspelt)).toEqual([
      expect.stringContaining("failStragety"),
      expect.stringContaining("maxUnavailble"),
    ]);
  });
});

describe("a kustomization", () => {
  const here = `${MANIFESTS}/overlays/none`;

  it.each<[what: string, kustomization: object, error: string]>([
    ["names what is not there", { resources: ["../../nothing"] }, "deploy/manifests/nothing: there is no such file"],
    ["has a manifest twice", { resources: ["../../lanes", "../pipeline"] }, "twice there: Service bookinfo/reviews"],
    ["takes a base for a component", { components: ["../../lanes"] }, "lanes: not of kind Component"],
    [
      "patches what is not there",
      { resources: ["../../lanes"], patches: [{ path: "../pipeline-gateway/plugin-config.yaml" }] },
      "the patch of WasmPlugin waypoint is for nothing that is there",
    ],
    ["has a field of which this reader knows nothing", { images: [] }, "does not know the fields images"],
  ])("that %s is an error", (_, kustomization, error) => {
    expect(() => resolve(kustomization, here)).toThrow(error);
  });
});
