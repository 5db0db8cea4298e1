/** Our own services as one file that needs only Node. */
import { build } from "esbuild";

/** Path of the bundle. */
export const BUNDLE = "build/compose/services.cjs";

/** Writes the bundle. */
export async function bundleServices(): Promise<void> {
  await build({
    entryPoints: ["envoy/compose/services/main.ts"],
    outfile: BUNDLE,
    bundle: true,
    platform: "node",
    // The oldest that package.json allows.
    target: "node20",
    format: "cjs",
    sourcemap: "inline",
    logLevel: "warning",
  });
}
