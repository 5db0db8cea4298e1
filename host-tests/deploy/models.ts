/**
 * Judges of manifests: the CRDs' own schemas, as the packages of kubernetes-models have them; their types, which know all
 * fields there are; and our schema of TrafficExtension, which the packages lack.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import ts from "typescript";
import { root } from "../docs/pages.ts";
import { groupOf } from "./kustomize.ts";
import { MANIFESTS, type Manifest } from "./manifests.ts";

/** Packages by API group. */
const PACKAGES: Readonly<Record<string, string>> = {
  "": "kubernetes-models",
  autoscaling: "kubernetes-models",
  policy: "kubernetes-models",
  "extensions.istio.io": "@kubernetes-models/istio",
  "networking.istio.io": "@kubernetes-models/istio",
  "security.istio.io": "@kubernetes-models/istio",
  "telemetry.istio.io": "@kubernetes-models/istio",
  "gateway.networking.k8s.io": "@kubernetes-models/gateway-api",
};

/** The package has no v1 of this group. In the CRDs of Istio 1.30.3 all versions of a kind have one schema. */
const SAME_SCHEMA: Readonly<Record<string, string>> = { "networking.istio.io/v1": "networking.istio.io/v1beta1" };

const schemaFile = path.join(root, MANIFESTS, "schemas/traffic-extension.json");
const trafficExtension = new Ajv2020({ allErrors: true }).compile(
  JSON.parse(readFileSync(schemaFile, "utf8")) as Record<string, unknown>,
);

/** What the schema of its kind has against a manifest; empty: nothing. Errors: a kind that no package has. */
export async function problems(manifest: Manifest): Promise<string[]> {
  if (manifest.kind === "TrafficExtension") {
    if (trafficExtension(manifest)) return [];
    return (trafficExtension.errors ?? []).map(({ instancePath, message = "" }) => `${instancePath}: ${message}`);
  }
  const { specifier, apiVersion } = modelOf(manifest);
  const exported = (await import(specifier)) as Record<string, new (data: object) => { validate(): void }>;
  const Model = exported[manifest.kind];
  if (Model === undefined) throw new Error(`${specifier} has no ${manifest.kind}`);
  try {
    new Model({ ...manifest, apiVersion }).validate();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

/**
 * What the types of their kinds have against manifests: fields that there are not, which the API server would drop without a
 * word. TypeScript finds them in literals.
 */
export function unknownFields(manifests: Manifest[]): string[] {
  const typed = manifests.filter(({ kind }) => kind !== "TrafficExtension");
  const lines = typed.map((manifest, at) => {
    const { specifier, apiVersion } = modelOf(manifest);
    const literal = JSON.stringify({ ...manifest, apiVersion });
    return `export const m${at}: import(${JSON.stringify(specifier)}).I${manifest.kind} = ${literal};`;
  });
  return typeErrors(lines.join("\n")).map(({ line, message }) => {
    const { kind, metadata } = typed[line] as Manifest;
    return `${kind} ${metadata.name}: ${message}`;
  });
}

function modelOf({ apiVersion, kind }: Manifest): { specifier: string; apiVersion: string } {
  const from = PACKAGES[groupOf(apiVersion)];
  if (from === undefined) throw new Error(`${apiVersion} ${kind}: name a package that has its schema in PACKAGES`);
  const known = SAME_SCHEMA[apiVersion] ?? apiVersion;
  return { specifier: `${from}/${known}/${kind}`, apiVersion: known };
}

/** Errors of a module that stands beside this one, by line from 0. */
function typeErrors(source: string): { line: number; message: string }[] {
  const file = path.join(import.meta.dirname, "manifests-as-literals.ts");
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    types: [],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  };
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (name) => name === file || disk.fileExists(name),
    readFile: (name) => (name === file ? source : disk.readFile(name)),
    getSourceFile: (name, version, ...rest) =>
      name === file ? ts.createSourceFile(name, source, version) : disk.getSourceFile(name, version, ...rest),
  };
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file: where, start = 0, messageText }) => ({
    line: where === undefined ? 0 : ts.getLineAndCharacterOfPosition(where, start).line,
    message: ts.flattenDiagnosticMessageText(messageText, " "),
  }));
}
