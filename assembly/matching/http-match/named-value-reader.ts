import { isHeaderName } from "../../http/header";
import { Bytes, ConfigObject } from "../../sdk";
import { CookieAttribute, RawQueryAttribute } from "../request-attribute";
import { AttributeCondition, HeaderCondition, WithoutHeaderCondition } from "./condition";
import { HttpMatch } from "./http-match";
import { MatchScope } from "./match-scope";
import { NamedMatches } from "./named-matches";
import { readValueMatch } from "./value-match-reader";

/** Header names with which VirtualService asks for claims. */
const CLAIMS_HEADER = "@request.auth.claims";

/** Reads `headers`. */
export function readHeaders(object: ConfigObject, match: HttpMatch, scope: MatchScope): void {
  const headers = NamedMatches.read(object, "headers");
  for (let value = headers.next(); value !== null; value = headers.next()) {
    checkHeaderName(headers);
    const text = readValueMatch(value, scope);
    match.conditions.push(new HeaderCondition(scope.facts, scope.headerSlot(headers.name), text));
  }
}

/** Reads `withoutHeaders`. */
export function readWithoutHeaders(object: ConfigObject, match: HttpMatch, scope: MatchScope): void {
  const headers = NamedMatches.read(object, "withoutHeaders");
  for (let value = headers.next(); value !== null; value = headers.next()) {
    checkHeaderName(headers);
    const text = readValueMatch(value, scope);
    match.conditions.push(new WithoutHeaderCondition(scope.facts, scope.headerSlot(headers.name), text));
  }
}

function checkHeaderName(headers: NamedMatches): void {
  const name = headers.name;
  if (name.startsWith(CLAIMS_HEADER)) headers.problem("is a claim in VirtualServices: use claims");
  else if (name.startsWith(":")) headers.problem("has a field of its own: uri, method, authority or scheme");
  else if (!isHeaderName(Bytes.of(name))) headers.problem("is not the name of a header");
}

/** Reads `cookies`. */
export function readCookies(object: ConfigObject, match: HttpMatch, scope: MatchScope): void {
  const cookies = NamedMatches.read(object, "cookies");
  for (let value = cookies.next(); value !== null; value = cookies.next()) {
    if (!isHeaderName(Bytes.of(cookies.name))) cookies.problem("is not the name of a cookie");
    const cookie = new CookieAttribute(scope.facts, scope.facts.cookies.add(cookies.name));
    match.conditions.push(new AttributeCondition(cookie, readValueMatch(value, scope)));
  }
}

/** Reads `queryParams`. */
export function readQueryParams(object: ConfigObject, match: HttpMatch, scope: MatchScope): void {
  const parameters = NamedMatches.read(object, "queryParams");
  for (let value = parameters.next(); value !== null; value = parameters.next()) {
    const parameter = new RawQueryAttribute(scope.facts, scope.facts.rawQuery.add(parameters.name));
    match.conditions.push(new AttributeCondition(parameter, readValueMatch(value, scope)));
  }
}
