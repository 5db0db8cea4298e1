import { ConfigObject } from "../../sdk";
import { RefusedField } from "../refused-field";
import { readClaims } from "./claims-reader";
import { PortCondition } from "./condition";
import { HttpMatch } from "./http-match";
import { MatchScope } from "./match-scope";
import { readCookies, readHeaders, readQueryParams, readWithoutHeaders } from "./named-value-reader";
import { readPseudoHeaders } from "./pseudo-header-reader";
import { readSourceCondition } from "./source-reader";
import { readUriMatch } from "./uri-match-reader";

/** Of one list. */
const MAX_MATCHES = 256;

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

/** Reads the field `match`: a list of what requests can be. Empty when it is absent. */
export function readHttpMatches(object: ConfigObject, scope: MatchScope): HttpMatch[] {
  const objects = object.objects("match", MAX_MATCHES);
  const matches: HttpMatch[] = [];
  for (let i = 0; i < objects.length; i++) matches.push(readHttpMatch(unchecked(objects[i]), scope));
  return matches;
}

function readHttpMatch(object: ConfigObject, scope: MatchScope): HttpMatch {
  const match = new HttpMatch();
  object.string("name");
  RefusedField.check(object, REFUSED);
  readPseudoHeaders(object, match, scope);
  match.uri = readUriMatch(object, scope);
  readHeaders(object, match, scope);
  readWithoutHeaders(object, match, scope);
  readCookies(object, match, scope);
  readQueryParams(object, match, scope);
  // What follows costs a hostcall when it is looked at.
  readPort(object, match, scope);
  readSource(object, match, scope);
  readClaims(object, match.conditions, scope);
  return match;
}

function readPort(object: ConfigObject, match: HttpMatch, scope: MatchScope): void {
  const port = <i32>object.integer("port", 0, 1, 65_535);
  if (port > 0) match.conditions.push(new PortCondition(scope.facts, port));
}

function readSource(object: ConfigObject, match: HttpMatch, scope: MatchScope): void {
  const source = object.object("source");
  if (source !== null) match.conditions.push(readSourceCondition(source, scope));
}
