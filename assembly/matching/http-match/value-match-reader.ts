import { JsonKind } from "../../json/document";
import { ConfigObject } from "../../sdk";
import { StringMatch } from "../string-match";
import { STRING_MATCH_FIELDS, readStringMatch } from "../string-match-reader";
import { MatchScope } from "./match-scope";

/** What a value must match; null: any does. */
export function readValueMatch(object: ConfigObject, scope: MatchScope): StringMatch | null {
  return isPresence(object) ? null : readStringMatch(object, scope.kept);
}

/** Whether a StringMatch asks for presence alone: it is empty, or Istio's `regex: "*"`. */
export function isPresence(object: ConfigObject): bool {
  const count = countComparisons(object);
  if (count == 0) return true;
  const regex = object.get("regex");
  return count == 1 && regex !== null && regex.kind == JsonKind.String && regex.text == "*";
}

/** How many fields of a StringMatch say what is compared. */
export function countComparisons(object: ConfigObject): i32 {
  let count = 0;
  for (let i = 0; i < STRING_MATCH_FIELDS.length; i++) {
    if (object.has(unchecked(STRING_MATCH_FIELDS[i]))) count++;
  }
  return count;
}
