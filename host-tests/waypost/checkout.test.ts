/** The program as somebody with a clone runs it: from the sources. */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { expect, it } from "vitest";

/** Milliseconds; it loads every module. */
const PATIENCE = 120_000;

it("runs from the sources of a clone", { timeout: PATIENCE }, () => {
  // As `npm run waypost` does.
  const args = ["cli/run.mjs", "--filters", "cli/waypost/main.ts", "validate", "deploy/demos"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^\d+ checked: 0 errors, 0 warnings/);
  expect(status).toBe(0);
});
