import { checkHeaderName } from "../../matching/header-name";
import { readPathPattern, readPattern } from "../../matching/policy-pattern";
import { StringMatch } from "../../matching/string-match";
import { readTextMatch } from "../../matching/text-match-reader";
import { ConfigObject } from "../../sdk";
import { nearest } from "../../sdk/nearest";
import { JwtAuthConfig, Rule } from "./config";
import { HeaderMatch, RequestMatch } from "./request-match";
import { Requirement, RequirementEntry, RequirementKind } from "./requirement";

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
  const field = object.only(FIELDS);
  if (field === null) return null;
  const requirement = new Requirement(<RequirementKind>FIELDS.indexOf(field));
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
  const match = new RequestMatch();
  if (object === null) return match;
  const paths = readList(object, "paths");
  for (let i = 0; i < paths.length; i++) {
    const path = readPathPattern(object, "paths[" + i.toString() + "]", unchecked(paths[i]), config.kept);
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

function readPatterns(object: ConfigObject, field: string, config: JwtAuthConfig, ignoresCase: bool): StringMatch[] {
  const matches: StringMatch[] = [];
  const texts = readList(object, field);
  for (let i = 0; i < texts.length; i++) {
    const match = readPattern(object, field + "[" + i.toString() + "]", unchecked(texts[i]), config.kept, ignoresCase);
    if (match !== null) matches.push(match);
  }
  return matches;
}

function readHeaders(headers: ConfigObject, match: RequestMatch, config: JwtAuthConfig): void {
  const names = headers.names();
  for (let i = 0; i < names.length; i++) {
    const given = unchecked(names[i]);
    const name = checkHeaderName(headers, given, given);
    const object = headers.object(given);
    if (object === null) continue;
    const value = readTextMatch(object, config.kept, true);
    if (value !== null) match.headers.push(new HeaderMatch(config.facts.headers.add(name), value));
  }
}
