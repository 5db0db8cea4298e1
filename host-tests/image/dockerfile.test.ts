/** deploy/image/Dockerfile, which no daemon builds here: it gives the layout that the fetcher takes. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { root } from "./run.ts";

const text = readFileSync(path.join(root, "deploy/image/Dockerfile"), "utf8");
const instructions = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));

it("starts from nothing and makes one layer, with the file that the fetcher looks for", () => {
  expect(instructions[0]).toBe("FROM scratch");
  const layers = instructions.filter((line) => /^(COPY|ADD|RUN|WORKDIR)\b/.test(line));
  expect(layers).toEqual(["COPY plugin.wasm /plugin.wasm"]);
});

it("has the licence of package.json as its label", () => {
  const { license } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { license: string };
  expect(instructions).toContain(`LABEL org.opencontainers.image.licenses="${license}"`);
});
