/** Asks every comment that switches a rule off to say which one and why. */

const DISABLE = /^\s*eslint-disable(?:-next-line|-line)?\b(.*)$/s;

/** @type {import("@typescript-eslint/utils").TSESLint.RuleModule<"unexplained">} */
export const explainedDisable = {
  meta: {
    type: "problem",
    docs: { description: "Require a rule's name and a reason in comments that switch it off." },
    messages: { unexplained: "Say which rule and why: `eslint-disable-next-line <rule> -- <reason>`." },
    schema: [],
  },
  create: (context) => ({
    Program: () => {
      for (const comment of context.sourceCode.getAllComments()) {
        const rest = DISABLE.exec(comment.value)?.[1];
        if (rest === undefined || /\S+\s+--\s+\S+/.test(rest)) continue;
        context.report({ loc: comment.loc, messageId: "unexplained" });
      }
    },
  }),
};
