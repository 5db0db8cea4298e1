import { ConfigObject } from "../sdk";
import { KeptBytes } from "./kept-bytes";
import { PathMatch } from "./path-match";
import { PathTemplate } from "./path-template";
import { TextMatch, TextMatchKind } from "./string-match";

/**
 * Reads a value as in Istio's AuthorizationPolicy: `abc`, `abc*`, `*abc`, or `*` for any that is not empty. Null, with a
 * problem at `field`, when it is none.
 */
export function readPattern(
  object: ConfigObject,
  field: string,
  text: string,
  kept: KeptBytes,
  ignoresCase: bool,
): TextMatch | null {
  const isSuffix = text.startsWith("*");
  const isPrefix = !isSuffix && text.endsWith("*");
  const literal = isSuffix ? text.substring(1) : isPrefix ? text.substring(0, text.length - 1) : text;
  if (literal.includes("*")) {
    object.problem(field, "must not have more than one *, at its start or end");
    return null;
  }
  let kind = isSuffix ? TextMatchKind.Suffix : isPrefix ? TextMatchKind.Prefix : TextMatchKind.Exact;
  if (literal.length == 0) kind = TextMatchKind.Present;
  return new TextMatch(kind, kept.keep(literal), ignoresCase);
}

/** Reads a path of an AuthorizationPolicy: a pattern, or a template of `{*}` and `{**}`. */
export function readPathPattern(object: ConfigObject, field: string, text: string, kept: KeptBytes): PathMatch | null {
  if (text.includes("?") || text.includes("#")) object.problem(field, "must not have a query or fragment");
  if (PathTemplate.isTemplate(text)) {
    const template = PathTemplate.parse(text);
    if (template !== null) return new PathMatch(null, template);
    object.problem(
      field,
      "is not a path template: {*} is one segment, {**} any number, other segments have none of *, { and }",
    );
    return null;
  }
  if (!text.startsWith("/") && !text.startsWith("*")) object.problem(field, "must start with / or *");
  const pattern = readPattern(object, field, text, kept, false);
  return pattern === null ? null : new PathMatch(pattern, null);
}
