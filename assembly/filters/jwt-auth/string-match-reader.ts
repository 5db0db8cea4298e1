import { ConfigObject } from "../../sdk";
import { JwtAuthConfig } from "./config";
import { StringMatch, StringMatchKind } from "./string-match";

/** In the order of `StringMatchKind`. */
const FIELDS = ["exact", "prefix", "suffix"];

/** Reads a StringMatch: `{exact: …}`, `{prefix: …}` or `{suffix: …}`; `{present: true}` where `mayBeAnything`. */
export function readStringMatch(object: ConfigObject, config: JwtAuthConfig, mayBeAnything: bool): StringMatch | null {
  let match: StringMatch | null = null;
  let count = 0;
  for (let i = 0; i < FIELDS.length; i++) {
    const field = unchecked(FIELDS[i]);
    if (!object.has(field)) continue;
    count++;
    match = new StringMatch(<StringMatchKind>i, config.own(object.requiredString(field)));
  }
  if (mayBeAnything && object.has("present")) {
    count++;
    if (!object.bool("present", true)) object.problem("present", "must be true, or absent");
    match = new StringMatch(StringMatchKind.Present, config.own(""));
  }
  if (count == 1) return match;
  const fields = FIELDS.join(", ") + (mayBeAnything ? ", present" : "");
  object.configuration.problem(object.path, "must have exactly one of " + fields);
  return null;
}
