/** What is in a module, as a CycloneDX 1.6 bill of materials. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Enums, Models, Serialize, Spec } from "@cyclonedx/cyclonedx-library";
import { sha256 } from "../build/cache.mjs";
import type { ShippedModule } from "./modules.ts";
import type { Provenance } from "./provenance.ts";

interface LockEntry {
  version: string;
  /** `sha512-` and base64. */
  integrity: string;
  license: string;
}

/** The compiler brings its standard library with it and reads no files of it, so that the build's record has none. */
const COMPILER = "assemblyscript";
const OPTIMIZER = "binaryen";

/** What a package gives to a module. A package without a line here is listed all the same. */
const CONTRIBUTIONS: Record<string, string | undefined> = {
  [COMPILER]: "Runtime and standard library, as far as the module uses them",
  "@solo-io/proxy-runtime": "Declarations of hostcalls: names of imports, no code",
};

const UNICODE_TABLES = "assembly/regex/unicode-tables.ts";
const PACKAGE = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//;

/**
 * The bill of materials, as JSON: Waypost itself, and of what it is made as far as the compiler read it. It has no serial
 * number, which would have to be random; the digest of the module says what it is about.
 */
export function sbomOf(module: ShippedModule, provenance: Provenance): string {
  const lock = readLock();
  const root = rootOf(module, provenance);
  const bom = new Models.Bom();
  bom.metadata.timestamp = new Date(provenance.created);
  bom.metadata.component = root;
  const tools = [COMPILER, OPTIMIZER].map((name) => packageOf(name, lock));
  bom.metadata.tools.components = new Models.ComponentRepository(tools);
  for (const component of componentsOf(module, lock)) {
    bom.components.add(component);
    root.dependencies.add(component.bomRef);
  }
  const factory = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  const text = new Serialize.JsonSerializer(factory).serialize(bom, { sortLists: true, space: 2 });
  return `${text}\n`;
}

function rootOf({ name, description, wasm }: ShippedModule, { version, licenses, source }: Provenance) {
  const hash = sha256(wasm);
  const purl = `pkg:generic/waypost/${name}@${version}?checksum=sha256:${hash}`;
  const component = new Models.Component(Enums.ComponentType.Application, name, {
    ...{ group: "waypost", version, description, purl, bomRef: purl },
    hashes: new Models.HashDictionary([[Enums.HashAlgorithm["SHA-256"], hash]]),
    licenses: new Models.LicenseRepository([new Models.SpdxLicense(licenses)]),
  });
  if (source !== undefined) {
    component.externalReferences.add(new Models.ExternalReference(source, Enums.ExternalReferenceType.VCS));
  }
  return component;
}

function componentsOf({ sources }: ShippedModule, lock: Record<string, LockEntry | undefined>) {
  const packages = new Set([COMPILER, ...sources.flatMap((file) => PACKAGE.exec(file)?.[1] ?? [])]);
  const components = [...packages].map((name) => packageOf(name, lock, { bomRef: true }));
  return sources.includes(UNICODE_TABLES) ? [...components, unicode()] : components;
}

function packageOf(name: string, lock: Record<string, LockEntry | undefined>, { bomRef = false } = {}) {
  const entry = lock[`node_modules/${name}`];
  if (entry === undefined) throw new Error(`package-lock.json has no package ${name}, which the build reads`);
  const purl = `pkg:npm/${name.replace("@", "%40")}@${entry.version}`;
  const hash = Buffer.from(entry.integrity.replace("sha512-", ""), "base64").toString("hex");
  return new Models.Component(Enums.ComponentType.Library, name, {
    ...{ version: entry.version, purl },
    ...(bomRef && { bomRef: purl, description: CONTRIBUTIONS[name] }),
    hashes: new Models.HashDictionary([[Enums.HashAlgorithm["SHA-512"], hash]]),
    licenses: new Models.LicenseRepository([new Models.SpdxLicense(entry.license.trim())]),
  });
}

/** The tables of regular expressions are made of Unicode's data. */
function unicode() {
  const version = createRequire(import.meta.url)("regenerate-unicode-properties/unicode-version.js") as string;
  return new Models.Component(Enums.ComponentType.Data, "Unicode Character Database", {
    ...{ version, bomRef: `unicode@${version}` },
    description: "Categories, scripts and cases of characters, for regular expressions",
    licenses: new Models.LicenseRepository([new Models.SpdxLicense("Unicode-3.0")]),
  });
}

function readLock(): Record<string, LockEntry | undefined> {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, LockEntry> };
  return packages;
}
