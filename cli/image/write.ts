/** Writes the images of all modules, with what belongs beside them. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { sha256 } from "../build/cache.mjs";
import { PLUGIN_FILE, writeArtifact, writeImage } from "./artifacts.ts";
import type { Contents } from "./layout.ts";
import type { ShippedModule } from "./modules.ts";
import type { Provenance } from "./provenance.ts";
import { sbomOf } from "./sbom.ts";

/** Something that has a checksum. */
export interface Written {
  module: string;
  what: typeof PLUGIN_FILE | "image" | "artifact" | typeof SBOM;
  /** From the folder of all images. */
  file: string;
  /** Of the file. For an image or artifact the file is the manifest. */
  sha256: string;
  /** In bytes. For an image or artifact: of everything that is pulled. */
  size: number;
}

const SUMS = "SHA256SUMS";
const SBOM = "sbom.cdx.json";

/**
 * Writes `<out>/<module>/` with the module, two image layouts and the bill of materials, and `<out>/SHA256SUMS`. The
 * folder appears whole or not at all, and replaces that of an earlier run. Throws an Error when it is something else.
 */
export async function writeImages(
  modules: readonly ShippedModule[],
  provenance: Provenance,
  out: string,
): Promise<Written[]> {
  const folder = path.resolve(out);
  refuseForeign(folder);
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  const written: Written[] = [];
  for (const module of modules) written.push(...(await writeModule(module, provenance, partial)));
  writeFileSync(path.join(partial, SUMS), written.map((one) => `${one.sha256}  ${one.file}\n`).join(""));
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
  return written;
}

function refuseForeign(folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0 || existsSync(path.join(folder, SUMS))) return;
  throw new Error(`${folder} has files that are not images of an earlier run (no ${SUMS}): name another folder`);
}

async function writeModule(module: ShippedModule, provenance: Provenance, folder: string): Promise<Written[]> {
  const { name, wasm } = module;
  const inFolder = (...names: string[]) => path.join(folder, name, ...names);
  mkdirSync(inFolder(), { recursive: true });
  const sbom = Buffer.from(sbomOf(module, provenance));
  writeFileSync(inFolder(PLUGIN_FILE), wasm);
  writeFileSync(inFolder(SBOM), sbom);
  const image = await writeImage(inFolder("image"), module, provenance);
  const artifact = writeArtifact(inFolder("artifact"), module, provenance);
  return [
    fileOf(module, PLUGIN_FILE, wasm),
    manifestOf(module, "image", image),
    manifestOf(module, "artifact", artifact),
    fileOf(module, SBOM, sbom),
  ];
}

function fileOf({ name }: ShippedModule, what: typeof PLUGIN_FILE | typeof SBOM, content: Uint8Array): Written {
  return { module: name, what, file: `${name}/${what}`, sha256: sha256(content), size: content.length };
}

function manifestOf({ name }: ShippedModule, what: "image" | "artifact", contents: Contents): Written {
  return { module: name, what, file: `${name}/${what}/blobs/sha256/${contents.sha256}`, ...contents };
}
