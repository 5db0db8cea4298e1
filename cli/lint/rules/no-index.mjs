/** Forbids element access that the source does not show to be inside. */
import { AST_NODE_TYPES, ESLintUtils } from "@typescript-eslint/utils";
import { isBytes } from "./types.mjs";

/** @typedef {import("@typescript-eslint/utils").TSESTree.Node} Node */
/** @typedef {import("@typescript-eslint/utils").TSESTree.MemberExpression} Member */
/** @typedef {import("@typescript-eslint/utils").TSESLint.SourceCode} SourceCode */
/** @typedef {import("@typescript-eslint/utils").TSESLint.Scope.Variable} Variable */

/**
 * Allowed are Bytes, whose `[]` answers 0 outside, and a counter that was just compared with the length: in the body of
 * `for (let i = 0; i < list.length; i++)`, and after `i < list.length &&`. It is assumed that what the body calls does not
 * shorten the list.
 *
 * @type {import("@typescript-eslint/utils").TSESLint.RuleModule<"found">}
 */
export const noIndex = {
  meta: {
    type: "problem",
    docs: { description: "Forbid element access, except on Bytes and by a counter below the length." },
    messages: {
      found: "`[]` traps outside the array, or reads anything in `unchecked`. Bytes and loops to the length are safe.",
    },
    schema: [],
  },
  create: (context) => {
    const services = ESLintUtils.getParserServices(context);
    return {
      MemberExpression: (node) => {
        if (!node.computed || isBytes(services.getTypeAtLocation(node.object))) return;
        if (!isBelowLength(node, context.sourceCode)) context.report({ node, messageId: "found" });
      },
    };
  },
};

/** Whether the index is a counter, and the code around compares it with the length before it comes here. */
function isBelowLength(/** @type {Member} */ node, /** @type {SourceCode} */ source) {
  if (node.property.type !== AST_NODE_TYPES.Identifier) return false;
  const counter = findVariable(source, node.property);
  if (counter === null || !isCounter(counter)) return false;

  const list = source.getText(node.object);
  const compares = (/** @type {Node | null} */ test) => comparesWithLength(test, counter.name, list, source);
  for (const [parent, child] of ancestors(node)) {
    if (parent.type === AST_NODE_TYPES.LogicalExpression && parent.operator === "&&" && parent.right === child) {
      if (compares(parent.left)) return true;
    }
    if (parent.type === AST_NODE_TYPES.ForStatement && parent.body === child && compares(parent.test)) {
      return !writesIn(counter, parent.body) && !shortens(source.getText(parent.body), list);
    }
  }
  return false;
}

/**
 * Each node that a node lies in, from the inside out, with its child on the way.
 *
 * @returns {Generator<[parent: Node, child: Node]>}
 */
function* ancestors(/** @type {Node} */ node) {
  for (let child = node; child.type !== AST_NODE_TYPES.Program; child = child.parent) yield [child.parent, child];
}

/** Whether `test` cannot be true unless `counter < list.length`. */
function comparesWithLength(
  /** @type {Node | null} */ test,
  /** @type {string} */ counter,
  /** @type {string} */ list,
  /** @type {SourceCode} */ source,
) {
  if (test === null) return false;
  // Of `a && b && c`, any one will do.
  const conjuncts = [test];
  for (const conjunct of conjuncts) {
    if (conjunct.type === AST_NODE_TYPES.LogicalExpression && conjunct.operator === "&&") {
      conjuncts.push(conjunct.left, conjunct.right);
    }
    if (source.getText(conjunct) === `${counter} < ${list}.length`) return true;
  }
  return false;
}

/** Whether a variable starts at a constant that is not negative, and only ever grows. */
function isCounter(/** @type {Variable} */ variable) {
  return variable.references.every((reference) => {
    if (!reference.isWrite()) return true;
    const { parent } = reference.identifier;
    if (reference.init === true) {
      return reference.writeExpr?.type === AST_NODE_TYPES.Literal && typeof reference.writeExpr.value === "number";
    }
    return parent.type === AST_NODE_TYPES.UpdateExpression && parent.operator === "++";
  });
}

function writesIn(/** @type {Variable} */ variable, /** @type {Node} */ { range: [start, end] }) {
  return variable.references.some(
    (reference) =>
      reference.isWrite() && reference.identifier.range[0] >= start && reference.identifier.range[1] <= end,
  );
}

/** Whether a text takes elements away from a list, or puts another one in its place. */
function shortens(/** @type {string} */ body, /** @type {string} */ list) {
  const name = list.replace(/[^\w]/g, "\\$&");
  return new RegExp(`(?<![\\w.])${name}(\\s*=[^=]|\\.(pop|shift|splice)\\b|\\.length\\s*=[^=])`).test(body);
}

/** @returns {Variable | null} */
function findVariable(/** @type {SourceCode} */ source, /** @type {Node & { name: string }} */ identifier) {
  /** @type {import("@typescript-eslint/utils").TSESLint.Scope.Scope | null} */
  let scope = source.getScope(identifier);
  while (scope !== null) {
    const variable = scope.set.get(identifier.name);
    if (variable !== undefined) return variable;
    scope = scope.upper;
  }
  return null;
}
