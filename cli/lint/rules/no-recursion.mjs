/** Forbids functions that call themselves, directly or through others of their file. */
import { AST_NODE_TYPES, ESLintUtils } from "@typescript-eslint/utils";

/** @typedef {import("@typescript-eslint/utils").TSESTree.Node} Node */
/** @typedef {import("@typescript-eslint/utils").TSESTree.CallExpression} Call */
/** @typedef {import("typescript").Symbol} Symbol */
/** @typedef {{ caller: Symbol, callee: Symbol, node: Call }} Edge */

/** @type {import("@typescript-eslint/utils").TSESLint.RuleModule<"found">} */
export const noRecursion = {
  meta: {
    type: "problem",
    docs: { description: "Forbid recursion, whose depth a request could choose." },
    messages: {
      found: "`{{caller}}` can come back to itself through this call, and the stack ends in a trap: use a loop.",
    },
    schema: [],
  },
  create: (context) => {
    const services = ESLintUtils.getParserServices(context);
    /** @type {Edge[]} */
    const edges = [];
    return {
      CallExpression: (node) => {
        const enclosing = enclosingName(node);
        const caller = enclosing && services.getSymbolAtLocation(enclosing);
        const callee = services.getSymbolAtLocation(calledName(node));
        if (caller && callee) edges.push({ caller, callee, node });
      },
      "Program:exit": () => {
        for (const { caller, callee, node } of edges) {
          if (!reaches(edges, callee, caller)) continue;
          context.report({ node, messageId: "found", data: { caller: caller.name } });
        }
      },
    };
  },
};

/** Whether calls lead from one function to another, or they are the same. */
function reaches(/** @type {Edge[]} */ edges, /** @type {Symbol} */ from, /** @type {Symbol} */ to) {
  const seen = new Set([from]);
  for (const symbol of seen) {
    if (symbol === to) return true;
    for (const { caller, callee } of edges) if (caller === symbol) seen.add(callee);
  }
  return false;
}

/** What a call names: `f` in `f()`, `m` in `a.b.m()`. */
function calledName(/** @type {Call} */ { callee }) {
  return callee.type === AST_NODE_TYPES.MemberExpression ? callee.property : callee;
}

/** The name of the outermost function or method that a node is in; null at the top of the file. */
function enclosingName(/** @type {Node} */ node) {
  /** @type {Node | null} */
  let name = null;
  for (let current = node.parent; current; current = current.parent) {
    if (current.type === AST_NODE_TYPES.FunctionDeclaration) name = current.id;
    if (current.type === AST_NODE_TYPES.MethodDefinition) name = current.key;
  }
  return name;
}
