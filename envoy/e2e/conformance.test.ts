/** The recording that the Node host is held against is what the real Envoy does. */
import { isDeepStrictEqual } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { CONFORMANCE_CASES } from "../../host-tests/host/conformance/cases.ts";
import type { ConformanceRecord } from "../../host-tests/host/conformance/record.ts";
import { readRecording } from "../../host-tests/host/conformance/recording.ts";
import { runConformanceInEnvoy } from "../conformance/run.ts";
import { findEnvoy } from "../find-envoy.ts";

const recording = readRecording();

let seen: Record<string, ConformanceRecord>;

beforeAll(async () => {
  seen = await runConformanceInEnvoy(CONFORMANCE_CASES);
  // Cases have pauses in them, which a busy machine can stretch until things happen in another order: those run again.
  const different = CONFORMANCE_CASES.filter(({ name }) => !isDeepStrictEqual(seen[name], recording.cases[name]));
  Object.assign(seen, await runConformanceInEnvoy(different));
}, 120_000);

it("is the Envoy of the recording", async () => {
  const { version, path } = await findEnvoy();
  if (version === recording.envoy) return;
  throw new Error(
    `The conformance cases were recorded with Envoy ${recording.envoy}; ${path} is ${version}. Either test with that one ` +
      `(ENVOY_BIN names a binary, ENVOY_VERSION one to fetch), or go over to ${version}: ` +
      "`npx tsx envoy/record-conformance.ts`, look at what changed in recorded.json (the tests below show it too), and " +
      "make the Node host do the same.",
  );
});

describe(`Envoy as recorded from ${recording.envoy}`, () => {
  it.each(CONFORMANCE_CASES.map(({ name }) => [name]))("%s", (name) => {
    expect(seen[name]).toEqual(recording.cases[name]);
  });
});
