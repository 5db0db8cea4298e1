/** Matchers as istiod writes them (`pilot/pkg/security/authz/matcher`). */
import type { Message } from "../config/types.ts";

/** `*` is anything but nothing, `*x` a suffix, `x*` a prefix; else the whole text. */
export function stringMatch(value: string): Message {
  return value === "*" ? ANY_TEXT : affixMatch(value);
}

/** A text that is not empty. */
export const ANY_TEXT: Message = regexMatch(".+");

/** `envoy.type.matcher.v3.StringMatcher` for a regular expression, which must match the whole text. */
export function regexMatch(regex: string): Message {
  return { safe_regex: { regex } };
}

/** A header's value, or with `*` that there is such a header. */
export function headerMatch(name: string, value: string, options: { ignoreCase: boolean }): Message {
  if (value === "*") return { name, present_match: true };
  return { name, string_match: { ...affixMatch(value), ...(options.ignoreCase && { ignore_case: true }) } };
}

function affixMatch(value: string): Message {
  if (value.startsWith("*")) return { suffix: value.slice(1) };
  return value.endsWith("*") ? { prefix: value.slice(0, -1) } : { exact: value };
}

/** `envoy.type.matcher.v3.MetadataMatcher` */
export function metadataMatch(filter: string, path: readonly string[], value: Message): Message {
  return { metadata: { filter, path: path.map((key) => ({ key })), value } };
}

/** A `ValueMatcher` for any of several; one stands for itself. */
export function anyOf(matchers: readonly Message[]): Message {
  return matchers.length === 1 && matchers[0] !== undefined ? matchers[0] : { or_match: { value_matchers: matchers } };
}

/** A `ValueMatcher` for lists with a member that matches. */
export function listWith(member: Message): Message {
  return { list_match: { one_of: member } };
}

/** A text as a regular expression that matches nothing else. */
export function quoted(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}
