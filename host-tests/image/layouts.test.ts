/** The images as those who pull them see them. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { beforeAll, describe, expect, it } from "vitest";
import { fetchModule, readBlob, sha256, type Descriptor, type Manifest } from "./fetcher.ts";
import { CONFIG_SCHEMA, INDEX_SCHEMA, LAYOUT_SCHEMA, MANIFEST_SCHEMA } from "./image-spec.ts";
import { newFolder, root, runImage, SHIPPED } from "./run.ts";

const SOURCE = "https://git.example.com/waypost";
const CREATED = "2026-09-21T14:13:20Z";
const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { version: string };

let folder: string;
let images: string;
let printed: string;
const ajv = addFormats.default(new Ajv({ strict: true }));

beforeAll(async () => {
  folder = newFolder();
  images = path.join(folder, "build/images");
  printed = await runImage(folder, ["--source", SOURCE]);
  return () => rmSync(folder, { recursive: true });
});

const jsonOf = (...names: string[]): unknown => JSON.parse(readFileSync(path.join(images, ...names), "utf8"));
const built = (name: string) => readFileSync(path.join(folder, `build/${name}.wasm`));
const layoutOf = (name: string, kind: string) => path.join(images, name, kind);

function manifestOf(name: string, kind: string): { descriptor: Descriptor; manifest: Manifest } {
  const { manifests } = jsonOf(name, kind, "index.json") as { manifests: Descriptor[] };
  const descriptor = manifests[0]!;
  const manifest = JSON.parse(readBlob(layoutOf(name, kind), descriptor).toString()) as Manifest;
  return { descriptor, manifest };
}

function expectValid(schema: object, value: unknown): void {
  ajv.validate(schema, value);
  expect(ajv.errors ?? []).toEqual([]);
}

it("there is a folder for each module, and none for anything else", () => {
  expect(readdirSync(images).sort()).toEqual([...SHIPPED, "SHA256SUMS"].sort());
});

describe.each(SHIPPED)("%s", (name) => {
  it.each([
    ["image", "compat"],
    ["artifact", "oci"],
  ])("Istio's fetcher finds the module in the %s", async (kind, variant) => {
    const fetched = await fetchModule(layoutOf(name, kind));
    expect(fetched.variant).toBe(variant);
    expect(fetched.wasm.equals(built(name))).toBe(true);
    expect(fetched.checksum).toBe(sumOf(`${name}/${kind}/blobs/sha256/${fetched.checksum}`));
  });

  it.each(["image", "artifact"])("the %s is a valid layout, all of whose blobs are referred to", (kind) => {
    const { descriptor, manifest } = manifestOf(name, kind);
    expectValid(LAYOUT_SCHEMA, jsonOf(name, kind, "oci-layout"));
    expectValid(INDEX_SCHEMA, jsonOf(name, kind, "index.json"));
    expectValid(MANIFEST_SCHEMA, manifest);
    expect(descriptor.annotations).toEqual({ "org.opencontainers.image.ref.name": version });
    const all = [descriptor, manifest.config, ...manifest.layers];
    for (const one of all) readBlob(layoutOf(name, kind), one);
    const digests = new Set(all.map(({ digest }) => digest.replace("sha256:", "")));
    expect(readdirSync(path.join(layoutOf(name, kind), "blobs/sha256")).sort()).toEqual([...digests].sort());
  });

  it("the image has one layer with one file that everybody can read, and a configuration that fits", () => {
    const { manifest } = manifestOf(name, "image");
    const config = JSON.parse(readBlob(layoutOf(name, "image"), manifest.config).toString()) as {
      config: { Labels: Record<string, string> };
      rootfs: { diff_ids: string[] };
    };
    expect(manifest.layers).toHaveLength(1);
    const layer = readBlob(layoutOf(name, "image"), manifest.layers[0]!);
    // RFC 1952 §2.3: deflate, no flags and so no file name, no time, best compression, unknown system.
    expect([...layer.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
    const tar = gunzipSync(layer);
    expectValid(CONFIG_SCHEMA, config);
    expect(config.rootfs.diff_ids).toEqual([`sha256:${sha256(tar)}`]);
    expect(headerOf(tar)).toEqual({ name: "plugin.wasm", mode: 0o644, uid: 0, gid: 0, mtime: 0 });
    const { "module.wasm.image/variant": variant, ...labels } = manifest.annotations!;
    expect(variant).toBe("compat");
    expect(config.config.Labels).toEqual(labels);
  });

  it.each(["image", "artifact"])("the %s says what it is and where it comes from", (kind) => {
    const { annotations } = manifestOf(name, kind).manifest;
    expect(annotations).toMatchObject({
      "org.opencontainers.image.title": `waypost ${name}`,
      "org.opencontainers.image.version": version,
      "org.opencontainers.image.licenses": "Apache-2.0",
      "org.opencontainers.image.source": SOURCE,
      "org.opencontainers.image.created": CREATED,
    });
    expect(annotations!["org.opencontainers.image.description"]).toMatch(/for Istio waypoints/);
    // It was made outside of a checkout.
    expect(annotations).not.toHaveProperty(["org.opencontainers.image.revision"]);
  });

  it("the artifact names the filters that the module registers", () => {
    const { manifest } = manifestOf(name, "artifact");
    const source = readFileSync(path.join(root, `assembly/modules/${name.replace(".scalar", "")}.ts`), "utf8");
    const registered = [...source.matchAll(/^registerFilter\("([\w-]+)"/gm)].map(([, id]) => id);
    expect(JSON.parse(readBlob(layoutOf(name, "artifact"), manifest.config).toString())).toEqual({
      type: "envoy_proxy",
      abiVersions: ["0.2.1"],
      config: { root_ids: registered },
    });
  });

  it("the module lies beside them, for http URLs", () => {
    expect(readFileSync(path.join(images, name, "plugin.wasm")).equals(built(name))).toBe(true);
    expect(sumOf(`${name}/plugin.wasm`)).toBe(sha256(built(name)));
  });
});

it("SHA256SUMS has four files of each module, with the digests they have, and the table has them too", () => {
  const lines = sums();
  expect(lines).toHaveLength(4 * SHIPPED.length);
  for (const { digest, file } of lines) {
    expect(sha256(readFileSync(path.join(images, file))), file).toBe(digest);
    expect(printed).toContain(digest);
  }
});

describe("the fetcher of these tests refuses", () => {
  it("a blob that was changed", async () => {
    const layout = layoutOf("authz", "image");
    const { descriptor } = manifestOf("authz", "image");
    const blob = path.join(layout, "blobs/sha256", descriptor.digest.replace("sha256:", ""));
    const content = readFileSync(blob);
    writeFileSync(blob, content.toString().replace("compat", "kompat"));
    await expect(fetchModule(layout)).rejects.toThrow("another digest");
    writeFileSync(blob, content);
  });

  it("a module that is larger than the limit", async () => {
    const limit = built("authz").length;
    // The archive adds to the size, so that what just fits raw does not fit as an image.
    await expect(fetchModule(layoutOf("authz", "image"), limit)).rejects.toThrow("Unexpected end of data");
    await expect(fetchModule(layoutOf("authz", "artifact"), limit)).resolves.toBeDefined();
  });
});

function sums(): { digest: string; file: string }[] {
  const lines = readFileSync(path.join(images, "SHA256SUMS"), "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const [, digest = "", file = ""] = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line) ?? [];
    expect(existsSync(path.join(images, file)), line).toBe(true);
    return { digest, file };
  });
}

function sumOf(file: string): string | undefined {
  return sums().find((one) => one.file === file)?.digest;
}

/** The first header of a tar archive (POSIX ustar). */
function headerOf(tar: Buffer) {
  const text = (from: number, to: number) => tar.toString("latin1", from, to).replace(/[\0 ]+$/, "");
  const octal = (from: number, to: number) => Number.parseInt(text(from, to), 8);
  return {
    name: text(0, 100),
    mode: octal(100, 108),
    uid: octal(108, 116),
    gid: octal(116, 124),
    mtime: octal(136, 148),
  };
}
