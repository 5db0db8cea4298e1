/** OCI image layouts on disk (opencontainers/image-spec, image-layout.md): blobs by digest, and an index. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { sha256 } from "../build/cache.mjs";

/** Content descriptor (image-spec, descriptor.md). */
export interface Descriptor {
  mediaType: string;
  /** `sha256:` and 64 hexadecimal digits. */
  digest: string;
  /** In bytes. */
  size: number;
  annotations?: Readonly<Record<string, string>>;
}

/** Image manifest (image-spec, manifest.md). */
export interface Manifest {
  schemaVersion: 2;
  mediaType: typeof MANIFEST;
  config: Descriptor;
  layers: readonly Descriptor[];
  annotations: Readonly<Record<string, string>>;
}

export const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";
const REF_NAME = "org.opencontainers.image.ref.name";

/** What a layout holds. */
export interface Contents {
  /** Of the manifest: 64 hexadecimal digits. */
  sha256: string;
  /** Of all blobs, in bytes. */
  size: number;
}

/** A layout that holds one manifest: `crane push` takes no others for an image. */
export class Layout {
  readonly #folder: string;
  #size = 0;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(path.join(folder, "blobs", "sha256"), { recursive: true });
  }

  /** Writes a blob. */
  add(mediaType: string, content: Uint8Array, annotations?: Descriptor["annotations"]): Descriptor {
    const digest = sha256(content);
    writeFileSync(path.join(this.#folder, "blobs", "sha256", digest), content);
    this.#size += content.length;
    return { mediaType, digest: `sha256:${digest}`, size: content.length, ...(annotations && { annotations }) };
  }

  /** Writes the manifest and, last, the two files that make it a layout. `tag` is its name in there. */
  finish(manifest: Manifest, tag: string): Contents {
    const content = json(manifest);
    const descriptor = this.add(MANIFEST, content, { [REF_NAME]: tag });
    this.#write("index.json", { schemaVersion: 2, mediaType: INDEX, manifests: [descriptor] });
    this.#write("oci-layout", { imageLayoutVersion: "1.0.0" });
    return { sha256: sha256(content), size: this.#size };
  }

  #write(name: string, value: unknown): void {
    writeFileSync(path.join(this.#folder, name), json(value));
  }
}

/** JSON in UTF-8. Members keep the order that the code gives them. */
export function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
