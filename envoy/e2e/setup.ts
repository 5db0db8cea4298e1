/** Runs before the end-to-end tests: fetches the programs that are not there, once and with its progress in view. */
import type { Program } from "../find-program.ts";
import { findEnvoy } from "../find-envoy.ts";
import { findPrometheus } from "../prometheus/find-prometheus.ts";

export default async function prepare(): Promise<void> {
  report("Envoy", await findEnvoy());
  try {
    report("Prometheus", await findPrometheus());
  } catch (error) {
    // Most tests do without it; those that do not will fail with the same words.
    process.stderr.write(`${(error as Error).message}\n`);
  }
}

function report(name: string, { path, version, source }: Program): void {
  process.stderr.write(`${name} ${version} (${source}: ${path})\n`);
}
