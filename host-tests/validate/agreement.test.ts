/** `waypost validate` accepts what the module accepts, and nothing else: the corpora, and what is made of them. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { FILTERS, type FilterName } from "../../cli/waypost/validate/filters.ts";
import { inputs, UnreadableInput } from "../../cli/waypost/validate/inputs.ts";
import { root } from "../docs/pages.ts";
import { Reader } from "../schema/judges.ts";
import { mutatedJson, type Json } from "../schema/mutations.ts";
import { checkAsync } from "./check-async.ts";
import { CASES } from "./corpora.ts";
import { judged, linesOf, manifest } from "./judged.ts";

const readers = new Map(await Promise.all(FILTERS.map(async (name) => [name, await Reader.load(name)] as const)));

const PREFIX = /^spec\.pluginConfig\.?/;

function manifestOf(filter: FilterName, config: unknown): string {
  const url = `oci://registry.example.com/waypost/${filter}:0.1.0`;
  return manifest({ url, pluginConfig: JSON.stringify(config) }, "{ name: main, namespace: default }");
}

/** The verdict on a manifest with the configuration: what the module says, each with its path again. */
async function told(filter: FilterName, config: unknown): Promise<string[]> {
  const { problems, counts } = await judged(manifestOf(filter, config));
  expect(counts.checked).toBe(1);
  const errors = problems.filter(({ severity }) => severity === "error");
  for (const { path } of errors) expect(path).toMatch(PREFIX);
  return errors.map(({ path, message }) =>
    [path.replace(PREFIX, ""), message].filter((part) => part !== "").join(": "),
  );
}

/**
 * The same by the module itself. To the API server null is nothing, to Istio an empty object is no configuration, and what is no
 * object does not get so far.
 */
function expected(filter: FilterName, config: unknown): string[] {
  if (typeof config !== "object" || Array.isArray(config)) return ["must be an object"];
  const text = Object.keys(config ?? {}).length === 0 ? "" : JSON.stringify(config);
  return readers.get(filter)?.problemsOfText(text) ?? [];
}

describe.each(FILTERS.filter((filter) => filter !== "waypoint"))("%s", (filter) => {
  const cases = CASES.filter((one) => one.filter === filter);

  it.each(cases)("$name: good $isGood", async ({ config, isGood }) => {
    const problems = await told(filter, config);
    expect(problems.length === 0).toBe(isGood);
    expect(problems.filter((line) => !/^and \d+ more$/.test(line)).sort()).toEqual(expected(filter, config).sort());
  });

  it("says the same of them as YAML, by themselves", async () => {
    for (const { name, config, isGood } of cases) {
      // In the style of YAML 1.1, which quotes what kubectl would take for something else.
      const report = await judged(stringify(config, { version: "1.1" }), { filter });
      expect([name, report.problems.length === 0, linesOf(report)]).toEqual([name, isGood, expect.anything()]);
    }
  });

  it("says what the module says of mutations", async () => {
    const originals = cases.map(({ config }) => config).filter((config) => JSON.stringify(config).length < 4_000);
    const values = [null, true, -1, 1.5, 1e300, "", "x", "5s", "*", "\ud800", [], ["a"], {}, { a: 1 }] as Json[];
    const names = ["name", "mode", "match", "a.b", "x: y", "[0]", "__proto__", "constructor"];
    await checkAsync(150, mutatedJson(originals, { values, names }), async (config) => {
      const problems = await told(filter, config);
      expect(problems.length === 0).toBe(expected(filter, config).length === 0);
    });
  });
});

it("accepts every manifest of this project", async () => {
  const found: string[] = [];
  let checked = 0;
  for await (const input of inputs([`${root}/deploy`])) {
    if (input instanceof UnreadableInput) throw input;
    const report = await judged(input.text, input);
    found.push(...linesOf(report));
    checked += report.counts.checked;
  }
  expect(found).toEqual([]);
  expect(checked).toBeGreaterThan(10);
});

it("the seed of a failure is printed", async () => {
  const failing = checkAsync(1, fc.constant(1), () => Promise.reject(new Error("no")));
  await expect(failing).rejects.toThrow(/seed: -?\d+/);
});
