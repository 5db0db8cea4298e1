/** Every configuration that the documentation shows is accepted by its module, and by its schema. */
import { describe, expect, it } from "vitest";
import { Reader, schemaJudge } from "../schema/judges.ts";
import { configurations } from "./configurations.ts";
import { pages } from "./pages.ts";

const shown = pages().flatMap(configurations);
const ofExamples = shown.filter(({ filter }) => filter.startsWith("examples/"));
const ours = shown.filter((one) => !ofExamples.includes(one));

const names = [...new Set(shown.map(({ filter }) => filter))];
const readers = new Map(await Promise.all(names.map(async (name) => [name, await Reader.load(name)] as const)));

it("there are some of each filter", () => {
  expect([...new Set(ours.map(({ filter }) => filter))].sort()).toEqual([
    "authz",
    "header-router",
    "jwt-auth",
    "l7-metrics",
    "waypoint",
  ]);
});

it.each(shown)("$file:$line is accepted by $filter", ({ filter, config }) => {
  expect(readers.get(filter)?.problems(config)).toEqual([]);
});

describe("of our filters", () => {
  it.each(ours)("$file:$line is accepted by the schema of $filter", ({ filter, config }) => {
    expect(schemaJudge(filter)(config)).toEqual([]);
  });

  it.each(ours.filter(({ image }) => image !== undefined))(
    "$file:$line: the image has $filter",
    ({ filter, image }) => {
      expect(image).toBe(`oci://registry.example.com/waypost/${filter}:0.1.0`);
    },
  );
});
