/**
 * The schema of authz's configuration and its reader say the same: the schema never refuses what the reader accepts, and
 * where the reader refuses more, the rule is listed in the corpus.
 */
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { check } from "../pure/property.ts";
import { BAD, GOOD, operation, policy, READER_ONLY, source, when } from "./authz-corpus.ts";
import { judgeBy, Reader, schemaOf } from "./judges.ts";
import { mutatedJson, type Vocabulary } from "./mutations.ts";

const schema = schemaOf("authz");
const schemaProblems = judgeBy(schema);

let reader: Reader;
beforeAll(async () => {
  reader = await Reader.load("authz");
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
    const problems = reader.problems(config);
    expect(problems).not.toEqual([]);
    for (const problem of problems) expect(problem).toMatch(message);
  });
});

const VOCABULARY: Vocabulary = {
  values: [
    ...[null, true, false, 0, 1, 80, 1.5, 1e300],
    ...[
      "",
      "x",
      "A",
      "a.b",
      "80",
      "*",
      "a*",
      "*a",
      "a*b",
      "a/b",
      "/a",
      "/{*}",
      "10.0.0.0/8",
      "DENY",
      "ALLOW",
      "SHADOW",
    ],
    ...["source.principal", "destination.port", "remote.ip", "request.headers[a]", "request.auth.claims[a][b]"],
    ...[[], [null], [""], ["x"], ["a", "a"], [[]], [{}], {}],
    ...[
      { source: { principals: ["a"] } },
      [{ operation: { paths: ["/a"] } }],
      { key: "source.namespace", values: ["a"] },
    ],
  ],
  names: [
    ...["policies", "mode", "trustDomain", "trustDomainAliases", "name", "namespace", "action", "rules", "selector"],
    ...["from", "to", "when", "source", "operation", "key", "values", "notValues", "provider"],
    ...["principals", "notPrincipals", "namespaces", "serviceAccounts", "ipBlocks", "remoteIpBlocks", "paths", "ports"],
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
    ["names", "a0-.A_", (text) => policy({ name: text })],
    ["namespaces", "a0-.A", (text) => policy({ namespace: text })],
    ["principals", "a*/\n", (text) => source({ principals: [text] })],
    ["request principals", "a*/:", (text) => source({ requestPrincipals: [text] })],
    ["service accounts", "a*/", (text) => source({ serviceAccounts: [text] })],
    ["trust domains", "a*/.", (text) => source({ trustDomains: [text] })],
    ["addresses", "1.0:/a", (text) => source({ remoteIpBlocks: [text] })],
    ["hosts", "a.*:", (text) => operation({ hosts: [text] })],
    ["ports", "06553+ ", (text) => operation({ ports: [text] })],
    ["paths", "/a*{}?#.%;\u00e9 ", (text) => operation({ paths: [text] })],
    ["templates", "/a*{}", (text) => operation({ paths: [`/{*}${text}`, `/{**}${text}`] })],
    ["keys of headers", "aZ:[] \u212A", (text) => when(`request.headers[${text}]`, "a")],
    ["keys of claims", "a[]]./", (text) => when(`request.auth.claims[${text}]`, "a")],
    ["keys of metadata", "a[].", (text) => when(`experimental.envoy.filters.${text}`, "a")],
    ["values of metadata", "a[]*", (text) => when("experimental.envoy.filters.a[b]", text)],
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
  expect(problems.filter((told) => !READER_ONLY.some(({ message }) => message.test(told)))).toEqual([]);
}

/** Each example of a field of a source or an operation, in a configuration. */
function fieldExamples(): [string, unknown][] {
  const definitions = schema["$defs"] as Record<string, { properties: Record<string, { examples?: unknown[] }> }>;
  const of = (name: string, configWith: (fields: unknown) => unknown) =>
    Object.entries(definitions[name]?.properties ?? {}).flatMap(([field, { examples = [] }]) =>
      examples.map((example): [string, unknown] => [field, configWith({ [field]: example })]),
    );
  return [...of("source", source), ...of("operation", operation)];
}
