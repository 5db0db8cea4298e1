/** The configurations that docs/header-router.md shows are accepted. */
import { expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { page } from "../../docs/pages.ts";
import { judgeBy, Reader, schemaOf } from "../../schema/judges.ts";

const reader = await Reader.load("header-router");
const schemaProblems = judgeBy(schemaOf("header-router"));

interface Document {
  routes?: unknown;
  spec?: { pluginConfig?: { headerRouter?: unknown } };
}

const configurations = page("docs/header-router.md")
  .blocks.filter(({ language }) => language === "yaml")
  .flatMap(({ code }) => parseAllDocuments(code).map((document) => document.toJS() as Document | null))
  .flatMap((document) => {
    const config =
      document?.spec?.pluginConfig?.headerRouter ?? (document?.routes === undefined ? undefined : document);
    return config === undefined ? [] : [config];
  });

it("shows some", () => {
  expect(configurations.length).toBeGreaterThan(4);
});

it.each(configurations.map((config, index): [number, unknown] => [index, config]))("configuration %i", (_, config) => {
  expect(reader.problems(config)).toEqual([]);
  expect(schemaProblems(config)).toEqual([]);
});
