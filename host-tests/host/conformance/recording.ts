/** `recorded.json`: what a real Envoy did with the cases. Written by `envoy/record-conformance.ts`. */
import { readFileSync } from "node:fs";
import type { ConformanceRecord } from "./record.ts";

export interface Recording {
  /** The version of that Envoy: `1.40.0`. */
  envoy: string;
  /** By the case's name. */
  cases: Record<string, ConformanceRecord>;
}

export const RECORDING_FILE = new URL("recorded.json", import.meta.url);

/** Path of the module that cases run, from the project's folder; `npm run build` makes it. */
export const PROBE_MODULE = "build/test/host-probe.wasm";

export function readRecording(): Recording {
  return JSON.parse(readFileSync(RECORDING_FILE, "utf8")) as Recording;
}
