/**
 * The schema of header-router's configuration and its reader say the same: the schema never refuses what the reader accepts,
 * and where the reader refuses more, the rule is listed in the corpus.
 */
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { check } from "../pure/property.ts";
import { BAD, GOOD, matching, READER_ONLY, route, setting } from "./header-router-corpus.ts";
import { judgeBy, Reader, schemaOf } from "./judges.ts";
import { mutatedJson, type Vocabulary } from "./mutations.ts";

const schema = schemaOf("header-router");
const schemaProblems = judgeBy(schema);

let reader: Reader;
beforeAll(async () => {
  reader = await Reader.load("header-router");
});

describe("both accept", () => {
  it.each(Object.entries(GOOD))("%s", (_, config) => {
    expect(reader.problems(config)).toEqual([]);
    expect(schemaProblems(config)).toEqual([]);
  });

  it.each(schema.examples)("the example of the schema, %#", (config) => {
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
    const problems = reader.problems(config);
    expect(problems).not.toEqual([]);
    for (const problem of problems) expect(problem).toMatch(message);
  });
});

const VOCABULARY: Vocabulary = {
  values: [
    ...[null, true, false, 0, -1, 1, 1.5, 80, 301, 65_536, 1e300],
    ...["", "x", "/a", "/{id}", "{id}", "{path}", "{claims.sub}", "a*", "*", "a/b", "http", "principal", "host"],
    ...[[], [null], [""], ["x"], [[]], [{}], {}],
    ...[{ exact: "a" }, { prefix: "/b" }, { template: "/{id}" }, { not: { exact: "a" } }, { present: true }],
    ...[{ "x-a": "b" }, { "x-a": { exact: "b" } }, { set: { "x-a": "{id}" } }, [{ uri: { exact: "/a" } }]],
    ...[{ uri: "/a" }, { status: 200 }, { string: "a" }, { match: "a", rewrite: "b" }, { namespaces: ["a"] }],
  ],
  names: [
    ...["routes", "laneHeader", "name", "match", "headers", "rewrite", "redirect", "directResponse", "split"],
    ...["uri", "method", "authority", "ignoreUriCase", "exact", "prefix", "regex", "in", "not", "present"],
    ...["ignoreCase", "template", "claims", "source", "port", "request", "response", "set", "add", "remove"],
  ],
};

describe("they agree on generated configurations", () => {
  // Mostly good ones: a change to a bad one seldom mends it.
  const groups = [GOOD, GOOD, GOOD, GOOD, BAD, ...READER_ONLY.map(({ cases }) => cases)];
  const corpus = groups.flatMap((cases) => Object.values(cases));

  it("mutations of the corpus", () => {
    check(1_500, [mutatedJson(corpus, VOCABULARY)], (config) => agree(config));
  });

  // Where text has a grammar of its own, it is drawn from the letters of that grammar.
  it.each<[string, string, (text: string) => unknown]>([
    ["names of headers", 'aZ0-_.!|~:("/ \té\u212A', (text) => setting({ [text]: "a" })],
    ["headers to match", "hosTa:- @\u212A", (text) => matching({ headers: { [text]: {} } })],
    ["values", "{}a.%R(claimshedr[]", (text) => setting({ "x-a": text })],
    ["claims", "ab..[[]]/: ", (text) => matching({ claims: { [text]: {} } })],
    ["principals", "a*/:spife", (text) => matching({ source: { principals: [text] } })],
    ["service accounts", "a*/", (text) => matching({ source: { serviceAccounts: [text] } })],
    ["templates", "/a*{}=", (text) => matching({ uri: { template: `/${text}` } })],
    ["paths", "/a?#{}é ", (text) => matching({ uri: { prefix: text } })],
    ["rewrites", "/a?#{} é", (text) => route({ rewrite: { uri: text } })],
    ["authorities", "a.:[]@/{}", (text) => route({ redirect: { authority: text } })],
    ["regular expressions", "a(b)|*+[]\\?", (text) => matching({ uri: { regex: text } })],
  ])("%s", (_, alphabet, configWith) => {
    const text = fc
      .array(fc.constantFrom(...Array.from(alphabet)), { maxLength: 8 })
      .map((letters) => letters.join(""));
    check(400, [text], (drawn) => agree(configWith(drawn)));
  });
});

/** Holds the two judgements of a configuration together. */
function agree(config: unknown): void {
  const problems = reader.problems(config);
  const refusedBySchema = schemaProblems(config);
  if (problems.length === 0) expect(refusedBySchema).toEqual([]);
  if (refusedBySchema.length > 0) return;
  const unlisted = problems.filter((told) => !READER_ONLY.some(({ message }) => message.test(told)));
  expect(unlisted).toEqual([]);
}
