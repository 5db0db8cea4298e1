/**
 * A filter's schema and its reader say the same: the schema never refuses what the reader accepts, and where the reader
 * refuses more, the rule is listed in the corpus.
 */
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { check } from "../pure/property.ts";
import { Reader, schemaJudge, schemaOf, type SchemaJudge } from "./judges.ts";
import { mutatedJson, type Vocabulary } from "./mutations.ts";

/** Configurations by what is to be said of them. */
export type Configurations = Readonly<Record<string, unknown>>;

/** A rule that the schema cannot express, or only at great length. */
export interface ReaderRule {
  readonly rule: string;
  /** What the reader says, without the path. */
  readonly message: RegExp;
  /** Configurations that break it and nothing else. */
  readonly cases: Configurations;
}

/** Texts with a grammar of their own: drawn from the letters of that grammar, and put where they belong. */
export type Texts = [name: string, alphabet: string, configWith: (text: string) => unknown];

export interface Corpus {
  /** Accepted by both. */
  readonly good: Configurations;
  /** Refused by both. */
  readonly bad: Configurations;
  readonly readerOnly: readonly ReaderRule[];
  /** Rules about other parts of these configurations, which a change can break as well. */
  readonly elsewhere?: readonly ReaderRule[];
  /** Examples of single fields, each in a configuration that both accept. */
  readonly fieldExamples?: readonly [field: string, config: unknown][];
  /** What configurations are changed with. */
  readonly vocabulary: Vocabulary;
  readonly texts: readonly Texts[];
}

/** Longer configurations are so in one place only, where all changes would go. */
const LONGEST_TO_CHANGE = 4_000;

/** Tests that the schema and the reader of `filter` agree on a corpus, and on what is made of it. */
export function describeAgreement(filter: string, corpus: Corpus): void {
  const { good, bad, readerOnly, elsewhere = [], fieldExamples = [] } = corpus;
  const schemaProblems = schemaJudge(filter);
  let reader: Reader;
  beforeAll(async () => {
    reader = await Reader.load(filter);
  });

  describe("both accept", () => {
    const accepted: [string, unknown][] = [
      ...Object.entries(good),
      ...schemaOf(filter).examples.map((config, i): [string, unknown] => [`example ${i} of the schema`, config]),
      ...fieldExamples.map(([field, config], i): [string, unknown] => [`example ${i} of fields: ${field}`, config]),
    ];
    it.each(accepted)("%s", (_, config) => {
      expect(reader.problems(config)).toEqual([]);
      expect(schemaProblems(config)).toEqual([]);
    });
  });

  describe("both refuse", () => {
    it.each(Object.entries(bad))("%s", (_, config) => {
      expect(reader.problems(config)).not.toEqual([]);
      expect(schemaProblems(config)).not.toEqual([]);
    });
  });

  describe.each(readerOnly)("only the reader knows: $rule", ({ message, cases }) => {
    it.each(Object.entries(cases))("%s", (_, config) => {
      expect(schemaProblems(config)).toEqual([]);
      const problems = reader.problems(config).map(withoutPath);
      expect(problems).not.toEqual([]);
      for (const problem of problems) expect(problem).toMatch(message);
    });
  });

  describe("they agree on generated configurations", () => {
    const listed = [...readerOnly, ...elsewhere].map(({ message }) => message);
    const agree = (config: unknown) => expectAgreement(config, reader, schemaProblems, listed);

    it("mutations of the corpus", () => {
      check(1_500, [mutatedJson(originals(corpus), corpus.vocabulary)], agree);
    });

    it.each([...corpus.texts])("%s", (_, alphabet, configWith) => {
      const letters = fc.array(fc.constantFrom(...Array.from(alphabet)), { maxLength: 8 });
      check(400, [letters], (drawn) => agree(configWith(drawn.join(""))));
    });
  });
}

/** Each example that the schema gives for a field of one of its definitions, in a configuration. */
export function fieldExamples(
  filter: string,
  definition: string,
  configWith: (fields: Record<string, unknown>) => unknown,
): [field: string, config: unknown][] {
  const definitions = schemaOf(filter)["$defs"] as Record<string, { properties: Record<string, Examples> }>;
  return Object.entries(definitions[definition]?.properties ?? {}).flatMap(([field, { examples = [] }]) =>
    examples.map((example): [string, unknown] => [field, configWith({ [field]: example })]),
  );
}

interface Examples {
  examples?: unknown[];
}

/** What is changed: mostly good configurations, because a change to a bad one seldom mends it. */
function originals({ good, bad, readerOnly }: Corpus): unknown[] {
  return [good, good, good, good, bad, ...readerOnly.map(({ cases }) => cases)]
    .flatMap((configs) => Object.values(configs))
    .filter((config) => JSON.stringify(config).length < LONGEST_TO_CHANGE);
}

function expectAgreement(config: unknown, reader: Reader, judge: SchemaJudge, listed: readonly RegExp[]): void {
  const problems = reader.problems(config);
  const refusedBySchema = judge(config);
  if (problems.length === 0) expect(refusedBySchema).toEqual([]);
  if (refusedBySchema.length > 0) return;
  const unlisted = problems.map(withoutPath).filter((told) => !listed.some((message) => message.test(told)));
  expect(unlisted).toEqual([]);
}

function withoutPath(problem: string): string {
  return problem.replace(/^.*?: /s, "");
}
