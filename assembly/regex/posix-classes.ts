import { CodePointSet } from "./ranges";

/** Adds the ranges of `[:name:]`, which are all in ASCII. False when there is no such class. */
export function addPosixClass(set: CodePointSet, name: string): bool {
  if (name == "alnum") return add(set, "09AZaz");
  if (name == "alpha") return add(set, "AZaz");
  if (name == "ascii") return add(set, "\0\x7f");
  if (name == "blank") return add(set, "\t\t  ");
  if (name == "cntrl") return add(set, "\0\x1f\x7f\x7f");
  if (name == "digit") return add(set, "09");
  if (name == "graph") return add(set, "!~");
  if (name == "lower") return add(set, "az");
  if (name == "print") return add(set, " ~");
  if (name == "punct") return add(set, "!/:@[`{~");
  if (name == "space") return add(set, "\t\r  ");
  if (name == "upper") return add(set, "AZ");
  if (name == "word") return add(set, "09AZ__az");
  if (name == "xdigit") return add(set, "09AFaf");
  return false;
}

/** `bounds`: the first and the last character of each range. */
function add(set: CodePointSet, bounds: string): bool {
  for (let i = 0; i < bounds.length; i += 2) set.add(bounds.charCodeAt(i), bounds.charCodeAt(i + 1));
  return true;
}
