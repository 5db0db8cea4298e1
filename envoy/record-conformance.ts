/**
 * Records what the real Envoy does with the conformance cases: `npx tsx envoy/record-conformance.ts [part of a name]`.
 * Which Envoy: see find-envoy.ts. Needs `npm run build`.
 */
import { writeFile } from "node:fs/promises";
import process from "node:process";
import { format } from "prettier";
import { CONFORMANCE_CASES } from "../host-tests/host/conformance/cases.ts";
import { readRecording, RECORDING_FILE, type Recording } from "../host-tests/host/conformance/recording.ts";
import { runConformanceInEnvoy } from "./conformance/run.ts";
import { findEnvoy } from "./find-envoy.ts";

const words = process.argv.slice(2).join(" ");
const chosen = CONFORMANCE_CASES.filter(({ name }) => name.includes(words));
if (chosen.length === 0) throw new Error(`no case has ${JSON.stringify(words)} in its name`);

const { version } = await findEnvoy();
const known = readRecording();
if (version !== known.envoy && chosen.length < CONFORMANCE_CASES.length) {
  throw new Error(`the recording is of Envoy ${known.envoy}, this is ${version}: record all cases or none`);
}

const records = { ...known.cases, ...(await runConformanceInEnvoy(chosen)) };
// In the order of the cases, and without those that there are no more.
const cases: Recording["cases"] = {};
for (const { name } of CONFORMANCE_CASES) {
  const record = records[name];
  if (record !== undefined) cases[name] = record;
}
const recording = JSON.stringify({ envoy: version, cases } satisfies Recording);
await writeFile(RECORDING_FILE, await format(recording, { parser: "json", printWidth: 120 }));
console.log(`${chosen.length} of ${CONFORMANCE_CASES.length} cases recorded from Envoy ${version}`);
