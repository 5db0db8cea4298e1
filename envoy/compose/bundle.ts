/** Our own services as one file that needs only Node, and what it reads. */
import { copyFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";

/** Where the files are. */
export const BUNDLE_FOLDER = "build/compose";

/** The files: the program, and the schema of OTLP, which is found beside what reads it. */
export const BUNDLE = { program: "services.cjs", schema: "otlp.proto" } as const;

/** Writes the files. */
export async function bundleServices(): Promise<void> {
  await build({
    entryPoints: ["envoy/compose/services/main.ts"],
    outfile: path.join(BUNDLE_FOLDER, BUNDLE.program),
    bundle: true,
    platform: "node",
    // The oldest that package.json allows.
    target: "node20",
    format: "cjs",
    logLevel: "warning",
    // Modules of this format have no import.meta.
    define: { "import.meta.url": "moduleUrl" },
    banner: { js: 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
  });
  await copyFile("envoy/services/otlp.proto", path.join(BUNDLE_FOLDER, BUNDLE.schema));
}
