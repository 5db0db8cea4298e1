/**
 * The schema of a split and its reader say the same: the schema never refuses what the reader accepts, and each rule that
 * only the reader knows is listed here, with a case.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { page } from "../../docs/pages.ts";
import { check } from "../../pure/property.ts";
import { judgeBy, Reader, schemaOf } from "../../schema/judges.ts";
import { mutatedJson, type Vocabulary } from "../../schema/mutations.ts";

const schemaProblems = judgeBy(schemaOf("header-router"));
const reader = await Reader.load("header-router");

type Fields = Record<string, unknown>;

const LANES = [
  { name: "stable", weight: 90 },
  { name: "canary", weight: 10 },
];
const START = "2026-11-21T08:00:00Z";
const SOURCES = [{ namespaces: ["qa"] }];

/** A configuration with a split of these fields. */
const split = (fields: Fields) => ({
  routes: [{ name: "r", split: { by: { header: "x-user" }, lanes: LANES, ...fields } }],
});
const lane = (fields: Fields) => split({ lanes: [...LANES, { name: "b", weight: 1, ...fields }] });
const ramp = (fields: Fields) => lane({ weight: null, ramp: { to: 5, start: START, duration: "1h", ...fields } });
const cookie = (fields: Fields) => split({ issueCookie: { name: "key", ...fields } });
const override = (fields: Fields) => split({ override: { sources: SOURCES, ...fields } });

const GOOD: Record<string, unknown> = {
  "by a header": split({}),
  "by a cookie": split({ by: { cookie: "uid", header: null }, issueCookie: {} }),
  "by a claim": split({ by: { claim: "[https://example.com/tenant][id]" }, salt: "x" }),
  "by the source": split({ by: { source: "principal" }, disabled: true }),
  "by chance": split({ by: { random: {} }, salt: null, issueCookie: null, override: null, disabled: null }),
  "a weight of nothing, a small and a large one": split({
    lanes: [
      { name: "a", weight: 0 },
      { name: "b", weight: 0.000001 },
      { name: "c", weight: 1e6 },
    ],
  }),
  "headers of a lane": lane({ headers: { request: { set: { "x-a": "b" } }, response: null } }),
  "a ramp with a weight": lane({ weight: 5, ramp: { start: START, duration: "1.5h" } }),
  "a ramp down": ramp({ from: 5, to: 0, start: "2026-11-21t09:00:00.5+01:00" }),
  "a cookie": cookie({ ttl: "90s", path: "/a/b c" }),
  "an override by source": override({ header: "x-lane" }),
  "an override by claim": override({ sources: null, claims: { groups: { exact: "testers" } } }),
};

const BAD: Record<string, unknown> = {
  "no key": split({ by: null }),
  "two keys": split({ by: { header: "a", cookie: "b" } }),
  "no lanes": split({ lanes: [] }),
  "too many lanes": split({ lanes: Array.from({ length: 65 }, (_, i) => ({ name: `l${i}`, weight: 1 })) }),
  "a name that is none": lane({ name: "a/b" }),
  "no weight": lane({ weight: null }),
  "a weight that is too small": lane({ weight: 1e-7 }),
  "a weight that is too large": lane({ weight: 1_000_001 }),
  "a ramp that starts at no time": ramp({ start: "2026-11-21" }),
  "a ramp that does not start": ramp({ start: null }),
  "a ramp without end": ramp({ duration: null }),
  "a cookie with more attributes": cookie({ path: "/; Domain=example.com" }),
  "an override of nobody": override({ sources: [] }),
  "an override by no claim": override({ claims: {} }),
  "an override of everybody": override({ sources: null, header: "x-lane" }),
};

interface ReaderRule {
  rule: string;
  message: RegExp;
  cases: Record<string, unknown>;
}

const READER_ONLY: ReaderRule[] = [
  {
    rule: "names of lanes are unique",
    message: /^another lane has this name$/,
    cases: { "the same twice": split({ lanes: [...LANES, ...LANES] }) },
  },
  {
    rule: "some lane has a weight at every moment",
    message: /^must have a weight that is not 0 at every moment$/,
    cases: { "all are 0": split({ lanes: [{ name: "a", weight: 0 }] }) },
  },
  {
    rule: "a weight beside a ramp is that to which it goes",
    message: /^must be that to which the ramp goes, or absent$|^missing: a number is needed$/,
    cases: {
      "it is another one": lane({ ramp: { to: 2, start: START, duration: "1h" } }),
      neither: ramp({ to: null }),
    },
  },
  {
    rule: "days are days of their month",
    message: /^must be a time such as/,
    cases: { "30 February": ramp({ start: "2026-02-30T08:00:00Z" }) },
  },
  {
    rule: "durations have limits",
    message: /^must be from \w+ to \w+$|^must be a duration such as/,
    cases: {
      "a ramp of no time": ramp({ duration: "0s" }),
      "a cookie for years": cookie({ ttl: "9601h" }),
      "more digits than anybody means": cookie({ ttl: "0000000000001s" }),
    },
  },
  {
    rule: "an issued cookie has a name",
    message: /^missing: a string is needed$/,
    cases: { "neither its own nor that of the key": cookie({ name: null }) },
  },
  {
    rule: "no cookie is issued where it would be no key",
    message: /^has no use where each request has a key of its own$/,
    cases: { "lanes by chance": split({ by: { random: {} }, issueCookie: { name: "key" } }) },
  },
];

/** What a change to a configuration may break without being about splits. */
const OF_OTHERS = [
  /^another route has this name$/,
  /^is there twice/,
  /^is not a regular expression/,
  /^there is no attribute/,
  /^has a brace without its pair/,
  /^cannot be had with/,
];

const VOCABULARY: Vocabulary = {
  values: [
    ...[null, true, false, 0, -1, 1, 0.01, 10, 90, 1e-7, 1e6, 1e7, 1e300],
    ...["", "x", "x-user", "uid", "sub", "a.b", "a..b", "principal", "canary", "stable", "a b", "host", "/", "/a", "a"],
    ...["1s", "0s", "1h", "9000h", "1d", "5", START, "2026-02-30T08:00:00Z", "2026-11-21"],
    ...[[], [null], [""], ["qa"], {}, [{}], { header: "a" }, { cookie: "b" }, { random: {} }, { name: "key" }],
    ...[SOURCES, LANES, { sources: SOURCES }, { groups: { exact: "x" } }, { to: 5, start: START, duration: "1h" }],
  ],
  names: [
    ...["by", "salt", "lanes", "issueCookie", "override", "disabled", "header", "cookie", "claim", "source", "random"],
    ...["name", "weight", "headers", "ramp", "from", "to", "start", "duration", "ttl", "path", "sources", "claims"],
    ...["wieght", "weights", "salts", "secure", "x-a"],
  ],
};

const withoutPath = (problem: string) => problem.replace(/^[^ ]+: /, "");

/** Configurations in the YAML of docs/traffic-split.md: as they are, or in a manifest. */
function documented(): unknown[] {
  const blocks = page("docs/traffic-split.md").blocks.filter(({ language }) => language === "yaml");
  const documents = blocks.flatMap(({ code }) =>
    parseAllDocuments(code).map((document) => document.toJS() as Manifest),
  );
  return documents
    .filter(({ kind }) => kind !== "HTTPRoute")
    .map((document) => document.spec?.pluginConfig?.headerRouter ?? document);
}

interface Manifest {
  kind?: string;
  spec?: { pluginConfig?: { headerRouter?: object } };
}

describe("both accept", () => {
  it.each(documented())("what docs/traffic-split.md shows, %#", (config) => {
    expect(reader.problems(config)).toEqual([]);
    expect(schemaProblems(config)).toEqual([]);
  });

  it.each(Object.entries(GOOD))("%s", (_, config) => {
    expect(reader.problems(config)).toEqual([]);
    expect(schemaProblems(config)).toEqual([]);
  });
});

describe("both refuse", () => {
  it.each(Object.entries(BAD))("%s", (_, config) => {
    expect(reader.problems(config)).not.toEqual([]);
    expect(schemaProblems(config)).not.toEqual([]);
  });
});

describe.each(READER_ONLY)("only the reader knows: $rule", ({ message, cases }) => {
  it.each(Object.entries(cases))("%s", (_, config) => {
    expect(schemaProblems(config)).toEqual([]);
    const problems = reader.problems(config).map(withoutPath);
    expect(problems).not.toEqual([]);
    for (const problem of problems) expect(problem).toMatch(message);
  });
});

describe("they agree on", () => {
  it("mutations of the corpus", () => {
    const groups = [GOOD, GOOD, GOOD, BAD, ...READER_ONLY.map(({ cases }) => cases)];
    const corpus = groups.flatMap((cases) => Object.values(cases));
    check(1_500, [mutatedJson(corpus, VOCABULARY)], agree);
  });

  // Where text has a grammar of its own, it is drawn from the letters of that grammar.
  it.each<[string, string, (text: string) => unknown]>([
    ["names of lanes", "aZ09-_.é/ ", (text) => lane({ name: text })],
    ["names of cookies", "aZ0-_=; é", (text) => cookie({ name: text })],
    ["paths of cookies", "/a;= \t\u0000\u007fé", (text) => cookie({ path: text })],
    ["times", "0123456789-:.TtZz+", (text) => ramp({ start: `2026-11-21T08:00:00${text}` })],
    ["dates", "0123456789", (text) => ramp({ start: `2026-${text.slice(0, 2)}-${text.slice(2, 4)}T08:00:00Z` })],
    ["durations", "00123456789..mmsh -+e", (text) => cookie({ ttl: text })],
    ["claims", "ab..[[]]/: ", (text) => split({ by: { claim: text } })],
    ["headers", "aZ0-_.!|~:( host", (text) => override({ header: text })],
  ])("%s", (_, alphabet, configWith) => {
    const letters = fc.array(fc.constantFrom(...Array.from(alphabet)), { maxLength: 8 });
    check(400, [letters], (drawn) => agree(configWith(drawn.join(""))));
  });
});

/** Holds the two judgements of a configuration together. */
function agree(config: unknown): void {
  const problems = reader.problems(config);
  const refusedBySchema = schemaProblems(config);
  if (problems.length === 0) expect(refusedBySchema).toEqual([]);
  if (refusedBySchema.length > 0) return;
  const listed = [...READER_ONLY.map(({ message }) => message), ...OF_OTHERS];
  expect(problems.map(withoutPath).filter((told) => !listed.some((message) => message.test(told)))).toEqual([]);
}
