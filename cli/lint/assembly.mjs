/** ESLint configuration for AssemblyScript: what TypeScript's rules can say about it, and our own. */
import { readFileSync } from "node:fs";
import tseslint from "typescript-eslint";
import { trapRules, waypost } from "./plugin.mjs";

/** Folders of `assembly/` whose code meets bytes of requests. */
export const REQUEST_FOLDERS = [
  "memory",
  "text",
  "encoding",
  "json",
  "http",
  "jose",
  "crypto",
  "regex",
  "matching",
  "sdk",
  "filters",
];

/**
 * Files that may do what a rule forbids, each with its reason. For a single line, an `eslint-disable-next-line` comment
 * with a reason is the better place.
 *
 * @typedef {{ file: string, rule: string, reason: string }} Allowance
 */
export const allowances = /** @type {Allowance[]} */ (
  JSON.parse(readFileSync(new URL("./allow.json", import.meta.url), "utf8"))
);

/**
 * @param {string} folder  where the project's `assembly/`, with its tsconfig.json, lies
 * @returns {import("eslint").Linter.Config[]}
 */
export function assemblyConfig(folder) {
  return [
    {
      files: ["assembly/**/*.ts", "examples/*/index.ts"],
      languageOptions: {
        parser: /** @type {import("eslint").Linter.Parser} */ (tseslint.parser),
        parserOptions: { project: "assembly/tsconfig.json", tsconfigRootDir: folder },
      },
      linterOptions: { reportUnusedDisableDirectives: "error" },
      plugins: {
        waypost,
        "@typescript-eslint": /** @type {import("eslint").ESLint.Plugin} */ (tseslint.plugin),
      },
      rules: {
        "no-var": "error",
        "prefer-const": "error",
        "no-unreachable": "error",
        "no-fallthrough": "error",
        "no-duplicate-imports": "error",
        "@typescript-eslint/no-unused-vars": ["error", { args: "none" }],
        "@typescript-eslint/no-explicit-any": "error",
        "waypost/explained-disable": "error",
        "waypost/import-direction": "error",
        "waypost/no-string-truth": "error",
      },
    },
    {
      files: [...REQUEST_FOLDERS.map((name) => `assembly/${name}/**/*.ts`), "examples/*/index.ts"],
      rules: severities(Object.keys(trapRules), "error"),
    },
    ...allowances.map(({ file, rule }) => ({ files: [file], rules: severities([rule], "off") })),
  ];
}

/** @returns {import("eslint").Linter.RulesRecord} */
function severities(/** @type {string[]} */ names, /** @type {"error" | "off"} */ severity) {
  return Object.fromEntries(names.map((name) => [`waypost/${name}`, severity]));
}
