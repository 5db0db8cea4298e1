/** Runs before the end-to-end tests: fetches an Envoy if there is none, once and with its progress in view. */
import { findEnvoy } from "../find-envoy.ts";

export default async function prepareEnvoy(): Promise<void> {
  const { path, version, source } = await findEnvoy();
  process.stderr.write(`Envoy ${version} (${source}: ${path})\n`);
}
