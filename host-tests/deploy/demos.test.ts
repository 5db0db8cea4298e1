/** Manifests of deploy/demos: a cluster takes them as they are, and modules take their configurations. */
import path from "node:path";
import { expect, it } from "vitest";
import { Reader, schemaJudge } from "../schema/judges.ts";
import { documents, type Manifest, type Plugin, pluginOf, yamlFiles } from "./manifests.ts";
import { problems, unknownFields } from "./models.ts";

const DEMOS = "deploy/demos";

const manifests = yamlFiles(DEMOS).flatMap((file) =>
  (documents(file) as Manifest[]).map((manifest): [where: string, manifest: Manifest] => {
    return [`${path.basename(file)}: ${manifest.kind} ${manifest.metadata.name}`, manifest];
  }),
);

it.each(manifests)("%s is what the CRD of its kind allows", async (_, manifest) => {
  expect(await problems(manifest)).toEqual([]);
  expect(manifest.metadata.namespace).toBe("bookinfo");
});

const plugins = manifests.flatMap(([where, manifest]): [string, Plugin][] => {
  const plugin = pluginOf(manifest);
  return plugin === null ? [] : [[where, plugin]];
});

it("there are manifests, and plugins among them", () => {
  expect(manifests.length).toBeGreaterThan(10);
  expect(plugins.length).toBeGreaterThan(5);
});

it.each(plugins)("%s configures its module as module and schema want it", async (_, { module }) => {
  const { url, pluginName, failStrategy, pluginConfig } = module;
  const [, name = ""] = /^oci:\/\/registry\.example\.com\/waypost\/([a-z0-9-]+):0\.1\.0$/.exec(url) ?? [];
  expect((await Reader.load(name)).problems(pluginConfig)).toEqual([]);
  expect(schemaJudge(name)(pluginConfig)).toEqual([]);
  expect(pluginName).toBe(name === "waypoint" ? "waypoint" : undefined);
  expect(failStrategy).toBe(name === "l7-metrics" ? "FAIL_OPEN" : "FAIL_CLOSE");
});

it("no field is unknown to the types of its kind", () => {
  expect(unknownFields(manifests.map(([, manifest]) => manifest))).toEqual([]);
});
