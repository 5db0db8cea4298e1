/**
 * The schema of jwt-auth's configuration and its reader say the same: the schema never refuses what the reader accepts, and
 * where the reader refuses more, the rule is listed in the corpus.
 */
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { check } from "../pure/property.ts";
import { jwtAuthSchema, Reader, schemaProblems } from "./judges.ts";
import { BAD, BAD_TEXTS, GOOD, matching, READER_ONLY, rule } from "./jwt-auth-corpus.ts";
import { mutatedJson } from "./mutations.ts";

let reader: Reader;
beforeAll(async () => {
  reader = await Reader.load();
});

describe("both accept", () => {
  it.each(Object.entries(GOOD))("%s", (_, config) => {
    expect(reader.problems(config)).toEqual([]);
    expect(schemaProblems(config)).toEqual([]);
  });

  it.each(jwtAuthSchema.examples)("the example of the schema, %#", (config) => {
    expect(reader.problems(config)).toEqual([]);
    expect(schemaProblems(config)).toEqual([]);
  });

  it.each(fieldExamples())("the example of %s: %j", (_, config) => {
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

describe("only the reader sees the text", () => {
  it.each(Object.entries(BAD_TEXTS))("%s", (_, [text, problem]) => {
    const problems = reader.problemsOfText(text);
    expect(problems.some((told) => problem.test(told))).toBe(true);
  });
});

describe("they agree on generated configurations", () => {
  // Mostly good ones: a change to a bad one seldom mends it.
  const groups = [GOOD, GOOD, GOOD, GOOD, BAD, ...READER_ONLY.map(({ cases }) => cases)];
  /** Those that are long are so in one place only, where all changes would go. */
  const corpus = groups
    .flatMap((cases) => Object.values(cases))
    .filter((config) => JSON.stringify(config).length < 4_000);

  it("mutations of the corpus", () => {
    check(1_500, [mutatedJson(corpus)], (config) => agree(config));
  });

  // Where text has a grammar of its own, it is drawn from the letters of that grammar.
  it.each<[string, string, (text: string) => unknown]>([
    ["names of headers", 'aZ0-_.!|~:("/ \t\u00e9\u212A', (text) => rule({ outputPayloadToHeader: text })],
    ["the name of the host header", "hosTHOSt", (text) => rule({ fromHeaders: [{ name: text }] })],
    ["prefixes", 'aZ0 ="\t\r\n\u0000\u007f\u00e9', (text) => rule({ fromHeaders: [{ name: "a", prefix: text }] })],
    ["claims", "ab..[[]]/: ", (text) => rule({ outputClaimToHeaders: [{ header: "a", claim: text }] })],
    ["durations", "00123456789..mmsh -+e", (text) => rule({ clockSkew: text })],
    ["URLs", "ht:/[]@?#%a0.1-_ \\\u00e9", (text) => ({ jwtRules: [{ jwksUri: `https://${text}` }] })],
    ["paths", "/a*{}?#.%;\u00e9 ", (text) => matching({ paths: [text] })],
    ["templates", "/a*{}", (text) => matching({ paths: [`/{*}${text}`, `/{**}${text}`] })],
    ["hosts", "a.*:", (text) => matching({ hosts: [text] })],
    ["headers to match", "hosTa:- \u212A", (text) => matching({ headers: { [text]: { present: true } } })],
    ["schemes", "htTpsS:://", (text) => ({ jwtRules: [{ jwksUri: `${text}://a/` }] })],
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
  const unlisted = problems.filter((told) => !READER_ONLY.some(({ message }) => message.test(withoutPath(told))));
  expect(unlisted).toEqual([]);
}

function withoutPath(problem: string): string {
  return problem.replace(/^[\w.[\]]+: /, "");
}

/** Each example of a field of a rule, in a configuration. */
function fieldExamples(): [string, unknown][] {
  const { rule: ruleSchema } = jwtAuthSchema["$defs"] as Record<string, { properties: Record<string, unknown> }>;
  return Object.entries(ruleSchema?.properties ?? {}).flatMap(([field, schema]) => {
    const { examples = [] } = schema as { examples?: unknown[] };
    const without = field.startsWith("jwksUri") ? { jwks: null } : {};
    return examples.map((example): [string, unknown] => [field, rule({ ...without, [field]: example })]);
  });
}
