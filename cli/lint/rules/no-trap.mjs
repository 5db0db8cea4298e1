/**
 * Rules for folders that read requests: nothing there may trap, because a trap is a 503 for the stream and the end of the
 * VM. Each rule forbids one construct that AssemblyScript compiles to code that can trap, or that reads memory unchecked.
 */
import { AST_NODE_TYPES, ESLintUtils } from "@typescript-eslint/utils";
import { isClass, isUnmanaged } from "./types.mjs";

/** @typedef {import("@typescript-eslint/utils").TSESTree.Node} Node */
/** @typedef {import("@typescript-eslint/utils").TSESTree.Expression} Expression */
/** @typedef {import("@typescript-eslint/utils").TSESLint.Scope.Scope} Scope */
/** @template {string} M @typedef {import("@typescript-eslint/utils").TSESLint.RuleModule<M>} Rule */

/** @type {Rule<"found">} */
export const noThrow = {
  meta: {
    type: "problem",
    docs: { description: "Forbid `throw`, which ends the VM." },
    messages: { found: "`throw` ends the VM: answer with a status." },
    schema: [],
  },
  create: (context) => ({
    ThrowStatement: (node) => {
      context.report({ node, messageId: "found" });
    },
  }),
};

const TRAPPING_CALLS = new Set(["abort", "assert", "unreachable"]);

/** @type {Rule<"found">} */
export const noAssert = {
  meta: {
    type: "problem",
    docs: { description: "Forbid `assert`, `unreachable` and `abort`, which end the VM." },
    messages: { found: "`{{name}}` ends the VM: answer with a status." },
    schema: [],
  },
  create: (context) => ({
    CallExpression: (node) => {
      if (node.callee.type !== AST_NODE_TYPES.Identifier || !TRAPPING_CALLS.has(node.callee.name)) return;
      context.report({ node, messageId: "found", data: { name: node.callee.name } });
    },
  }),
};

/** @type {Rule<"found">} */
export const noNonNull = {
  meta: {
    type: "problem",
    docs: { description: "Forbid the non-null operator, which traps on null." },
    messages: { found: "`!` traps on null: put the value into a local variable and compare that with null." },
    schema: [],
  },
  create: (context) => ({
    TSNonNullExpression: (node) => {
      context.report({ node, messageId: "found" });
    },
  }),
};

/** @type {Rule<"found">} */
export const noDivide = {
  meta: {
    type: "problem",
    docs: { description: "Forbid `/` and `%` by anything but a constant." },
    messages: { found: "`{{operator}}` traps when the divisor is 0: divide by a constant." },
    schema: [],
  },
  create: (context) => {
    const check = (/** @type {Node} */ node, /** @type {string} */ operator, /** @type {Expression} */ divisor) => {
      if (!/^[/%]=?$/.test(operator) || isConstant(divisor, context.sourceCode.getScope(node))) return;
      context.report({ node, messageId: "found", data: { operator } });
    };
    return {
      BinaryExpression: (node) => {
        check(node, node.operator, node.right);
      },
      AssignmentExpression: (node) => {
        check(node, node.operator, node.right);
      },
    };
  },
};

/** @type {Rule<"cast" | "changetype">} */
export const noDowncast = {
  meta: {
    type: "problem",
    docs: { description: "Forbid conversions to a class that the value need not be of." },
    messages: {
      cast: "A conversion to `{{to}}` traps when the value is of another class: use `instanceof` in an `if`.",
      changetype: "`changetype` to `{{to}}` checks nothing: memory of another kind would be read as one.",
    },
    schema: [],
  },
  create: (context) => {
    const services = ESLintUtils.getParserServices(context);
    const checker = services.program.getTypeChecker();

    /** Whether `value` may be something else than `to`. Conversions between numbers never trap. */
    const isDowncast = (/** @type {Expression} */ value, /** @type {import("typescript").Type} */ to) =>
      isClass(to) && !checker.isTypeAssignableTo(services.getTypeAtLocation(value), to);
    const targetOf = (/** @type {Node} */ annotation) =>
      checker.getNonNullableType(services.getTypeAtLocation(annotation));

    const checkCast = (
      /** @type {import("@typescript-eslint/utils").TSESTree.TSAsExpression | import("@typescript-eslint/utils").TSESTree.TSTypeAssertion} */ node,
    ) => {
      const to = targetOf(node.typeAnnotation);
      if (!isDowncast(node.expression, to)) return;
      context.report({ node, messageId: "cast", data: { to: checker.typeToString(to) } });
    };

    return {
      TSAsExpression: checkCast,
      TSTypeAssertion: checkCast,
      CallExpression: (node) => {
        if (node.callee.type !== AST_NODE_TYPES.Identifier || node.callee.name !== "changetype") return;
        const [value] = node.arguments;
        const annotation = node.typeArguments?.params[0];
        if (value === undefined || value.type === AST_NODE_TYPES.SpreadElement || annotation === undefined) return;
        const to = targetOf(annotation);
        // An unmanaged class is made of an address: that is how its objects come to be.
        if (isUnmanaged(to) && !isClass(services.getTypeAtLocation(value))) return;
        if (!isDowncast(value, to)) return;
        context.report({ node, messageId: "changetype", data: { to: checker.typeToString(to) } });
      },
    };
  },
};

/**
 * Whether an expression is a number other than 0 that is known when compiling.
 *
 * @returns {boolean}
 */
function isConstant(/** @type {Expression} */ node, /** @type {Scope} */ scope) {
  switch (node.type) {
    case AST_NODE_TYPES.Literal:
      return Number(node.value) !== 0;
    case AST_NODE_TYPES.TSTypeAssertion:
    case AST_NODE_TYPES.TSAsExpression:
      return isConstant(node.expression, scope);
    case AST_NODE_TYPES.Identifier:
      return isConstantName(node.name, scope);
    default:
      return false;
  }
}

/** Whether a name belongs to a `const` that is given a constant. */
function isConstantName(/** @type {string} */ name, /** @type {Scope | null} */ scope) {
  for (let current = scope; current !== null; current = current.upper) {
    const declared = current.set.get(name)?.defs[0]?.node;
    if (declared === undefined) continue;
    if (declared.type !== AST_NODE_TYPES.VariableDeclarator || declared.parent.kind !== "const") return false;
    return declared.init !== null && isConstant(declared.init, current);
  }
  return false;
}
