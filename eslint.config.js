import eslint from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";
import { assemblyConfig } from "./cli/lint/assembly.mjs";
import { waypost } from "./cli/lint/plugin.mjs";

const root = import.meta.dirname;

export default defineConfig(
  { ignores: ["build/", "node_modules/", ".cache/", "coverage/", "host-tests/cli/fixtures/"] },
  assemblyConfig(root),
  {
    files: ["**/*.{js,mjs,ts}"],
    ignores: ["assembly/**", "examples/*/index.ts"],
    extends: [eslint.configs.recommended, tseslint.configs.strictTypeChecked],
    plugins: { waypost },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      // TypeScript's compiler does that, and knows the globals.
      "no-undef": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "waypost/explained-disable": "error",
      "waypost/import-direction": "error",
    },
  },
);
