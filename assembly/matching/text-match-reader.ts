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
  const field = object.only(mayBeAnything ? TEXT_FIELDS.concat(["present"]) : TEXT_FIELDS);
  if (field === null) return null;
  if (field == "present") return readPresent(object, kept);
  return new TextMatch(<TextMatchKind>TEXT_FIELDS.indexOf(field), kept.keep(object.requiredString(field)));
}

/** `{present: true}` */
export function readPresent(object: ConfigObject, kept: KeptBytes): TextMatch {
  if (!object.bool("present", true)) object.problem("present", "must be true, or absent");
  return new TextMatch(TextMatchKind.Present, kept.keep(""));
}
