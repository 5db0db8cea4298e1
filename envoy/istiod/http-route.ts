/**
 * What istiod makes of an HTTPRoute of the Gateway API whose parent is a Service: the routes of a VirtualService, in the order of
 * precedence of the Gateway API (`pilot/pkg/config/kube/gateway/conversion.go`).
 */
import type { HttpRouteDestination } from "./destinations.ts";
import { Refused } from "./manifest.ts";
import type { HeaderOperations, HttpMatchRequest, HttpRoute, StringMatch } from "./virtual-service.ts";

/** `spec` of an HTTPRoute (gateway.networking.k8s.io/v1). */
export interface HttpRouteSpec {
  parentRefs?: { group?: string; kind?: string; name: string; namespace?: string; port?: number }[];
  rules?: HttpRouteRule[];
}

export interface HttpRouteRule {
  name?: string;
  matches?: HttpRouteMatch[];
  filters?: HttpRouteFilter[];
  backendRefs?: BackendRef[];
  /** Durations. */
  timeouts?: { request?: string; backendRequest?: string };
}

interface NamedMatch {
  type?: string;
  name: string;
  value: string;
}

export interface HttpRouteMatch {
  path?: { type?: string; value?: string };
  headers?: NamedMatch[];
  queryParams?: NamedMatch[];
  method?: string;
}

interface HeaderModifier {
  set?: { name: string; value: string }[];
  add?: { name: string; value: string }[];
  remove?: string[];
}

export interface HttpRouteFilter {
  type: string;
  requestHeaderModifier?: HeaderModifier;
  responseHeaderModifier?: HeaderModifier;
  urlRewrite?: {
    hostname?: string;
    path?: { type: string; replacePrefixMatch?: string; replaceFullPath?: string };
  };
}

interface BackendRef {
  group?: string;
  kind?: string;
  name: string;
  port?: number;
  /** Default 1. */
  weight?: number;
}

const MODIFIER_FIELDS = ["set[].name", "set[].value", "add[].name", "add[].value", "remove[]"];

/** Paths in `spec` that are translated. */
export const HTTP_ROUTE_FIELDS = [
  ...["group", "kind", "name", "namespace", "port"].map((field) => `parentRefs[].${field}`),
  "rules[].name",
  ...["path.type", "path.value", "method"].map((field) => `rules[].matches[].${field}`),
  ...["headers", "queryParams"].flatMap((list) =>
    ["type", "name", "value"].map((field) => `rules[].matches[].${list}[].${field}`),
  ),
  "rules[].filters[].type",
  ...["requestHeaderModifier", "responseHeaderModifier"].flatMap((filter) =>
    MODIFIER_FIELDS.map((field) => `rules[].filters[].${filter}.${field}`),
  ),
  ...["hostname", "path.type", "path.replacePrefixMatch", "path.replaceFullPath"].map(
    (field) => `rules[].filters[].urlRewrite.${field}`,
  ),
  ...["group", "kind", "name", "port", "weight"].map((field) => `rules[].backendRefs[].${field}`),
  ...["request", "backendRequest"].map((field) => `rules[].timeouts.${field}`),
];

/**
 * Routes, each with one match.
 *
 * @param route  its namespace and name
 * @param where  how errors call it
 */
export function httpRoutesOf(
  spec: HttpRouteSpec,
  route: { namespace: string; name: string },
  where: string,
): HttpRoute[] {
  const routes = (spec.rules ?? []).flatMap((rule, index) => {
    const path = `${where}: spec.rules[${index}]`;
    const name = rule.name ?? `${route.namespace}.${route.name}.${index}`;
    const rest = { ...filtersOf(rule.filters ?? [], path), ...timeoutOf(rule.timeouts), ...destinations(rule, path) };
    // What the CRD has as default.
    const matches = rule.matches ?? [{}];
    return matches.map((match, at) => ({ name, match: [matchOf(match, `${path}.matches[${at}]`)], ...rest }));
  });
  return routes.sort((a, b) => compare(precedence(b), precedence(a)));
}

function matchOf(
  { path = {}, headers = [], queryParams = [], method }: HttpRouteMatch,
  where: string,
): HttpMatchRequest {
  const named = (list: NamedMatch[], field: string) =>
    Object.fromEntries(
      list.map(({ type = "Exact", name, value }, at) => [
        name,
        textMatch(type, value, `${where}.${field}[${at}].type`),
      ]),
    );
  return {
    uri: uriMatch(path, `${where}.path.type`),
    ...(method !== undefined && { method: { exact: method } }),
    ...(headers.length > 0 && { headers: named(headers, "headers") }),
    ...(queryParams.length > 0 && { queryParams: named(queryParams, "queryParams") }),
  };
}

function uriMatch(
  { type = "PathPrefix", value = "/" }: NonNullable<HttpRouteMatch["path"]>,
  where: string,
): StringMatch {
  if (type === "PathPrefix") return { prefix: value === "/" ? value : value.replace(/\/$/, "") };
  return textMatch(type, value, where);
}

function textMatch(type: string, value: string, where: string): StringMatch {
  if (type === "Exact") return { exact: value };
  if (type === "RegularExpression") return { regex: value };
  throw new Refused(where, `${type} is none of the Gateway API's types`);
}

function filtersOf(filters: readonly HttpRouteFilter[], where: string): Pick<HttpRoute, "headers" | "rewrite"> {
  const found: Pick<HttpRoute, "headers" | "rewrite"> = {};
  for (const [at, filter] of filters.entries()) {
    const { requestHeaderModifier, responseHeaderModifier, urlRewrite } = filter;
    if (requestHeaderModifier) found.headers = { ...found.headers, request: modifier(requestHeaderModifier) };
    else if (responseHeaderModifier) found.headers = { ...found.headers, response: modifier(responseHeaderModifier) };
    else if (urlRewrite) found.rewrite = rewriteOf(urlRewrite);
    else
      throw new Refused(`${where}.filters[${at}].type`, `the demos' stand-in for istiod does not know ${filter.type}`);
  }
  return found;
}

function modifier({ set = [], add = [], remove = [] }: HeaderModifier): HeaderOperations {
  const byName = (list: { name: string; value: string }[]) =>
    Object.fromEntries(list.map(({ name, value }) => [name, value]));
  return { set: byName(set), add: byName(add), remove };
}

function rewriteOf({ hostname, path }: NonNullable<HttpRouteFilter["urlRewrite"]>): NonNullable<HttpRoute["rewrite"]> {
  const { replacePrefixMatch, replaceFullPath } = path ?? {};
  return {
    ...(hostname !== undefined && { authority: hostname }),
    ...(replacePrefixMatch !== undefined && { uri: replacePrefixMatch.replace(/\/$/, "") || "/" }),
    ...(replaceFullPath !== undefined && { uriRegexRewrite: { match: "/.*", rewrite: replaceFullPath } }),
  };
}

/** Of the two the latter counts: there are no retries here that it could be each try's. */
function timeoutOf({ request, backendRequest }: NonNullable<HttpRouteRule["timeouts"]> = {}): { timeout?: string } {
  const timeout = [backendRequest, request].find((value) => value !== undefined && !/^0+(ms|s|m|h)$/.test(value));
  return timeout === undefined ? {} : { timeout };
}

/** Without a backend of any weight: 500. */
function destinations({ backendRefs = [] }: HttpRouteRule, where: string): Pick<HttpRoute, "route" | "directResponse"> {
  const all = backendRefs.map(({ group = "", kind = "Service", name, port, weight = 1 }, at): HttpRouteDestination => {
    const path = `${where}.backendRefs[${at}]`;
    if (group !== "" || kind !== "Service") throw new Refused(`${path}.kind`, `${kind}: expected a Service`);
    if (port === undefined) throw new Refused(`${path}.port`, "a Service needs one");
    return { destination: { host: name, port: { number: port } }, weight };
  });
  const used = all.filter(({ weight = 0 }) => weight > 0);
  return used.length === 0 ? { directResponse: { status: 500 } } : { route: used };
}

/** Exact before prefix before regular expression, longer before shorter, then method, headers, query. */
function precedence({ match = [] }: HttpRoute): number[] {
  const { uri = {}, method, headers = {}, queryParams = {} } = match[0] ?? {};
  const [kind = "", value = ""] = Object.entries(uri)[0] ?? [];
  return [
    ["regex", "prefix", "exact"].indexOf(kind),
    value.length,
    method === undefined ? 0 : 1,
    Object.keys(headers).length,
    Object.keys(queryParams).length,
  ];
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [at, value] of a.entries()) if (value !== b[at]) return value - (b[at] ?? 0);
  return 0;
}
