/** The bills of materials: valid, and about what is in the modules. */
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "./fetcher.ts";
import { newFolder, root, runImage, SHIPPED } from "./run.ts";

interface Component {
  name: string;
  version: string;
  "bom-ref": string;
  hashes?: { alg: string; content: string }[];
  licenses: { license: { id: string } }[];
}

interface Bom {
  metadata: { timestamp: string; component: Component; tools: { components: Component[] } };
  components: Component[];
  dependencies: { ref: string; dependsOn?: string[] }[];
}

let folder: string;

beforeAll(async () => {
  folder = newFolder();
  await runImage(folder, ["--source", "https://git.example.com/waypost"]);
  return () => rmSync(folder, { recursive: true });
});

const textOf = (name: string) => readFileSync(path.join(folder, "build/images", name, "sbom.cdx.json"), "utf8");
const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);

function installed(name: string): string {
  const manifest = readFileSync(path.join(root, "node_modules", name, "package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

/** What a module is made of, found in another way than the program does: by what the compiler's record names. */
function expectedOf(name: string): string[] {
  const record = readFileSync(path.join(folder, `build/.inputs/${name}.json`), "utf8");
  const inputs = Object.entries((JSON.parse(record) as { inputs: Record<string, string | null> }).inputs);
  const read = inputs.filter(([, hash]) => hash !== null).map(([file]) => file);
  const packages = read.flatMap((file) => (file.includes("node_modules/") ? [file.split("/").slice(1, -2)] : []));
  const names = new Set(packages.map((parts) => parts.join("/")));
  const unicode = read.some((file) => file.endsWith("unicode-tables.ts")) ? ["Unicode Character Database"] : [];
  return [...names, "assemblyscript", ...unicode].sort();
}

describe.each(SHIPPED)("%s", (name) => {
  it("is valid CycloneDX 1.6", async () => {
    expect(await validator.validate(textOf(name))).toBeNull();
  });

  it("is about this module", () => {
    const { metadata } = JSON.parse(textOf(name)) as Bom;
    const content = sha256(readFileSync(path.join(folder, `build/${name}.wasm`)));
    expect(metadata.component).toMatchObject({ group: "waypost", name, hashes: [{ alg: "SHA-256", content }] });
    expect(metadata.timestamp).toBe("2026-09-21T14:13:20.000Z");
    expect(metadata.tools.components.map((tool) => tool.name).sort()).toEqual(["assemblyscript", "binaryen"]);
  });

  it("lists what the compiler read, with licences, and everything as a dependency of the module", () => {
    const { metadata, components, dependencies } = JSON.parse(textOf(name)) as Bom;
    expect(components.map((component) => component.name).sort()).toEqual(expectedOf(name));
    expect(components.every(({ licenses }) => licenses.length > 0)).toBe(true);
    const own = dependencies.find(({ ref }) => ref === metadata.component["bom-ref"])!;
    expect(own.dependsOn!.sort()).toEqual(components.map((component) => component["bom-ref"]).sort());
  });
});

it("versions are those that are installed, digests those of the lock file", () => {
  const { packages } = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, { integrity: string }>;
  };
  const { components } = JSON.parse(textOf("waypoint")) as Bom;
  for (const name of ["assemblyscript", "@solo-io/proxy-runtime"]) {
    const { version, hashes } = components.find((component) => component.name === name)!;
    expect(version).toBe(installed(name));
    const integrity = `sha512-${Buffer.from(hashes![0]!.content, "hex").toString("base64")}`;
    expect(integrity).toBe(packages[`node_modules/${name}`]!.integrity);
  }
  const unicode = components.find(({ name }) => name === "Unicode Character Database")!;
  const tables = readFileSync(path.join(root, "assembly/regex/unicode-tables.ts"), "utf8");
  expect(tables).toContain(`Unicode ${unicode.version}`);
});
