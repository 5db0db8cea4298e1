/**
 * The verdict of `waypost validate` is Envoy's: what it accepts loads there by ECDS, and what it refuses does not. A sample
 * of the schemas' corpora, and every plugin of deploy/.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { filterOfImage, imageName } from "../../cli/waypost/validate/filters.ts";
import { inputs, UnreadableInput } from "../../cli/waypost/validate/inputs.ts";
import { pluginOf, type Manifest } from "../../host-tests/deploy/manifests.ts";
import { root } from "../../host-tests/docs/pages.ts";
import { CASES, type Case } from "../../host-tests/validate/corpora.ts";
import { judged } from "../../host-tests/validate/judged.ts";
import { bootstrap, EcdsFile, httpChain, routeTo, staticCluster, tcpListener, wasmConfig } from "../config/index.ts";
import { EnvoyProcess } from "../harness/index.ts";

const CHAIN = "inbound-vip|80|http|reviews.default.svc.cluster.local";

/** One of so many: the Node host has all of them. */
const SAMPLE = 6;

let folder: string;
let ecds: EcdsFile;
let envoy: EnvoyProcess;
/** Each update is of another name: Envoy does not count one that changes nothing. */
let updates = 0;

function pluginWith(filter: string, configuration: string) {
  const file = path.join(root, "build", `${filter}.wasm`);
  return wasmConfig({ name: `default.validate-${updates++}`, file, rootId: filter, configuration });
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "waypost-validate-"));
  ecds = new EcdsFile(folder, "default.validate");
  ecds.publish(pluginWith("l7-metrics", ""));
  const chain = httpChain({ name: CHAIN, places: { AUTHZ: [ecds.filter] }, routes: [routeTo(CHAIN)] });
  const clusters = [staticCluster({ name: CHAIN, endpoints: [], protocol: "downstream" })];
  envoy = await EnvoyProcess.start({ config: bootstrap({ listeners: [tcpListener("main", [chain])], clusters }) });
});
afterAll(async () => {
  await envoy.stop();
  rmSync(folder, { recursive: true });
});

function loads(filter: string, config: unknown): Promise<"accepted" | "refused"> {
  // As Istio hands it over: what has nothing in it is not there.
  const text = JSON.stringify(config);
  return envoy.ecdsUpdate(ecds.name, () => ecds.publish(pluginWith(filter, text === "{}" ? "" : text)));
}

/** What is said of a manifest with the configuration. */
async function verdict({ filter, config }: Pick<Case, "filter" | "config">): Promise<"accepted" | "refused"> {
  const manifest = {
    apiVersion: "extensions.istio.io/v1alpha1",
    kind: "WasmPlugin",
    metadata: { name: "main", namespace: "default" },
    spec: { targetRefs: [{ kind: "Service", name: "reviews" }], url: `oci://a/${filter}`, pluginConfig: config },
  };
  const { problems } = await judged(stringify(manifest, { version: "1.1" }));
  return problems.some(({ severity }) => severity === "error") ? "refused" : "accepted";
}

describe("the corpora", () => {
  // What is no object cannot be a pluginConfig at all.
  const objects = CASES.filter(({ config }) => typeof config === "object" && config !== null && !Array.isArray(config));
  it.each(objects.filter((_, at) => at % SAMPLE === 0))("$filter: $name", async (one) => {
    expect(await verdict(one)).toBe(one.isGood ? "accepted" : "refused");
    expect(await loads(one.filter, one.config)).toBe(await verdict(one));
  });
});

it("every plugin of deploy/ is accepted, and loads", async () => {
  let count = 0;
  for await (const input of inputs([path.join(root, "deploy")])) {
    if (input instanceof UnreadableInput) throw input;
    expect((await judged(input.text, input)).problems).toEqual([]);
    if (!input.file.endsWith(".yaml")) continue;
    for (const manifest of parseAllDocuments(input.text).map((document) => document.toJS() as Manifest | null)) {
      const { module } = (manifest && pluginOf(manifest)) ?? {};
      const filter = module && filterOfImage(imageName(module.url));
      if (module === undefined || filter === undefined) continue;
      count++;
      expect([input.file, await loads(filter, module.pluginConfig ?? {})]).toEqual([input.file, "accepted"]);
    }
  }
  expect(count).toBeGreaterThan(5);
});
