/** A module as the two kinds of image that Istio's fetcher reads (istio/istio, pkg/wasm/imagefetcher.go). */
import { sha256 } from "../build/cache.mjs";
import { gzip, tarOf } from "./layer.ts";
import { json, Layout, MANIFEST, type Contents } from "./layout.ts";
import type { ShippedModule } from "./modules.ts";
import type { Provenance } from "./provenance.ts";

/** The file that the fetcher looks for in the last layer. */
export const PLUGIN_FILE = "plugin.wasm";

const OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
const OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
const WASM_CONFIG = "application/vnd.module.wasm.config.v1+json";
const WASM_CONTENT = "application/vnd.module.wasm.content.layer.v1+wasm";

/** A module is for every platform; put into an index, this is the one that the fetcher asks for, on every node. */
const PLATFORM = { architecture: "amd64", os: "linux" } as const;

const TITLE = "org.opencontainers.image.title";

/**
 * The "compat" variant (solo-io/wasm, spec-compat.md): an ordinary image with one layer, which every registry and every
 * tool for images takes.
 */
export async function writeImage(folder: string, module: ShippedModule, provenance: Provenance): Promise<Contents> {
  const layout = new Layout(folder);
  const labels = labelsOf(module, provenance);
  const tar = await tarOf(PLUGIN_FILE, module.wasm);
  const { created } = provenance;
  const config = layout.add(
    OCI_CONFIG,
    json({
      created,
      ...PLATFORM,
      config: { Labels: labels },
      rootfs: { type: "layers", diff_ids: [`sha256:${sha256(tar)}`] },
      history: [{ created, created_by: "npm run image" }],
    }),
  );
  const layers = [layout.add(OCI_LAYER, gzip(tar))];
  const annotations = { ...labels, "module.wasm.image/variant": "compat" };
  return layout.finish({ schemaVersion: 2, mediaType: MANIFEST, config, layers, annotations }, provenance.version);
}

/**
 * The "oci" variant (solo-io/wasm, spec.md): an artifact of two layers, one of them the module as it is. The manifest's
 * `config` is the other one, so its media type says what the artifact is.
 */
export function writeArtifact(folder: string, module: ShippedModule, provenance: Provenance): Contents {
  const layout = new Layout(folder);
  const runtimeConfig = json({
    type: "envoy_proxy",
    abiVersions: ["0.2.1"],
    config: { root_ids: module.rootIds },
  });
  const config = layout.add(WASM_CONFIG, runtimeConfig);
  const layers = [
    { ...config, annotations: { [TITLE]: "runtime-config.json" } },
    layout.add(WASM_CONTENT, module.wasm, { [TITLE]: PLUGIN_FILE }),
  ];
  const annotations = labelsOf(module, provenance);
  return layout.finish({ schemaVersion: 2, mediaType: MANIFEST, config, layers, annotations }, provenance.version);
}

/** Annotations and labels that every registry knows (image-spec, annotations.md). */
function labelsOf(module: ShippedModule, provenance: Provenance): Record<string, string> {
  const { version, licenses, source, revision, created } = provenance;
  return {
    [TITLE]: `waypost ${module.name}`,
    "org.opencontainers.image.description": module.description,
    "org.opencontainers.image.version": version,
    "org.opencontainers.image.licenses": licenses,
    ...(source !== undefined && { "org.opencontainers.image.source": source }),
    ...(revision !== undefined && { "org.opencontainers.image.revision": revision }),
    "org.opencontainers.image.created": created,
  };
}
