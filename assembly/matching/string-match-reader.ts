import { Regex } from "../regex/regex";
import { Bytes, ConfigObject } from "../sdk";
import { KeptBytes } from "./kept-bytes";
import { StringMatch, TextMatch, TextMatchKind } from "./string-match";
import { InMatch, NotMatch, RegexMatch } from "./string-match-kinds";
import { TEXT_FIELDS, readPresent } from "./text-match-reader";

/** Texts of `in`. */
const MAX_TEXTS = 1000;

/** Those that say what is compared. */
export const STRING_MATCH_FIELDS = TEXT_FIELDS.concat(["regex", "in", "present", "not"]);

/**
 * Reads a StringMatch: exactly one of `exact`, `prefix`, `suffix`, `regex` (RE2 syntax, the whole value), `in` (a list),
 * `present: true` (any value that is not empty) and `not` (another one of these); `ignoreCase` beside any but `present` and
 * `not`. Null, with a problem, when it is none.
 */
export function readStringMatch(object: ConfigObject, kept: KeptBytes): StringMatch | null {
  const field = object.only(STRING_MATCH_FIELDS);
  if (field === null) return null;
  return field == "not" ? readNot(object, kept) : readPositive(object, kept, field);
}

function readNot(object: ConfigObject, kept: KeptBytes): StringMatch | null {
  const inner = object.object("not");
  if (inner === null) return null;
  const field = inner.only(STRING_MATCH_FIELDS);
  if (field === null) return null;
  if (field == "not") {
    inner.problem("not", "must not be in another not");
    return null;
  }
  const match = readPositive(inner, kept, field);
  return match === null ? null : new NotMatch(match);
}

function readPositive(object: ConfigObject, kept: KeptBytes, field: string): StringMatch | null {
  if (field == "present") return readPresent(object, kept);
  const ignoresCase = object.bool("ignoreCase", false);
  if (field == "in") return readIn(object, kept, ignoresCase);
  const text = object.requiredString(field);
  if (text.length == 0) return null;
  if (field == "regex") return readRegexMatch(object, field, text, ignoresCase);
  return new TextMatch(<TextMatchKind>TEXT_FIELDS.indexOf(field), kept.keep(text), ignoresCase);
}

function readIn(object: ConfigObject, kept: KeptBytes, ignoresCase: bool): StringMatch {
  const texts: Bytes[] = [];
  const given = object.strings("in");
  if (given.length == 0) object.problem("in", "must not be empty");
  if (given.length > MAX_TEXTS) object.problem("in", "must not have more than " + MAX_TEXTS.toString() + " entries");
  for (let i = 0; i < given.length; i++) texts.push(kept.keep(unchecked(given[i])));
  return new InMatch(texts, ignoresCase);
}

function readRegexMatch(object: ConfigObject, field: string, text: string, ignoresCase: bool): RegexMatch | null {
  const regex = readRegex(object, field, text, ignoresCase);
  return regex === null ? null : new RegexMatch(regex);
}

/** Compiles a regular expression; null, with a problem at `field` that says where it is wrong, when RE2 would refuse it. */
export function readRegex(object: ConfigObject, field: string, text: string, ignoresCase: bool = false): Regex | null {
  const regex = Regex.compile(text, ignoresCase);
  if (regex === null) object.problem(field, "is not a regular expression (RE2): " + Regex.problem);
  return regex;
}
