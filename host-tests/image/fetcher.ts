/**
 * Reads a module out of an image by the rules of Istio's fetcher (istio/istio, pkg/wasm: imagefetcher.go, cache.go), from an
 * OCI layout in place of a registry. It shares no code with what writes the images.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { extract } from "tar-stream";

/** As in a manifest, as far as the fetcher looks at it. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  annotations?: Record<string, string>;
}

export interface Manifest {
  schemaVersion: number;
  mediaType?: string;
  config: Descriptor;
  layers: Descriptor[];
  annotations?: Record<string, string>;
}

export interface Fetched {
  /** By which of the three rules. */
  variant: "docker" | "compat" | "oci";
  /** What `sha256` of a WasmPlugin is compared with: the digest of the manifest, in hexadecimal. */
  checksum: string;
  wasm: Buffer;
}

const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip";
const OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
const WASM_LAYER = "application/vnd.module.wasm.content.layer.v1+wasm";
const PLUGIN = "plugin.wasm";

/** ISTIO_WASM_MAX_BINARY_SIZE_BYTES: bytes that are read of a layer, what the archive adds included. */
const MAX_SIZE = 256 * 1024 * 1024;

const MAGIC = Buffer.from([0x00, 0x61, 0x73, 0x6d]);
const HEADER_SIZE = 8;

/** Content by its digest, as a registry gives it; throws when it is not what the descriptor says. */
export function readBlob(layout: string, { digest, size }: Descriptor): Buffer {
  const [algorithm = "", hex = ""] = digest.split(":");
  const content = readFileSync(path.join(layout, "blobs", algorithm, hex));
  if (algorithm !== "sha256" || sha256(content) !== hex) throw new Error(`${digest}: the content has another digest`);
  if (content.length !== size) throw new Error(`${digest}: ${content.length} bytes, the descriptor says ${size}`);
  return content;
}

/** What the fetcher makes of the only image of a layout. Throws an Error where it refuses. */
export async function fetchModule(layout: string, maxSize = MAX_SIZE): Promise<Fetched> {
  const index = JSON.parse(readFileSync(path.join(layout, "index.json"), "utf8")) as { manifests: Descriptor[] };
  const [descriptor, ...others] = index.manifests;
  if (descriptor === undefined || others.length > 0) throw new Error("a layout to push has one manifest");
  const content = readBlob(layout, descriptor);
  const { variant, wasm } = await read(layout, JSON.parse(content.toString()) as Manifest, maxSize);
  if (wasm.length < HEADER_SIZE || !wasm.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error("no Wasm module");
  return { variant, checksum: sha256(content), wasm };
}

async function read(layout: string, manifest: Manifest, maxSize: number): Promise<Omit<Fetched, "checksum">> {
  if (manifest.mediaType === DOCKER_MANIFEST) {
    return { variant: "docker", wasm: await lastLayer(layout, manifest, DOCKER_LAYER, maxSize) };
  }
  try {
    return { variant: "compat", wasm: await lastLayer(layout, manifest, OCI_LAYER, maxSize) };
  } catch (compat) {
    try {
      return { variant: "oci", wasm: artifact(layout, manifest, maxSize) };
    } catch (oci) {
      throw new Error(`compat: ${(compat as Error).message}; oci: ${(oci as Error).message}`, { cause: oci });
    }
  }
}

async function lastLayer(layout: string, { layers }: Manifest, mediaType: string, maxSize: number): Promise<Buffer> {
  const layer = layers.at(-1);
  if (layer === undefined) throw new Error("no layers");
  if (layer.mediaType !== mediaType) throw new Error(`the last layer is of type ${layer.mediaType}`);
  const archive = gunzipSync(readBlob(layout, layer)).subarray(0, maxSize);
  return await fileOf(archive, PLUGIN);
}

async function fileOf(archive: Buffer, baseName: string): Promise<Buffer> {
  for await (const entry of Readable.from([archive]).pipe(extract())) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    if (path.posix.basename(entry.header.name) === baseName) return Buffer.concat(chunks);
  }
  throw new Error(`no ${baseName} in the archive`);
}

function artifact(layout: string, { layers }: Manifest, maxSize: number): Buffer {
  if (layers.length !== 2) throw new Error(`${layers.length} layers, not 2`);
  const layer = layers.find(({ mediaType }) => mediaType === WASM_LAYER);
  if (layer === undefined) throw new Error(`no layer of type ${WASM_LAYER}`);
  return readBlob(layout, layer).subarray(0, maxSize);
}

export function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
