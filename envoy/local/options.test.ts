import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { command } from "./options.ts";

it("has the options that docs/local-waypoint.md lists, and no other", () => {
  const listed = [...readFileSync("docs/local-waypoint.md", "utf8").matchAll(/^\| `(--.+?)`/gm)];
  expect(listed.map(([, flags]) => flags)).toEqual(command().options.map(({ flags }) => flags));
});
