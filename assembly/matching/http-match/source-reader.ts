import { ConfigObject } from "../../sdk";
import { readPattern } from "../policy-pattern";
import { TextMatch } from "../string-match";
import { ServiceAccount, SourceCondition } from "./condition";
import { MatchScope } from "./match-scope";

/** Of one list. */
const MAX_ENTRIES = 64;

/** Reads who may have called: `{principals, namespaces, serviceAccounts}`, as the Source of an AuthorizationPolicy. */
export function readSourceCondition(source: ConfigObject, scope: MatchScope): SourceCondition {
  scope.isVerified = true;
  const condition = new SourceCondition(scope.facts);
  readPatterns(source, "principals", condition.principals, scope);
  readPatterns(source, "namespaces", condition.namespaces, scope);
  readServiceAccounts(source, condition, scope);
  if (!source.has("principals") && !source.has("namespaces") && !source.has("serviceAccounts"))
    source.configuration.problem(source.path, "must have principals, namespaces or serviceAccounts");
  return condition;
}

function readPatterns(source: ConfigObject, field: string, patterns: TextMatch[], scope: MatchScope): void {
  const texts = readList(source, field);
  for (let i = 0; i < texts.length; i++) {
    const text = unchecked(texts[i]);
    const at = field + "[" + i.toString() + "]";
    if (text.startsWith("spiffe://")) source.problem(at, "must be without spiffe://");
    const pattern = readPattern(source, at, text, scope.kept, false);
    if (pattern !== null) patterns.push(pattern);
  }
}

function readServiceAccounts(source: ConfigObject, condition: SourceCondition, scope: MatchScope): void {
  const texts = readList(source, "serviceAccounts");
  for (let i = 0; i < texts.length; i++) {
    const text = unchecked(texts[i]);
    const slash = text.indexOf("/");
    if (slash <= 0 || slash == text.length - 1 || text.indexOf("/", slash + 1) >= 0 || text.includes("*")) {
      source.problem("serviceAccounts[" + i.toString() + "]", "must be <namespace>/<service account>, without *");
      continue;
    }
    const namespace = scope.kept.keep(text.substring(0, slash));
    condition.serviceAccounts.push(new ServiceAccount(namespace, scope.kept.keep(text.substring(slash + 1))));
  }
}

function readList(source: ConfigObject, field: string): string[] {
  const texts = source.strings(field);
  if (source.has(field) && texts.length == 0) source.problem(field, "must not be empty: leave it out");
  if (texts.length > MAX_ENTRIES)
    source.problem(field, "must not have more than " + MAX_ENTRIES.toString() + " entries");
  return texts;
}
