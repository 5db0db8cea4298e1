import { isHeaderName, isHeaderValue } from "../../http/header";
import { readClaimPath } from "../../matching/claim-path-reader";
import { readHeaderName } from "../../matching/header-name";
import { readClaims } from "../../matching/http-match/claims-reader";
import { Condition } from "../../matching/http-match/condition";
import { readSourceCondition } from "../../matching/http-match/source-reader";
import {
  Attribute,
  ClaimAttribute,
  CookieAttribute,
  HeaderAttribute,
  SourceAttribute,
  SourcePart,
} from "../../matching/request-attribute";
import { Bytes, ConfigObject } from "../../sdk";
import * as ascii from "../../text/ascii";
import { readLanes } from "./lane-reader";
import { LaneSet } from "./lane-set";
import { RouterScope } from "./router-scope";
import { Split } from "./split";
import { KeyCookie } from "./split-cookie";
import { AttributeKey, RandomKey, SplitKey } from "./split-key";
import { LaneOverride } from "./split-override";

/** Entries of `override.sources`. */
const MAX_SOURCES = 64;

const KEYS = ["header", "cookie", "claim", "source", "random"];

const SECOND: i64 = 1_000;
const DEFAULT_TTL: i64 = 30 * 86_400_000;
/** Browsers keep no cookie longer (RFC 6265bis §5.6.2). */
const MAX_TTL: i64 = 400 * 86_400_000;

/** Reads the field `split` of a route. Null: the route has none. */
export function readSplit(route: ConfigObject, scope: RouterScope): Split | null {
  const object = route.object("split");
  if (object === null) return null;
  const wasVerified = scope.isVerified;
  // What a lane sets stands for the lane: a client must not be able to make it up.
  scope.isVerified = true;
  scope.hasLanes = true;
  const lanes = readLanes(object, scope);
  const split = new Split(
    readKey(object, scope),
    scope.kept.keep(object.string("salt", scope.routeName)),
    lanes,
    new LaneSet(lanes),
    readOverride(object, scope),
    object.bool("disabled", false),
  );
  scope.isVerified = wasVerified;
  return split;
}

/** Null: nobody may name the lane. */
function readOverride(split: ConfigObject, scope: RouterScope): LaneOverride | null {
  const object = split.object("override");
  if (object === null) return null;
  const sources: Condition[] = [];
  const objects = object.objects("sources", MAX_SOURCES);
  for (let i = 0; i < objects.length; i++) sources.push(readSourceCondition(unchecked(objects[i]), scope));
  const claims: Condition[] = [];
  readClaims(object, claims, scope);
  if (object.has("sources") && sources.length == 0) object.problem("sources", "must not be empty: leave it out");
  if (object.has("claims") && claims.length == 0) object.problem("claims", "must not be empty: leave it out");
  if (!object.has("sources") && !object.has("claims"))
    split.problem("override", "must have sources or claims: otherwise any client could choose its lane");
  const slot = object.has("header") ? scope.addOverrideHeader(readHeaderName(object, "header")) : -1;
  return new LaneOverride(scope.facts, scope.evaluation, slot, sources, claims);
}

function readKey(split: ConfigObject, scope: RouterScope): SplitKey {
  const by = split.object("by");
  const isIssued = split.has("issueCookie");
  if (by === null) {
    split.problem("by", "missing: an object is needed");
    return new RandomKey();
  }
  const kind = by.only(KEYS);
  if (kind === null) return new RandomKey();
  const attribute = readAttribute(by, kind, scope);
  if (attribute !== null) return readAttributeKey(split, attribute, kind == "cookie" ? by.string("cookie") : "", scope);
  if (kind == "random" && isIssued) split.problem("issueCookie", "has no use where each request has a key of its own");
  return new RandomKey();
}

/** What the key is made of; null when it is random, or when there is a problem. */
function readAttribute(by: ConfigObject, kind: string, scope: RouterScope): Attribute | null {
  const facts = scope.facts;
  if (kind == "header") return new HeaderAttribute(facts, facts.headers.add(readHeaderName(by, "header")));
  if (kind == "cookie") return readCookie(by, "cookie", by.requiredString("cookie"), scope);
  if (kind == "claim") {
    const path = readClaimPath(by);
    return path === null ? null : new ClaimAttribute(facts, facts.claims.add(path));
  }
  if (kind == "source") {
    by.choice("source", ["principal"], 0);
    return new SourceAttribute(facts, SourcePart.Principal);
  }
  by.object("random");
  return null;
}

/** `fallback`: name of the cookie when `issueCookie` has none; it may be empty. */
function readAttributeKey(split: ConfigObject, attribute: Attribute, fallback: string, scope: RouterScope): SplitKey {
  const object = split.object("issueCookie");
  if (object === null) return new AttributeKey(attribute, null, null);
  const name = fallback.length > 0 && !object.has("name") ? fallback : object.requiredString("name");
  const seconds = object.duration("ttl", DEFAULT_TTL, SECOND, MAX_TTL) / SECOND;
  const path = object.string("path", "/");
  if (!isCookiePath(Bytes.of(path))) object.problem("path", "must begin with / and have no ; or control character");
  const attributes = "; Max-Age=" + seconds.toString() + "; Path=" + path + "; HttpOnly; SameSite=Lax";
  const cookie = new KeyCookie(
    scope.facts,
    scope.facts.headers.add("x-forwarded-proto"),
    scope.kept.keep(name + "="),
    scope.kept.keep(attributes),
  );
  return new AttributeKey(attribute, cookie, readCookie(object, "name", name, scope));
}

/** The name of a cookie is a token (RFC 6265 §4.1.1); what is none would never be found. */
function readCookie(object: ConfigObject, field: string, name: string, scope: RouterScope): CookieAttribute {
  if (name.length > 0 && !isHeaderName(Bytes.of(name))) object.problem(field, "is not the name of a cookie");
  return new CookieAttribute(scope.facts, scope.facts.cookies.add(name));
}

function isCookiePath(path: Bytes): bool {
  return path.at(0) == ascii.SLASH && path.indexOf(ascii.SEMICOLON) < 0 && isHeaderValue(path);
}
