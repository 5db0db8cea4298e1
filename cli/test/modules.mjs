/** Runs before the tests: builds what changed, so that no test meets a module older than its sources, or none. */
import { build } from "../build/build.mjs";

export default async function buildModules() {
  const failed = (await build()).filter(({ error }) => error !== undefined);
  if (failed.length > 0)
    throw new Error(`No tests without modules. Failed: ${failed.map(({ entry }) => entry.name).join(", ")}`);
}
