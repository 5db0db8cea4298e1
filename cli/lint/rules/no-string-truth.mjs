/** Forbids strings as conditions. */
import { AST_NODE_TYPES, ESLintUtils } from "@typescript-eslint/utils";
import { isString } from "./types.mjs";

/** @typedef {import("@typescript-eslint/utils").TSESTree.Expression} Expression */

/** @type {import("@typescript-eslint/utils").TSESLint.RuleModule<"found">} */
export const noStringTruth = {
  meta: {
    type: "problem",
    docs: { description: "Forbid strings as conditions, and defaults for them by `||`." },
    messages: {
      found: "As a condition a string is its address, not its length: compare `length` with 0, or with null.",
    },
    schema: [],
  },
  create: (context) => {
    const services = ESLintUtils.getParserServices(context);
    const check = (/** @type {Expression | null} */ condition) => {
      if (condition === null || condition.type === AST_NODE_TYPES.LogicalExpression) return;
      const type = services.program.getTypeChecker().getNonNullableType(services.getTypeAtLocation(condition));
      if (isString(type)) context.report({ node: condition, messageId: "found" });
    };
    const checkTest = (/** @type {{ test: Expression | null }} */ { test }) => {
      check(test);
    };
    return {
      IfStatement: checkTest,
      WhileStatement: checkTest,
      DoWhileStatement: checkTest,
      ForStatement: checkTest,
      ConditionalExpression: checkTest,
      LogicalExpression: ({ left }) => {
        check(left);
      },
      UnaryExpression: ({ operator, argument }) => {
        if (operator === "!") check(argument);
      },
    };
  },
};
