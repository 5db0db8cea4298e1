/** `npm run check`: format, lint with import direction, and types. Runs all of them and says which failed. */
import process from "node:process";
import { prepare, runPackage, seconds } from "./setup.mjs";

await prepare();

/** @type {[string, () => Promise<number>][]} */
const steps = [
  ["format", () => runPackage("prettier", ["--check", "--log-level=warn", "."])],
  ["lint", () => runPackage("eslint", ["."])],
  ["types", () => runPackage("typescript", ["--noEmit"], { program: "tsc" })],
];

let failed = 0;
for (const [name, step] of steps) {
  const started = Date.now();
  const ok = (await step()) === 0;
  console.log(`check ${name}: ${ok ? "ok" : "FAILED"} (${seconds(Date.now() - started)})`);
  if (!ok) failed += 1;
}
process.exitCode = failed === 0 ? 0 : 1;
