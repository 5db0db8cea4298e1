import { TextMatch, TextMatchKind } from "../string-match";
import { readStringMatch } from "../string-match-reader";
import { ConfigObject } from "../../sdk";
import { isCaptureName } from "./capture-name";
import { MatchScope } from "./match-scope";
import { UriMatch } from "./uri-match";
import { UriTemplate } from "./uri-template";
import { countComparisons, isPresence } from "./value-match-reader";

/** Reads `uri` and `ignoreUriCase` of a match: a StringMatch of the path, or `{template: …}`. */
export function readUriMatch(object: ConfigObject, scope: MatchScope): UriMatch {
  const ignoresCase = object.bool("ignoreUriCase", false);
  const uri = object.object("uri");
  if (uri === null) return new UriMatch(null, null);
  if (uri.has("template")) return readTemplate(uri, ignoresCase);
  if (isPresence(uri)) return new UriMatch(null, null);
  checkText(uri, "exact");
  checkText(uri, "prefix");
  const match = readStringMatch(uri, scope.kept);
  if (match === null || !ignoresCase) return new UriMatch(match, null);
  if (match instanceof TextMatch) {
    const text = <TextMatch>match;
    if (text.kind == TextMatchKind.Exact || text.kind == TextMatchKind.Prefix)
      return new UriMatch(new TextMatch(text.kind, text.text, true), null);
  }
  object.problem("ignoreUriCase", "is for exact and prefix only, as in Istio: write ignoreCase in uri");
  return new UriMatch(match, null);
}

/** What would never match, because Envoy hands a path over otherwise. */
function checkText(uri: ConfigObject, field: string): void {
  if (!uri.has(field)) return;
  const text = uri.string(field);
  if (text.includes("{") || text.includes("}")) uri.problem(field, "has braces: a path template goes into template");
  else if (text.includes("?") || text.includes("#"))
    uri.problem(field, "must not have a query or fragment: use queryParams");
  else if (text.length > 0 && !text.startsWith("/")) uri.problem(field, "must start with /");
}

function readTemplate(uri: ConfigObject, ignoresCase: bool): UriMatch {
  const text = uri.requiredString("template");
  if (countComparisons(uri) > 0) uri.problem("template", "must be alone");
  if (ignoresCase) uri.problem("template", "cannot be combined with ignoreUriCase");
  const template = UriTemplate.parse(text);
  if (template === null) {
    if (text.length > 0) uri.problem("template", PROBLEM);
    return new UriMatch(null, null);
  }
  const names = template.captureNames();
  for (let i = 0; i < names.length; i++) {
    const name = unchecked(names[i]);
    if (!isCaptureName(name)) uri.problem("template", "{" + name + "}: cannot be the name of a capture");
  }
  return new UriMatch(null, template);
}

const PROBLEM =
  "is not a path template: {*} or {name} is one segment, {**} or {name=**} any number, no two names are alike, " +
  "and other segments are text that needs no encoding";
