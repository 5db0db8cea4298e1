/** The project's own ESLint rules, as a plugin named `waypost`. */
import { explainedDisable } from "./rules/explained-disable.mjs";
import { importDirection } from "./rules/import-direction.mjs";
import { noIndex } from "./rules/no-index.mjs";
import { noRecursion } from "./rules/no-recursion.mjs";
import { noStringTruth } from "./rules/no-string-truth.mjs";
import { noAssert, noDivide, noDowncast, noNonNull, noThrow } from "./rules/no-trap.mjs";

/** Rules for folders that read requests, by name. See `docs` of each. */
export const trapRules = {
  "no-throw": noThrow,
  "no-assert": noAssert,
  "no-non-null": noNonNull,
  "no-index": noIndex,
  "no-divide": noDivide,
  "no-downcast": noDowncast,
  "no-recursion": noRecursion,
};

const plugin = {
  meta: { name: "waypost" },
  rules: {
    ...trapRules,
    "explained-disable": explainedDisable,
    "import-direction": importDirection,
    "no-string-truth": noStringTruth,
  },
};

/** The plugin, as ESLint's own types want it: they know nothing of rules for TypeScript. */
export const waypost = /** @type {import("eslint").ESLint.Plugin} */ (/** @type {unknown} */ (plugin));
