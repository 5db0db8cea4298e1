import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { ESLint } from "eslint";
import { describe, expect, it } from "vitest";
import { REQUEST_FOLDERS, allowances, assemblyConfig } from "../../cli/lint/assembly.mjs";
import { layerOf, mayImport } from "../../cli/lint/layers.mjs";

const root = path.resolve(import.meta.dirname, "../..");
const fixtures = path.join(import.meta.dirname, "fixtures");

/** Findings as `line: rule`, sorted. */
async function lint(
  folder: string,
  files: string,
  config: ESLint.Options["overrideConfig"],
): Promise<Map<string, string[]>> {
  const eslint = new ESLint({ cwd: folder, overrideConfigFile: true, overrideConfig: config });
  const results = await eslint.lintFiles(files);
  return new Map(
    results.map(({ filePath, messages }) => [
      path.relative(folder, filePath),
      messages.map(({ line, ruleId, message }) => `${line}: ${ruleId?.replace("waypost/", "") ?? message}`).sort(),
    ]),
  );
}

/** What the comments of a fixture ask for, as `lint` answers it. */
async function expected(file: string): Promise<string[]> {
  const lines = (await readFile(path.join(fixtures, file), "utf8")).split("\n");
  return lines
    .flatMap((line, index) => {
      const rules = /\/\/ expect: (.*)$/.exec(line)?.[1]?.split(", ") ?? [];
      return rules.map((rule) => `${index + 1}: ${rule}`);
    })
    .sort();
}

describe("rules for AssemblyScript", () => {
  it("report on the marked lines of the fixtures, and on no others", async () => {
    const found = await lint(fixtures, "assembly/**/*.ts", assemblyConfig(fixtures));
    expect(found.size).toBeGreaterThan(8);
    for (const [file, findings] of found) expect(findings, file).toEqual(await expected(file));
  });

  it("leave out no folder whose code meets bytes of requests", () => {
    const folders = readdirSync(path.join(root, "assembly"), { withFileTypes: true }).filter((it) => it.isDirectory());
    const others = folders.map(({ name }) => name).filter((name) => !REQUEST_FOLDERS.includes(name));
    expect(others.sort()).toEqual(["abi", "compat", "modules", "test"]);
  });

  it("are allowed nothing that no longer needs it", async () => {
    for (const { file, rule, reason } of allowances) {
      expect(reason.length, file).toBeGreaterThan(10);
      expect(existsSync(path.join(root, file)), file).toBe(true);
      const strict = [...assemblyConfig(root), { files: [file], rules: { [`waypost/${rule}`]: "error" as const } }];
      const findings = (await lint(root, file, strict)).get(file) ?? [];
      expect(
        findings.some((finding) => finding.endsWith(`: ${rule}`)),
        `${file} needs no allowance for ${rule}`,
      ).toBe(true);
    }
  });
});

describe("import direction", () => {
  it.each([
    ["assembly/text/bytes.ts", "assembly/memory/arena", true],
    ["assembly/memory/arena.ts", "assembly/text/bytes", false],
    ["assembly/json/reader.ts", "assembly/jose/jwk", false],
    ["assembly/jose/jwk.ts", "assembly/json/reader", true],
    ["assembly/jose/jwk.ts", "assembly/sdk/log", false],
    ["assembly/jose/jwk.ts", "assembly/abi/types", false],
    ["assembly/sdk/log.ts", "assembly/abi/hostcalls", true],
    ["assembly/sdk/log.ts", "assembly/abi/callbacks", false],
    ["assembly/abi/callbacks.ts", "assembly/sdk/registry", true],
    ["assembly/abi/hostcalls.ts", "assembly/sdk/registry", false],
    ["assembly/filters/jwt-auth/filter.ts", "assembly/sdk/index", true],
    ["assembly/filters/jwt-auth/filter.ts", "assembly/filters/jwt-auth/config", true],
    ["assembly/filters/jwt-auth/filter.ts", "assembly/filters/authz/config", false],
    ["assembly/filters/jwt-auth/filter.ts", "assembly/filters/stream-notes", true],
    ["assembly/filters/stream-notes.ts", "assembly/filters/jwt-auth/reasons", false],
    ["assembly/filters/jwt-auth/filter.ts", "assembly/abi/hostcalls", false],
    ["assembly/filters/l7-metrics/operations.ts", "assembly/matching/http-match/http-match-list", true],
    ["assembly/filters/l7-metrics/operations.ts", "assembly/filters/header-router/value-part", false],
    ["assembly/matching/http-match/http-match.ts", "assembly/filters/header-router/route", false],
    ["assembly/modules/jwt-auth.ts", "assembly/filters/jwt-auth/filter", true],
    ["host-tests/host/vm.ts", "host-tests/scenario/format.ts", false],
    ["host-tests/host/vm.ts", "envoy/harness.ts", false],
    ["host-tests/scenario/runner.ts", "host-tests/host/vm.ts", true],
    ["host-tests/scenario/runner.ts", "envoy/harness.ts", false],
    ["envoy/harness.ts", "host-tests/scenario/format.ts", true],
    ["bench/bench.ts", "envoy/harness.ts", true],
    ["cli/build.mjs", "envoy/harness.ts", false],
  ])("%s -> %s: %s", (from, to, allowed) => {
    const parts = [layerOf(from), layerOf(to)];
    expect(parts).not.toContain(null);
    expect(mayImport(parts[0] ?? "", parts[1] ?? "")).toBe(allowed);
  });
});
