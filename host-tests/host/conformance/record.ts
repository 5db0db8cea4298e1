/**
 * Records what a real Envoy does with the conformance cases: `ENVOY_BIN=… npx tsx host-tests/host/conformance/record.ts
 * [words of a name]`. Needs `build/test/host-probe.wasm`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { format } from "prettier";
import type { ConformanceRecord } from "./case.ts";
import { CONFORMANCE_CASES } from "./cases.ts";
import { runInEnvoy } from "./envoy.ts";

const FILE = new URL("recorded.json", import.meta.url);
const PROBE = process.env["PROBE"] ?? "build/test/host-probe.wasm";

const words = process.argv.slice(2).join(" ");
const cases = CONFORMANCE_CASES.filter(({ name }) => name.includes(words));
const records = await runInEnvoy(cases, process.env["ENVOY_BIN"] ?? "envoy", PROBE);
const known = (words === "" ? {} : JSON.parse(readFileSync(FILE, "utf8"))) as Record<string, ConformanceRecord>;
const all = { ...known, ...records };
const sorted = Object.fromEntries(
  CONFORMANCE_CASES.flatMap(({ name }) => (all[name] === undefined ? [] : [[name, all[name]]])),
);
writeFileSync(FILE, await format(JSON.stringify(sorted), { parser: "json", printWidth: 120 }));
console.log(`${cases.length} cases recorded`);
