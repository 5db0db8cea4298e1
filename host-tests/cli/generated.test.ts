/** What is generated is up to date, and says where it comes from. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { generateAll } from "../../cli/generate/all.mjs";
import { root } from "../docs/pages.ts";

it.each([...(await generateAll())])("%s is what `npm run generate` writes", (file, text) => {
  expect(readFileSync(path.join(root, file), "utf8") === text).toBe(true);
  expect(text.split("\n", 1)[0]).toMatch(/^\/\/ Made by `[^`]+`/);
});
