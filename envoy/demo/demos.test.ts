/** Every demo on its mesh, each of its checks an assertion. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Demo } from "./demo.ts";
import { DEMOS } from "./demos/index.ts";
import type { Journal } from "./journal.ts";
import { manifestFile, runDemo } from "./stage.ts";
import { CHECKOUT } from "./surroundings.ts";

/** Milliseconds: most starts wait for each other on a small machine. */
const TIMEOUT = 120_000;

describe("demos", () => {
  it("have names, and manifests, of their own", () => {
    const names = DEMOS.map(({ name }) => name);
    expect(names.filter((name) => !/^[a-z]+(-[a-z]+)*$/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    const files = readdirSync(path.join(CHECKOUT, "deploy/demos")).map((file) => `deploy/demos/${file}`);
    expect(files).toEqual(expect.arrayContaining(DEMOS.map(manifestFile)));
    // `<name>.<step>.yaml` is applied later by the demo of that name.
    expect(files.filter((file) => !names.includes(path.basename(file).split(".")[0] ?? ""))).toEqual([]);
  });

  it.each(DEMOS.map((demo): [string, Demo] => [demo.name, demo]))(
    "%s",
    async (_, demo) => {
      const found = { failed: [] as string[], checks: 0 };
      await runDemo(demo, collecting(found));
      expect(found.failed).toEqual([]);
      expect(found.checks).toBeGreaterThan(0);
    },
    TIMEOUT,
  );
});

/** Keeps what checks found, and the answers before it, which say why. */
function collecting(found: { failed: string[]; checks: number }): Journal {
  let answers: string[] = [];
  return {
    said: () => {},
    applied: () => {},
    sent: ({ from, request, reply }) => {
      answers.push(`${from} ${request.method} ${request.path}: ${reply.status} ${reply.pod ?? reply.body}`);
    },
    checked: ({ what, holds, got, expected }) => {
      found.checks += 1;
      const wanted = expected === undefined ? "" : `; expected ${expected}`;
      if (!holds) found.failed.push(`${what}: ${got}${wanted}, after ${answers.slice(-5).join(", ")}`);
      answers = [];
    },
  };
}
