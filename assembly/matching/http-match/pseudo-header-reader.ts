import { Bytes, ConfigObject } from "../../sdk";
import { StringMatch, TextMatch, TextMatchKind } from "../string-match";
import { InMatch } from "../string-match-kinds";
import { HeaderCondition } from "./condition";
import { HttpMatch } from "./http-match";
import { MatchScope } from "./match-scope";
import { readValueMatch } from "./value-match-reader";

/** Reads `method`, `authority` and `scheme`; also what of them an index can go by. */
export function readPseudoHeaders(object: ConfigObject, match: HttpMatch, scope: MatchScope): void {
  const method = readPseudoHeader(object, "method", match, scope);
  if (method !== null) addExact(method, false, match.methods);
  const authority = readPseudoHeader(object, "authority", match, scope);
  if (authority !== null) addExact(authority, true, match.hosts);
  readPseudoHeader(object, "scheme", match, scope);
}

/** Null: any value will do. */
function readPseudoHeader(
  object: ConfigObject,
  field: string,
  match: HttpMatch,
  scope: MatchScope,
): StringMatch | null {
  const condition = object.object(field);
  if (condition === null) return null;
  const text = readValueMatch(condition, scope);
  match.conditions.push(new HeaderCondition(scope.facts, scope.facts.headers.add(":" + field), text));
  return text;
}

/** Adds the values that alone can match, if they are a list. */
function addExact(match: StringMatch, anyCase: bool, values: Bytes[]): void {
  if (match instanceof TextMatch) {
    const text = <TextMatch>match;
    if (text.kind == TextMatchKind.Exact && (anyCase || !text.ignoresCase)) values.push(text.text);
  } else if (match instanceof InMatch && anyCase) {
    const texts = (<InMatch>match).texts;
    for (let i = 0; i < texts.length; i++) values.push(unchecked(texts[i]));
  }
}
