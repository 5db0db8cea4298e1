/**
 * What istiod makes of the HTTP routes of a VirtualService (`pilot/pkg/networking/core/route`), as far as header-router has the
 * same fields: Envoy's own routes, the judge of our matches, rewrites and redirects.
 */
import { defined, type Message, type Route } from "../config/types.ts";

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

/** HTTPRoute, without its destinations. */
export interface HttpRoute {
  name: string;
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
}

/** Codes of redirects, as Envoy's enumeration has them. */
const REDIRECT_CODES = new Map([
  [301, "MOVED_PERMANENTLY"],
  [302, "FOUND"],
  [303, "SEE_OTHER"],
  [307, "TEMPORARY_REDIRECT"],
  [308, "PERMANENT_REDIRECT"],
]);

/** The routes of Envoy for an HTTP route: one for each of its matches. `cluster`: where those go that are not answered. */
export function routesOf(route: HttpRoute, cluster: string): Route[] {
  const matches = route.match ?? [{}];
  return matches.map((match) => ({
    name: route.name,
    match: routeMatch(match),
    ...action(route, cluster),
    ...headerOperations("request", route.headers?.request),
    ...headerOperations("response", route.headers?.response),
  }));
}

function action({ rewrite, redirect, directResponse }: HttpRoute, cluster: string): Message {
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
  const substitution = rewrite?.uriRegexRewrite;
  return {
    route: defined({
      cluster,
      timeout: "0s",
      prefix_rewrite: rewrite?.uri,
      host_rewrite_literal: rewrite?.authority,
      regex_rewrite: substitution && { pattern: { regex: substitution.match }, substitution: substitution.rewrite },
    }),
  };
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

function routeMatch(match: HttpMatchRequest): Message {
  return {
    ...pathMatch(match.uri),
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

function pathMatch(uri: StringMatch = {}): Message {
  if ("exact" in uri) return { path: uri.exact };
  if ("regex" in uri) return { safe_regex: { regex: uri.regex } };
  return { prefix: "prefix" in uri ? uri.prefix : "/" };
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
