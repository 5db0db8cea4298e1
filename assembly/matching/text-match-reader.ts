import { ConfigObject } from "../sdk";
import { KeptBytes } from "./kept-bytes";
import { TextMatch, TextMatchKind } from "./string-match";

/** In the order of `TextMatchKind`. */
export const TEXT_FIELDS = ["exact", "prefix", "suffix"];

/**
 * Reads a StringMatch without `regex`: `{exact: …}`, `{prefix: …}` or `{suffix: …}`; `{present: true}` where
 * `mayBeAnything`.
 */
export function readTextMatch(object: ConfigObject, kept: KeptBytes, mayBeAnything: bool): TextMatch | null {
  let match: TextMatch | null = null;
  let count = 0;
  for (let i = 0; i < TEXT_FIELDS.length; i++) {
    const field = unchecked(TEXT_FIELDS[i]);
    if (!object.has(field)) continue;
    count++;
    match = new TextMatch(<TextMatchKind>i, kept.keep(object.requiredString(field)));
  }
  if (mayBeAnything && object.has("present")) {
    count++;
    match = readPresent(object, kept);
  }
  if (count == 1) return match;
  const fields = TEXT_FIELDS.join(", ") + (mayBeAnything ? ", present" : "");
  object.configuration.problem(object.path, "must have exactly one of " + fields);
  return null;
}

/** `{present: true}` */
export function readPresent(object: ConfigObject, kept: KeptBytes): TextMatch {
  if (!object.bool("present", true)) object.problem("present", "must be true, or absent");
  return new TextMatch(TextMatchKind.Present, kept.keep(""));
}
