/** From what a module says against its configuration to the place in the file. */
import type { Tree } from "./tree.ts";

export interface Located {
  offset: number;
  /** As the module has it: `jwtRules[0].audience`; empty: the configuration as a whole. */
  path: string;
  message: string;
}

/** A path of fields that are not there, in front of the message; names are those of fields that a module knows. */
const ABSENT = /^\.?[A-Za-z_$][\w$-]*(?:\.[\w$-]+|\[\d+\])*(?=: )/;

/** Problems of the configuration as a whole that would read as a path. */
const WHOLE = /^(?:missing|not JSON): /;

/**
 * Takes `path: message` apart. Names are in the path as they are, dots and colons included, so it is read along the values
 * that are there. A field that is missing has the place of the object that it is missing in.
 * @param offset  where the configuration itself is
 */
export function locate(problem: string, tree: Tree | undefined, offset: number): Located {
  const { length, offset: place } = follow(problem, tree, { length: 0, offset });
  const rest = problem.slice(length);
  if (rest.startsWith(": ")) return { offset: place, path: problem.slice(0, length), message: rest.slice(2) };
  const [absent = ""] = (length === 0 && WHOLE.test(rest) ? null : ABSENT.exec(rest)) ?? [];
  if (absent === "") return { offset, path: "", message: problem };
  return { offset: place, path: problem.slice(0, length) + absent, message: rest.slice(absent.length + 2) };
}

/** How much of the text is a path through the values, and where that leads to. */
interface Step {
  length: number;
  offset: number;
}

function follow(text: string, tree: Tree | undefined, here: Step): Step {
  const rest = text.slice(here.length);
  if (tree?.kind === "list") {
    const [whole = "", index = ""] = /^\[(\d+)\]/.exec(rest) ?? [];
    const item = whole === "" ? undefined : tree.items[Number(index)];
    return item === undefined ? here : follow(text, item, { length: here.length + whole.length, offset: item.offset });
  }
  if (tree?.kind !== "fields") return here;
  const after = here.length > 0 && rest.startsWith(".") ? rest.slice(1) : here.length > 0 ? undefined : rest;
  if (after === undefined) return here;
  const start = text.length - after.length;
  const steps = [...tree.fields]
    .filter(([name]) => after.startsWith(name) && /^(?:: |\.|\[)/.test(after.slice(name.length)))
    .map(([name, field]) => follow(text, field.value, { length: start + name.length, offset: field.offset }));
  return steps.reduce((longest, step) => (step.length > longest.length ? step : longest), here);
}
