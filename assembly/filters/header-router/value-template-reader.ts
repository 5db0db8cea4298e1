import { isHeaderName } from "../../http/header";
import { ClaimPath } from "../../jose/claim-lookup";
import { PLAIN_ATTRIBUTES } from "../../matching/http-match/capture-name";
import { MAX_CAPTURES } from "../../matching/http-match/captures";
import {
  Attribute,
  ClaimAttribute,
  CookieAttribute,
  HeaderAttribute,
  PathAttribute,
  QueryAttribute,
  SourceAttribute,
  SourcePart,
} from "../../matching/request-attribute";
import { Bytes, ConfigObject } from "../../sdk";
import { RouterScope, TOO_MANY_CAPTURES } from "./router-scope";
import { CaptureAttribute, LaneAttribute, LiteralText } from "./value-part";
import { ValueTemplate } from "./value-template";

/** In the order of `SourcePart`. */
const SOURCE_PARTS = ["principal", "namespace", "serviceAccount"];

const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * Reads a text with attributes of the request in it: `user {claims.sub}`, where `{{` and `}}` stand for braces. Null, with a
 * problem at `field`, when it is none.
 */
export function readValueTemplate(
  object: ConfigObject,
  field: string,
  text: string,
  scope: RouterScope,
): ValueTemplate | null {
  if (hasCommandOperator(text)) {
    object.problem(field, "Envoy's %OPERATORS% are not known here: write {headers.x-name} and the like");
    return null;
  }
  const parts: Attribute[] = [];
  let literal = "";
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit != OPEN && unit != CLOSE) {
      literal += text.charAt(i);
      continue;
    }
    if (i + 1 < text.length && text.charCodeAt(i + 1) == unit) {
      literal += text.charAt(i);
      i++;
      continue;
    }
    const end = unit == OPEN ? text.indexOf("}", i) : -1;
    if (end < 0) {
      object.problem(field, "has a brace without its pair: write {{ or }} for the character");
      return null;
    }
    const part = readAttribute(object, field, text.substring(i + 1, end), scope);
    if (part === null) return null;
    if (literal.length > 0) parts.push(new LiteralText(scope.kept.keep(literal)));
    literal = "";
    parts.push(part);
    i = end;
  }
  if (literal.length > 0) parts.push(new LiteralText(scope.kept.keep(literal)));
  return new ValueTemplate(parts);
}

/** `%REQ(x)%` and `%PROTOCOL%` work in a VirtualService: copied from there they would be sent as they stand. */
function hasCommandOperator(text: string): bool {
  for (let start = text.indexOf("%"); start >= 0; start = text.indexOf("%", start + 1)) {
    let end = start + 1;
    while (end < text.length && isOperatorUnit(text.charCodeAt(end))) end++;
    const isNamed = end - start - 1 >= LEAST_OPERATOR_LENGTH && end < text.length;
    if (isNamed && (text.charAt(end) == "%" || text.charAt(end) == "(")) return true;
  }
  return false;
}

/** The two digits of a percent-encoding can be letters. */
const LEAST_OPERATOR_LENGTH = 3;

function isOperatorUnit(unit: i32): bool {
  return (unit >= 0x41 && unit <= 0x5a) || unit == 0x5f;
}

/** The attribute that stands between braces; null, with a problem, when there is none of that name. */
function readAttribute(object: ConfigObject, field: string, name: string, scope: RouterScope): Attribute | null {
  const facts = scope.facts;
  if (name.startsWith("claims.") || name.startsWith("claims["))
    return readClaim(object, field, name.substring(6), scope);
  if (name.startsWith("source.")) return readSource(object, field, name, scope);
  if (name.startsWith("headers.")) return readHeader(object, field, name.substring(8), scope);
  if (name.startsWith("query.") && name.length > 6)
    return new QueryAttribute(facts, facts.query.add(name.substring(6)));
  if (name.startsWith("cookies.") && name.length > 8)
    return new CookieAttribute(facts, facts.cookies.add(name.substring(8)));
  if (PLAIN_ATTRIBUTES.includes(name)) return plainAttribute(object, field, name, scope);
  const capture = scope.capture(name);
  if (capture >= 0) return new CaptureAttribute(scope.evaluation, capture);
  if (capture == TOO_MANY_CAPTURES)
    object.problem(field, "must not take more than " + MAX_CAPTURES.toString() + " captures in one route");
  else object.problem(field, "{" + name + "} is neither an attribute nor captured by the route's match");
  return null;
}

function plainAttribute(object: ConfigObject, field: string, name: string, scope: RouterScope): Attribute {
  if (name == "path") return new PathAttribute(scope.facts);
  if (name == "route") return new LiteralText(scope.kept.keep(scope.routeName));
  if (name != "lane") return new HeaderAttribute(scope.facts, scope.facts.headers.add(":" + name));
  if (!scope.hasLanes) object.problem(field, "{lane} is of no use: the route has no split");
  return new LaneAttribute(scope.evaluation);
}

function readClaim(object: ConfigObject, field: string, text: string, scope: RouterScope): Attribute | null {
  const path = ClaimPath.parse(Bytes.of(text.startsWith(".") ? text.substring(1) : text));
  if (path !== null) return new ClaimAttribute(scope.facts, scope.facts.claims.add(path));
  object.problem(field, "{claims" + text + "} is not a claim: write {claims.a.b} or {claims[a.b][c]}");
  return null;
}

function readSource(object: ConfigObject, field: string, name: string, scope: RouterScope): Attribute | null {
  const part = SOURCE_PARTS.indexOf(name.substring(7));
  if (part >= 0) return new SourceAttribute(scope.facts, <SourcePart>part);
  object.problem(field, "{" + name + "} is none of {source.principal}, {source.namespace}, {source.serviceAccount}");
  return null;
}

function readHeader(object: ConfigObject, field: string, name: string, scope: RouterScope): Attribute | null {
  if (isHeaderName(Bytes.of(name))) return new HeaderAttribute(scope.facts, scope.headerSlot(name));
  object.problem(field, "{headers." + name + "}: is not the name of a header");
  return null;
}
