import { isHeaderName } from "../../http/header";
import { ClaimPath } from "../../jose/claim-lookup";
import { JsonKind } from "../../json/document";
import { readPattern } from "../../matching/policy-pattern";
import { StringMatch, TextMatch, TextMatchKind } from "../../matching/string-match";
import { InMatch } from "../../matching/string-match-kinds";
import { STRING_MATCH_FIELDS, readStringMatch } from "../../matching/string-match-reader";
import { Bytes, ConfigObject } from "../../sdk";
import { Attribute, CookieAttribute, RawQueryAttribute } from "./attribute";
import { ClaimCondition } from "./claim-condition";
import {
  AttributeCondition,
  HeaderCondition,
  PortCondition,
  ServiceAccount,
  SourceCondition,
  WithoutHeaderCondition,
} from "./condition";
import { HttpMatch } from "./http-match";
import { RefusedField } from "./refused-field";
import { RouterScope } from "./router-scope";
import { readUriMatch } from "./uri-match-reader";

/** Conditions of one kind, and entries of a list. */
const MAX_ENTRIES = 64;

/** Header names with which VirtualService asks for claims. */
const CLAIMS_HEADER = "@request.auth.claims";

/** Fields of HTTPMatchRequest that mean nothing here, and what to use in their place. */
const REFUSED: RefusedField[] = [
  new RefusedField(
    "sourceLabels",
    "a waypoint does not know the labels of callers: use source, with principals, namespaces or serviceAccounts",
  ),
  new RefusedField("gateways", "the targetRefs of a WasmPlugin or TrafficExtension say in which proxies a filter runs"),
  new RefusedField(
    "sourceNamespace",
    "that is about the proxy's own namespace: use source.namespaces for the caller's",
  ),
  new RefusedField("statPrefix", "requests are counted by the name of their route"),
];

/** Reads an entry of `match`. */
export function readHttpMatch(object: ConfigObject, scope: RouterScope): HttpMatch {
  const match = new HttpMatch();
  object.string("name");
  RefusedField.check(object, REFUSED);
  readPseudoHeader(object, "method", match, scope);
  readPseudoHeader(object, "authority", match, scope);
  readPseudoHeader(object, "scheme", match, scope);
  match.uri = readUriMatch(object, scope);
  readHeaders(object, "headers", match, scope);
  readHeaders(object, "withoutHeaders", match, scope);
  readCookies(object, match, scope);
  readQueryParams(object, match, scope);
  // What follows costs a hostcall when it is looked at.
  readPort(object, match, scope);
  readSource(object, match, scope);
  readClaims(object, match, scope);
  return match;
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

/** What a value must match; null: any does. */
function readValueMatch(object: ConfigObject, scope: RouterScope): StringMatch | null {
  return isPresence(object) ? null : readStringMatch(object, scope.kept);
}

/** Reads `:method` and its like; also what of it an index can go by. */
function readPseudoHeader(object: ConfigObject, field: string, match: HttpMatch, scope: RouterScope): void {
  const condition = object.object(field);
  if (condition === null) return;
  const text = readValueMatch(condition, scope);
  match.conditions.push(new HeaderCondition(scope.facts, scope.facts.headers.add(":" + field), text));
  if (text === null) return;
  if (field == "method") addExact(text, false, match.methods);
  else if (field == "authority") addExact(text, true, match.hosts);
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

function readHeaders(object: ConfigObject, field: string, match: HttpMatch, scope: RouterScope): void {
  const headers = readMembers(object, field);
  if (headers === null) return;
  const names = headers.names();
  for (let i = 0; i < names.length; i++) {
    const name = unchecked(names[i]);
    const condition = readMember(headers, name);
    if (condition === null) continue;
    checkName(headers, name);
    const text = readValueMatch(condition, scope);
    const slot = scope.headerSlot(name);
    if (field == "headers") match.conditions.push(new HeaderCondition(scope.facts, slot, text));
    else match.conditions.push(new WithoutHeaderCondition(scope.facts, slot, text));
  }
}

function checkName(headers: ConfigObject, name: string): void {
  if (name.startsWith(CLAIMS_HEADER)) headers.problem(name, "is a claim in VirtualServices: use claims");
  else if (name.startsWith(":")) headers.problem(name, "has a field of its own: uri, method, authority or scheme");
  else if (!isHeaderName(Bytes.of(name))) headers.problem(name, "is not the name of a header");
}

function readCookies(object: ConfigObject, match: HttpMatch, scope: RouterScope): void {
  const cookies = readMembers(object, "cookies");
  if (cookies === null) return;
  const names = cookies.names();
  for (let i = 0; i < names.length; i++) {
    const name = unchecked(names[i]);
    const condition = readMember(cookies, name);
    if (condition === null) continue;
    if (!isHeaderName(Bytes.of(name))) cookies.problem(name, "is not the name of a cookie");
    addCondition(match, new CookieAttribute(scope.facts, scope.facts.cookies.add(name)), condition, scope);
  }
}

function readQueryParams(object: ConfigObject, match: HttpMatch, scope: RouterScope): void {
  const parameters = readMembers(object, "queryParams");
  if (parameters === null) return;
  const names = parameters.names();
  for (let i = 0; i < names.length; i++) {
    const name = unchecked(names[i]);
    const condition = readMember(parameters, name);
    if (condition === null) continue;
    addCondition(match, new RawQueryAttribute(scope.facts, scope.facts.rawQuery.add(name)), condition, scope);
  }
}

function addCondition(match: HttpMatch, attribute: Attribute, condition: ConfigObject, scope: RouterScope): void {
  match.conditions.push(new AttributeCondition(attribute, readValueMatch(condition, scope)));
}

/** An object whose members the configuration's author names. */
function readMembers(object: ConfigObject, field: string): ConfigObject | null {
  const members = object.object(field);
  if (members !== null && members.names().length > MAX_ENTRIES)
    object.problem(field, "must not have more than " + MAX_ENTRIES.toString() + " entries");
  return members;
}

/** A StringMatch in such an object. Nothing in its place would hold for every request. */
function readMember(members: ConfigObject, name: string): ConfigObject | null {
  if (!members.has(name)) members.problem(name, "must be an object");
  return members.object(name);
}

function readPort(object: ConfigObject, match: HttpMatch, scope: RouterScope): void {
  const port = <i32>object.integer("port", 0, 1, 65_535);
  if (port > 0) match.conditions.push(new PortCondition(scope.facts, port));
}

/** Reads the field `claims`: what must be true of the verified token's claims. */
export function readClaims(object: ConfigObject, match: HttpMatch, scope: RouterScope): void {
  const claims = readMembers(object, "claims");
  if (claims === null) return;
  const names = claims.names();
  for (let i = 0; i < names.length; i++) {
    const name = unchecked(names[i]);
    const condition = readMember(claims, name);
    if (condition === null) continue;
    scope.isVerified = true;
    const text = readValueMatch(condition, scope);
    const path = ClaimPath.parse(Bytes.of(name));
    if (path !== null) match.conditions.push(new ClaimCondition(scope.facts, scope.facts.claims.add(path), text));
    else claims.problem(name, 'is not a claim: write "a", "a.b" for a nested one, or "[a.b][c]"');
  }
}

function readSource(object: ConfigObject, match: HttpMatch, scope: RouterScope): void {
  const source = object.object("source");
  if (source !== null) match.conditions.push(readSourceCondition(source, scope));
}

/** Reads who may have called: `{principals, namespaces, serviceAccounts}`, as the Source of an AuthorizationPolicy. */
export function readSourceCondition(source: ConfigObject, scope: RouterScope): SourceCondition {
  scope.isVerified = true;
  const condition = new SourceCondition(scope.facts);
  readPatterns(source, "principals", condition.principals, scope);
  readPatterns(source, "namespaces", condition.namespaces, scope);
  readServiceAccounts(source, condition, scope);
  if (!source.has("principals") && !source.has("namespaces") && !source.has("serviceAccounts"))
    source.configuration.problem(source.path, "must have principals, namespaces or serviceAccounts");
  return condition;
}

function readPatterns(source: ConfigObject, field: string, patterns: TextMatch[], scope: RouterScope): void {
  const texts = readList(source, field);
  for (let i = 0; i < texts.length; i++) {
    const text = unchecked(texts[i]);
    const at = field + "[" + i.toString() + "]";
    if (text.startsWith("spiffe://")) source.problem(at, "must be without spiffe://");
    const pattern = readPattern(source, at, text, scope.kept, false);
    if (pattern !== null) patterns.push(pattern);
  }
}

function readServiceAccounts(source: ConfigObject, condition: SourceCondition, scope: RouterScope): void {
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
