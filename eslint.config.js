import eslint from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";
import { assemblyConfig } from "./cli/lint/assembly.mjs";
import { waypost } from "./cli/lint/plugin.mjs";

const root = import.meta.dirname;

export default defineConfig(
  {
    ignores: [
      "build/",
      "node_modules/",
      ".cache/",
      "coverage/",
      "host-tests/cli/fixtures/",
      "cli/waypost/new/template/",
    ],
  },
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
      // `return this.fail()` in a function without a result reads well.
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "waypost/explained-disable": "error",
      "waypost/import-direction": "error",
    },
  },
  {
    // typescript-eslint does not see the casts of JSDoc; the compiler does, and checks these files as strictly.
    files: ["**/*.{js,mjs}"],
    rules: {
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
  {
    // A test says what it knows of its data; being wrong fails it.
    files: ["**/*.test.ts"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
);
