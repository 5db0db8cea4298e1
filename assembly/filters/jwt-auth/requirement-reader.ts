import { ConfigObject } from "../../sdk";
import { nearest } from "../../sdk/nearest";
import { JwtAuthConfig, Rule } from "./config";
import { checkHeaderName } from "./header-name";
import { PathMatch } from "./path-match";
import { PathTemplate } from "./path-template";
import { HeaderMatch, RequestMatch } from "./request-match";
import { Requirement, RequirementEntry, RequirementKind } from "./requirement";
import { StringMatch, StringMatchKind } from "./string-match";
import { readStringMatch } from "./string-match-reader";

/** Entries, and parts of a requirement. */
const MAX_ENTRIES = 64;
/** Of what a request needs: `any` in `all` in `any` … */
const MAX_DEPTH = 8;

const FIELDS = ["provider", "any", "all", "allowMissing", "allowMissingOrFailed", "none"];

/** Reads `requirements`. For after the rules, which it names; `rules`: they as the configuration has them. */
export function readRequirements(root: ConfigObject, rules: ConfigObject[], config: JwtAuthConfig): void {
  const entries = root.objects("requirements", MAX_ENTRIES);
  if (root.has("requirements")) {
    checkPresence(root);
    for (let i = 0; i < rules.length; i++) checkPresence(unchecked(rules[i]));
  }
  for (let i = 0; i < entries.length; i++) {
    const entry = unchecked(entries[i]);
    const match = readRequestMatch(entry.object("match"), config);
    const requires = entry.object("requires");
    if (requires === null) {
      if (!entry.has("requires")) entry.problem("requires", "missing: an object is needed");
      continue;
    }
    const requirement = readRequirement(requires, config, 1);
    if (requirement !== null) config.requirements.push(new RequirementEntry(match, requirement));
  }
}

function checkPresence(object: ConfigObject): void {
  if (object.has("presence")) object.problem("presence", "must be absent: requirements say what a request needs");
}

function readRequirement(object: ConfigObject, config: JwtAuthConfig, depth: i32): Requirement | null {
  const kind = readKind(object);
  if (kind < 0) return null;
  const requirement = new Requirement(<RequirementKind>kind);
  // eslint-disable-next-line waypost/no-index -- the index of one of them
  const field = unchecked(FIELDS[kind]);
  switch (requirement.kind) {
    case RequirementKind.Provider:
      requirement.rule = readProvider(object, config);
      return requirement;
    case RequirementKind.Any:
    case RequirementKind.All:
      // eslint-disable-next-line waypost/no-recursion -- as deep as MAX_DEPTH
      if (!readParts(object, field, requirement, config, depth)) return null;
      if (requirement.kind == RequirementKind.Any) settleLeniency(requirement);
      return requirement;
    default:
      // An object without fields, as in Envoy.
      object.object(field);
      return requirement;
  }
}

/** Which of the fields is there: one must be, and one only. -1 otherwise. */
function readKind(object: ConfigObject): i32 {
  let kind = -1;
  let count = 0;
  for (let i = 0; i < FIELDS.length; i++) {
    if (!object.has(unchecked(FIELDS[i]))) continue;
    kind = i;
    count++;
  }
  if (count == 1) return kind;
  object.configuration.problem(object.path, "must have exactly one of " + FIELDS.join(", "));
  return -1;
}

function readProvider(object: ConfigObject, config: JwtAuthConfig): Rule | null {
  const name = object.requiredString("provider");
  if (name.length == 0) return null;
  const names: string[] = [];
  for (let i = 0; i < config.rules.length; i++) {
    const rule = unchecked(config.rules[i]);
    if (rule.name == name) return rule;
    names.push(rule.name);
  }
  const meant = nearest(name, names);
  object.problem("provider", "no rule has this name" + (meant === null ? "" : ", did you mean " + meant + "?"));
  return null;
}

function readParts(
  object: ConfigObject,
  field: string,
  requirement: Requirement,
  config: JwtAuthConfig,
  depth: i32,
): bool {
  if (depth == MAX_DEPTH) {
    object.problem(field, "must not be nested more than " + MAX_DEPTH.toString() + " deep");
    return false;
  }
  const parts = object.objects(field, MAX_ENTRIES);
  if (parts.length == 0) object.problem(field, "must not be empty");
  for (let i = 0; i < parts.length; i++) {
    // eslint-disable-next-line waypost/no-recursion -- as deep as MAX_DEPTH
    const part = readRequirement(unchecked(parts[i]), config, depth + 1);
    if (part !== null) requirement.parts.push(part);
  }
  return true;
}

/**
 * To allow a missing or a failed token beside others is a property of `any`, not one of its parts: it looks at the tokens
 * of its other parts only, and comes last. Where there are no others it is the only part. So it is in Envoy.
 */
function settleLeniency(any: Requirement): void {
  const others: Requirement[] = [];
  for (let i = 0; i < any.parts.length; i++) {
    const part = unchecked(any.parts[i]);
    if (part.kind == RequirementKind.AllowMissing) any.allowsMissing = true;
    else if (part.kind == RequirementKind.AllowMissingOrFailed) any.allowsFailed = true;
    else others.push(part);
  }
  const kind = any.allowsFailed ? RequirementKind.AllowMissingOrFailed : RequirementKind.AllowMissing;
  if (others.length == 0 && any.parts.length > 0) others.push(new Requirement(kind));
  any.parts = others;
}

function readRequestMatch(object: ConfigObject | null, config: JwtAuthConfig): RequestMatch {
  const match = new RequestMatch(config.pathSlot, config.methodSlot, config.authoritySlot);
  if (object === null) return match;
  const paths = readList(object, "paths");
  for (let i = 0; i < paths.length; i++) {
    const path = readPath(object, unchecked(paths[i]), "paths[" + i.toString() + "]", config);
    if (path !== null) match.paths.push(path);
  }
  match.methods = readPatterns(object, "methods", config, false);
  match.hosts = readPatterns(object, "hosts", config, true);
  const headers = object.object("headers");
  if (headers !== null) readHeaders(headers, match, config);
  return match;
}

/** An empty list would match nothing in one reading, and everything in another. */
function readList(object: ConfigObject, field: string): string[] {
  const texts = object.strings(field);
  if (object.has(field) && texts.length == 0) object.problem(field, "must not be empty: leave it out to match any");
  return texts;
}

function readPath(object: ConfigObject, text: string, field: string, config: JwtAuthConfig): PathMatch | null {
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
  const pattern = readPattern(object, text, field, config, false);
  return pattern === null ? null : new PathMatch(pattern, null);
}

function readPatterns(object: ConfigObject, field: string, config: JwtAuthConfig, ignoresCase: bool): StringMatch[] {
  const matches: StringMatch[] = [];
  const texts = readList(object, field);
  for (let i = 0; i < texts.length; i++) {
    const match = readPattern(object, unchecked(texts[i]), field + "[" + i.toString() + "]", config, ignoresCase);
    if (match !== null) matches.push(match);
  }
  return matches;
}

/** A value as in Istio's AuthorizationPolicy: `abc`, `abc*`, `*abc`, or `*` for any that is not empty. */
function readPattern(
  object: ConfigObject,
  text: string,
  field: string,
  config: JwtAuthConfig,
  ignoresCase: bool,
): StringMatch | null {
  const isSuffix = text.startsWith("*");
  const isPrefix = !isSuffix && text.endsWith("*");
  const literal = isSuffix ? text.substring(1) : isPrefix ? text.substring(0, text.length - 1) : text;
  if (literal.includes("*")) {
    object.problem(field, "must not have more than one *, at its start or end");
    return null;
  }
  let kind = isSuffix ? StringMatchKind.Suffix : isPrefix ? StringMatchKind.Prefix : StringMatchKind.Exact;
  if (literal.length == 0) kind = StringMatchKind.Present;
  return new StringMatch(kind, config.own(literal), ignoresCase);
}

function readHeaders(headers: ConfigObject, match: RequestMatch, config: JwtAuthConfig): void {
  const names = headers.names();
  for (let i = 0; i < names.length; i++) {
    const given = unchecked(names[i]);
    const name = checkHeaderName(headers, given, given);
    const object = headers.object(given);
    if (object === null) continue;
    const value = readStringMatch(object, config, true);
    if (value !== null) match.headers.push(new HeaderMatch(config.slots.add(name), value));
  }
}
