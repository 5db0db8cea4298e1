/** Holds every import against the layers of `layers.mjs`. */
import path from "node:path";
import { layerOf, mayImport, ONLY_IN_ABI } from "../layers.mjs";

/** @typedef {import("@typescript-eslint/utils").TSESTree.StringLiteral} StringLiteral */

/** @type {import("@typescript-eslint/utils").TSESLint.RuleModule<"unknown" | "direction" | "abi">} */
export const importDirection = {
  meta: {
    type: "problem",
    docs: { description: "Imports go from filters down to pure code, never back." },
    messages: {
      unknown: "{{folder}} is no layer yet: say in cli/lint/layers.mjs what it may import.",
      direction: "{{from}} must not import from {{to}} (cli/lint/layers.mjs).",
      abi: "Only assembly/abi imports {{specifier}}: go through assembly/sdk.",
    },
    schema: [],
  },
  create: (context) => {
    const file = toPosix(path.relative(context.cwd, context.filename));
    const from = layerOf(file);
    const isAssembly = file.startsWith("assembly/");
    const isAbi = file.startsWith("assembly/abi/");

    const check = (/** @type {StringLiteral | null} */ source) => {
      if (source === null) return;
      const specifier = source.value;
      if (!specifier.startsWith(".")) {
        if (isAssembly && !isAbi) context.report({ node: source, messageId: "abi", data: { specifier } });
        return;
      }
      const target = path.posix.join(path.posix.dirname(file), specifier);
      if (ONLY_IN_ABI.has(target) && !isAbi) {
        context.report({ node: source, messageId: "abi", data: { specifier } });
        return;
      }
      const to = layerOf(target);
      if (from === null || to === null || mayImport(from, to)) return;
      context.report({ node: source, messageId: "direction", data: { from, to } });
    };

    return {
      Program: (node) => {
        if (from !== null || !isAssembly) return;
        context.report({ node, messageId: "unknown", data: { folder: path.posix.dirname(file) } });
      },
      ImportDeclaration: (node) => {
        check(node.source);
      },
      ExportNamedDeclaration: (node) => {
        check(node.source);
      },
      ExportAllDeclaration: (node) => {
        check(node.source);
      },
    };
  },
};

function toPosix(/** @type {string} */ file) {
  return file.split(path.sep).join("/");
}
