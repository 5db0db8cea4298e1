/** Files of any shape and size: `waypost validate` says something about them, in a bounded time, and goes on. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FILTERS } from "../../cli/waypost/validate/filters.ts";
import { jwt } from "./secrets.ts";
import { checkAsync } from "./check-async.ts";
import { CASES } from "./corpora.ts";
import { judged, lines, linesOf, manifest } from "./judged.ts";

const MIB = 1024 * 1024;
const SIZE = 10 * MIB;

/** Anchors that refer to the ones before them, below pluginConfig. */
function chain(length: number, first: string, next: (before: string, at: number) => string): string {
  const names = Array.from({ length }, (_, at) => (at === 0 ? first : next(`*a${at - 1}`, at)));
  const fields = names.map((value, at) => `\n    a${at}: &a${at} ${value}`);
  return manifest({ pluginConfig: fields.join("") });
}

describe("10 MB of", () => {
  const tokens = /error more than 500000 tokens in a document: no API server takes it$/;
  it.each<[what: string, text: string, told: RegExp]>([
    ["open brackets", "[".repeat(SIZE), tokens],
    ["closing brackets", "]".repeat(SIZE), /1:1 error not YAML: unexpected flow-seq-end token in YAML document$/],
    ["open objects", "{a: ".repeat(SIZE / 4), tokens],
    ["lists in lists", "- ".repeat(SIZE / 2), tokens],
    ["anchors", "&a ".repeat(SIZE / 3), tokens],
    ["documents", "---\n".repeat(SIZE / 4), /error more than 20000 documents: not read to the end$/],
    ["one word", "x".repeat(SIZE), /1:1 error neither a manifest nor a configuration/],
    ["a text in a configuration", `policies: "${"x".repeat(SIZE)}"`, /1:1 error policies: must be a list of objects$/],
    ["a quote that does not end", `a: "${"x".repeat(SIZE)}`, /error not YAML: missing closing "quote$/],
    ["zero bytes", "\0".repeat(SIZE), /1:1 error/],
  ])("%s", { timeout: 60_000 }, async (_, text, told) => {
    expect((await lines(text))[0]).toMatch(told);
  });
});

describe("what grows when it is read", () => {
  const grown = "error spec.pluginConfig: too large or too deep with its aliases written out: no API server takes it";

  it("aliases of aliases", async () => {
    const text = chain(60, "[lol]", (before) => `[${Array(9).fill(before).join()}]`);
    expect(await lines(text)).toEqual([`plugin.yaml:8:3 ${grown}`]);
  });

  it("lists in lists of aliases", async () => {
    const brackets = (inner: string) => `${"[".repeat(150)}${inner}${"]".repeat(150)}`;
    expect(await lines(chain(200, brackets("1"), brackets))).toEqual([`plugin.yaml:8:3 ${grown}`]);
  });

  it("aliases of aliases in another place, deeper than any call stack", async () => {
    const brackets = (inner: string) => `${"[".repeat(150)}${inner}${"]".repeat(150)}`;
    const value = (at: number) => brackets(at === 0 ? "1" : `*a${at - 1}`);
    const annotations = Array.from({ length: 400 }, (_, at) => `a${at}: &a${at} ${value(at)}`).join();
    const text = manifest(
      { pluginConfig: "{ a: *a399 }" },
      `{ name: main, namespace: shop, annotations: { ${annotations} } }`,
    );
    expect(await lines(text)).toEqual([`plugin.yaml:8:3 ${grown}`]);
  });

  it("merged objects", async () => {
    const merged = chain(60, "{ x: 1 }", (before, at) => `{ <<: [${Array(9).fill(before).join()}], y${at}: 1 }`);
    expect((await lines(merged)).length).toBeGreaterThan(0);
    const wide = Array.from({ length: 5000 }, (_, at) => `k${at}: 1`).join();
    const many = `a: &a { ${wide} }\nb: { <<: [${Array(5000).fill("*a").join()}] }\n`;
    expect(await lines(many)).toEqual(["plugin.yaml:2:10 error more than 100000 merged fields"]);
  });

  it("but an alias that is used often is fine", async () => {
    const rules = Array.from({ length: 500 }, (_, at) => `{ name: p${at}, rules: *rules }`);
    expect(await lines(`policies: [{ name: first, rules: &rules [{}] }, ${rules.join()}]`)).toEqual([]);
  });

  it("depth", async () => {
    const deep = (levels: number) => `policies: ${"[".repeat(levels)}${"]".repeat(levels)}`;
    expect(await lines(deep(250))).toEqual(["plugin.yaml:1:211 error nested more than 200 deep"]);
    expect((await lines(deep(20_000)))[0]).toMatch(/error not YAML: nested too deeply$/);
    expect(await lines(deep(100))).toEqual([expect.stringMatching(/error policies\[0\]|error policies|not JSON/)]);
  });

  it("names twice, as many as there may be", async () => {
    const told = await lines("policies: 1\n".repeat(20_000));
    expect(told.length).toBeGreaterThan(19_999);
  });
});

describe("mutated manifests", () => {
  /** Manifests and configurations with something in each that must never be shown. */
  const originals = CASES.filter(({ config }) => JSON.stringify(config).length < 2_000).map(({ filter, config }) =>
    manifest({ url: `oci://a/${filter}`, pluginConfig: JSON.stringify(config) }),
  );
  const piece = fc.constantFrom(
    ...Array.from("[]{}:,-&*!|>'\"%@`#? \n\t~"),
    "&a ",
    "*a",
    "<<: ",
    "!!binary ",
    "---\n",
    "\u0000",
    "é",
  );
  const change = fc.record({ at: fc.nat(), remove: fc.nat(12), insert: fc.array(piece, { maxLength: 4 }) });
  const changed = fc.tuple(fc.constantFrom(...originals), fc.array(change, { maxLength: 4 })).map(([text, changes]) =>
    changes.reduce((before, { at, remove, insert }) => {
      const from = at % (before.length + 1);
      return before.slice(0, from) + insert.join("") + before.slice(from + remove);
    }, text),
  );

  it("are judged, and each problem has a place in the text", async () => {
    await checkAsync(400, changed, async (text) => {
      const { problems } = await judged(text);
      const count = text.split("\n").length;
      for (const { line, column, message } of problems) {
        expect(line >= 1 && line <= count && column >= 1 && message !== "").toBe(true);
      }
    });
  });

  it("do not show a secret where a name is expected", async () => {
    expect(await lines(`policies: [{ name: all, rules: [{}], ${jwt.secret}: 1 }]`)).toEqual([
      "plugin.yaml:1:38 error policies[0].AyM1SysP…: unknown field",
    ]);
  });

  it("never show what is secret in them", async () => {
    const { token, secret, config } = jwt;
    const places = fc.record({ at: fc.nat(), remove: fc.nat(6), insert: fc.array(piece, { maxLength: 3 }) });
    const text = FILTERS.map((filter) =>
      manifest({ url: `oci://a/${filter}`, pluginConfig: JSON.stringify(config) }),
    ).join("---\n");
    await checkAsync(60, places, async ({ at, remove, insert }) => {
      const from = at % text.length;
      const told = linesOf(await judged(text.slice(0, from) + insert.join("") + text.slice(from + remove))).join("\n");
      for (const part of [token.slice(-30), secret]) expect(told).not.toContain(part.slice(10, 30));
    });
  });
});
