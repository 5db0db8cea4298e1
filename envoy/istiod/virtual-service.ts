/**
 * What istiod makes of the HTTP routes of a VirtualService (`pilot/pkg/networking/core/route`): Envoy's own routes, the judge of
 * header-router's matches, rewrites and redirects. Where they lead to is the caller's to say, or `forwarding` of destinations.ts.
 */
import { defined, type Message, type Route } from "../config/types.ts";
import type { HttpRouteDestination } from "./destinations.ts";
import { quoted } from "./matchers.ts";
import { HTTP_RETRY_FIELDS, type HttpRetry } from "./retries.ts";

/** StringMatch; `{}`: presence. */
export type StringMatch = { exact: string } | { prefix: string } | { regex: string } | Record<string, never>;

/** HTTPMatchRequest. */
export interface HttpMatchRequest {
  uri?: StringMatch;
  ignoreUriCase?: boolean;
  method?: StringMatch;
  authority?: StringMatch;
  headers?: Record<string, StringMatch>;
  withoutHeaders?: Record<string, StringMatch>;
  queryParams?: Record<string, StringMatch>;
}

/** HeaderOperations. */
export interface HeaderOperations {
  set?: Record<string, string>;
  add?: Record<string, string>;
  remove?: string[];
}

/** `spec` of a VirtualService. */
export interface VirtualServiceSpec {
  hosts?: string[];
  http?: HttpRoute[];
}

/** HTTPRoute of a VirtualService. */
export interface HttpRoute {
  name?: string;
  match?: HttpMatchRequest[];
  headers?: { request?: HeaderOperations; response?: HeaderOperations };
  rewrite?: { uri?: string; authority?: string; uriRegexRewrite?: { match: string; rewrite: string } };
  redirect?: {
    uri?: string;
    authority?: string;
    scheme?: string;
    port?: number;
    redirectCode?: number;
  };
  directResponse?: { status: number; body?: { string: string } };
  route?: HttpRouteDestination[];
  /** Duration; default: none. */
  timeout?: string;
  retries?: HttpRetry;
}

const STRING_MATCH = ["exact", "prefix", "regex"];

/** Paths in `spec` of a VirtualService that are translated for a waypoint; redirects are for header-router's tests alone. */
export const VIRTUAL_SERVICE_FIELDS = [
  "hosts[]",
  ...[
    "name",
    "match[].ignoreUriCase",
    ...["uri", "method", "authority", "headers.*", "withoutHeaders.*", "queryParams.*"].flatMap((field) =>
      STRING_MATCH.map((match) => `match[].${field}.${match}`),
    ),
    ...["request", "response"].flatMap((direction) =>
      ["set.*", "add.*", "remove[]"].map((operation) => `headers.${direction}.${operation}`),
    ),
    ...["uri", "authority", "uriRegexRewrite.match", "uriRegexRewrite.rewrite"].map((field) => `rewrite.${field}`),
    ...["status", "body.string"].map((field) => `directResponse.${field}`),
    ...["destination.host", "destination.subset", "destination.port.number", "weight"].map(
      (field) => `route[].${field}`,
    ),
    "timeout",
    ...HTTP_RETRY_FIELDS.map((field) => `retries.${field}`),
  ].map((field) => `http[].${field}`),
];

/** Codes of redirects, as Envoy's enumeration has them. */
const REDIRECT_CODES = new Map([
  [301, "MOVED_PERMANENTLY"],
  [302, "FOUND"],
  [303, "SEE_OTHER"],
  [307, "TEMPORARY_REDIRECT"],
  [308, "PERMANENT_REDIRECT"],
]);

/** By which API's rules a route is read; the Gateway API's HTTPRoute matches a prefix by whole segments. */
export type Semantics = "istio" | "gateway";

/** Where requests go that are not answered: a cluster, or members of `envoy.config.route.v3.RouteAction`. */
export type Target = string | Message;

/** The routes of Envoy for an HTTP route: one for each of its matches. */
export function routesOf(route: HttpRoute, target: Target, semantics: Semantics = "istio"): Route[] {
  const matches = route.match ?? [{}];
  return matches.map((match) => ({
    name: route.name ?? "",
    match: routeMatch(match, semantics),
    ...action(route, target, match, semantics),
    ...headerOperations("request", route.headers?.request),
    ...headerOperations("response", route.headers?.response),
  }));
}

function action(route: HttpRoute, target: Target, match: HttpMatchRequest, semantics: Semantics): Message {
  const { rewrite, redirect, directResponse } = route;
  if (redirect !== undefined) {
    return {
      redirect: defined({
        host_redirect: redirect.authority,
        path_redirect: redirect.uri,
        scheme_redirect: redirect.scheme,
        port_redirect: redirect.port === impliedPort(redirect.scheme) ? undefined : redirect.port,
        response_code: REDIRECT_CODES.get(redirect.redirectCode ?? 301),
      }),
    };
  }
  if (directResponse !== undefined) {
    const { status, body } = directResponse;
    return { direct_response: defined({ status, body: body && { inline_string: body.string } }) };
  }
  return {
    route: defined({
      ...(typeof target === "string" ? { cluster: target, timeout: "0s" } : target),
      ...pathRewrite(rewrite, semantics === "gateway" ? match.uri : undefined),
      host_rewrite_literal: rewrite?.authority,
      ...(semantics === "gateway" && { cluster_not_found_response_code: "INTERNAL_SERVER_ERROR" }),
    }),
  };
}

/** @param segments  a match by whole segments, of which `rewrite.uri: /` would leave two slashes */
function pathRewrite({ uri, uriRegexRewrite }: HttpRoute["rewrite"] = {}, segments?: StringMatch): Message {
  if (uriRegexRewrite !== undefined) return regexRewrite(uriRegexRewrite);
  if (uri !== "/" || segments === undefined || !("prefix" in segments)) return { prefix_rewrite: uri };
  const prefix = segments.prefix === "/" ? "" : segments.prefix;
  return regexRewrite({ match: `^${quoted(prefix)}(/?)(.*)`, rewrite: "/\\2" });
}

function regexRewrite({ match, rewrite }: { match: string; rewrite: string }): Message {
  return { regex_rewrite: { pattern: { regex: match }, substitution: rewrite } };
}

/** The port that needs no mention. */
function impliedPort(scheme = "http"): number {
  return scheme === "https" ? 443 : 80;
}

function headerOperations(direction: "request" | "response", operations: HeaderOperations = {}): Message {
  const options = (values: Record<string, string> = {}, append_action: string) =>
    Object.entries(values).map(([key, value]) => ({ header: { key, value }, append_action }));
  return {
    [`${direction}_headers_to_add`]: [
      ...options(operations.set, "OVERWRITE_IF_EXISTS_OR_ADD"),
      ...options(operations.add, "APPEND_IF_EXISTS_OR_ADD"),
    ],
    [`${direction}_headers_to_remove`]: operations.remove ?? [],
  };
}

function routeMatch(match: HttpMatchRequest, semantics: Semantics): Message {
  return {
    ...pathMatch(match.uri, semantics),
    case_sensitive: !(match.ignoreUriCase ?? false),
    headers: [
      ...Object.entries(match.headers ?? {}).map(([name, value]) => headerMatch(name, value)),
      ...Object.entries(match.withoutHeaders ?? {}).map(([name, value]) => ({
        ...headerMatch(name, value),
        invert_match: true,
        // Envoy refuses it beside a match of presence.
        ...(isPresence(value) ? {} : { treat_missing_header_as_empty: true }),
      })),
      ...(match.method === undefined ? [] : [headerMatch(":method", match.method)]),
      ...(match.authority === undefined ? [] : [headerMatch(":authority", match.authority)]),
    ],
    query_parameters: Object.entries(match.queryParams ?? {}).map(([name, value]) => ({
      name,
      ...(isPresence(value) ? { present_match: true } : { string_match: stringMatch(value) }),
    })),
  };
}

function pathMatch(uri: StringMatch = {}, semantics: Semantics): Message {
  if ("exact" in uri) return { path: uri.exact };
  if ("regex" in uri) return { safe_regex: { regex: uri.regex } };
  const prefix = "prefix" in uri ? uri.prefix : "/";
  if (semantics === "istio" || prefix === "/") return { prefix };
  return { path_separated_prefix: prefix.replace(/\/$/, "") };
}

function headerMatch(name: string, match: StringMatch): Message {
  return { name, ...(isPresence(match) ? { present_match: true } : { string_match: stringMatch(match) }) };
}

function isPresence(match: StringMatch): boolean {
  return Object.keys(match).length === 0 || ("regex" in match && match.regex === "*");
}

function stringMatch(match: StringMatch): Message {
  return "regex" in match ? { safe_regex: { regex: match.regex } } : { ...match };
}
