/**
 * Configurations of header-router without splits: good ones, bad ones, and those of which only the reader knows that they are
 * bad.
 */
import type { ReaderRule } from "./agreement.ts";

/** A configuration of one route with these fields beside its name. */
export function route(more: Record<string, unknown> = {}): Record<string, unknown> {
  return { routes: [{ name: "a", ...more }] };
}

/** A configuration of one route with this match. */
export function matching(match: unknown): Record<string, unknown> {
  return route({ match: [match] });
}

/** A configuration of one route that sets request headers. */
export function setting(set: Record<string, unknown>, more: Record<string, unknown> = {}): Record<string, unknown> {
  return route({ ...more, headers: { request: { set } } });
}

/** Accepted, by what they show. */
export const GOOD: Record<string, unknown> = {
  "the least": { routes: [{ name: "a" }] },
  "every field of a match": matching({
    name: "one",
    uri: { prefix: "/a" },
    ignoreUriCase: true,
    method: { exact: "GET" },
    authority: { suffix: ".example", ignoreCase: true },
    scheme: { exact: "http" },
    headers: { "X-A": { exact: "a" }, "x-b": {}, "x-c": { regex: "*" } },
    withoutHeaders: { "x-d": { in: ["a", "b"], ignoreCase: false } },
    queryParams: { "any name": { present: true }, b: { not: { regex: "[0-9]+" } } },
    cookies: { session: {} },
    port: 8080.0,
    claims: { sub: { exact: "a" }, "a.b": { prefix: "c" }, "[a.b][c]": {} },
    source: { principals: ["*", "a*", "*b"], namespaces: ["default"], serviceAccounts: ["a/b"] },
  }),
  "every way to look at a path": {
    routes: [
      { exact: "/a" },
      { prefix: "/" },
      { suffix: ".css" },
      { regex: "/(?P<id>[a-z]+)" },
      { in: ["/a", "/b"] },
      { present: true },
      { not: { exact: "/a" } },
      { template: "/a/{id}/{*}/{rest=**}/b" },
      {},
    ].map((uri, index) => ({ name: `${index}`, match: [{ uri }] })),
  },
  "headers of both directions": route({
    headers: {
      request: { set: { "X-A": "a {path} {{}}" }, add: { "x-b": "{headers.x-c}" }, remove: ["x-d"] },
      response: { set: { "x-a": "{query.q}" }, add: { "x-b": "{cookies.c}" }, remove: ["server"] },
    },
  }),
  "every attribute": setting({
    a: "{claims.sub}{claims.a.b}{claims[a.b][c]}",
    b: "{source.principal}{source.namespace}{source.serviceAccount}",
    c: "{headers.x-a}{query.any name}{cookies.a}",
    d: "{path}{method}{authority}{scheme}{route}",
    e: "100% of %2F and %AB%CD",
  }),
  captures: setting({ a: "{id}", b: "{rest}" }, { match: [{ uri: { template: "/{id}/{rest=**}" } }] }),
  "a rewrite": route({ rewrite: { uri: "/a/{headers.x-a}", authority: "a.example:80" } }),
  "a rewrite by regular expression": route({ rewrite: { uriRegexRewrite: { match: "^/(a)", rewrite: "/\\1b" } } }),
  "a rewrite to nothing": route({ rewrite: { uriRegexRewrite: { match: "a" } } }),
  "a redirect": route({
    redirect: { uri: "/a?b=c", authority: "a.example", scheme: "https", port: 8443, redirectCode: 308 },
  }),
  "a redirect to the request's port": route({ redirect: { derivePort: "FROM_REQUEST_PORT" } }),
  "a direct response": route({ directResponse: { status: 503, body: { string: "" } } }),
  "a direct response of bytes": route({ directResponse: { status: 200, body: { bytes: "aGVsbG8=" } } }),
  "a direct response without a body": route({ directResponse: { status: 404 } }),
  "a lane header": { laneHeader: "X-Lane", ...route() },
  "null where it may stand": {
    laneHeader: null,
    routes: [
      {
        name: "a",
        match: null,
        headers: null,
        rewrite: null,
        redirect: null,
        directResponse: null,
        split: null,
      },
      { name: "b", match: [{ uri: null, method: null, headers: null, port: null, claims: null, source: null }] },
      { name: "c", headers: { request: null, response: { set: null, add: null, remove: null } } },
      { name: "d", match: [{ uri: { exact: null, template: null }, method: { exact: null, in: null, not: null } }] },
    ],
  },
  "empty lists": route({ match: [], headers: { request: { remove: [], set: {} } } }),
};

/** Refused by both, by what they show. */
export const BAD: Record<string, unknown> = {
  "no routes": {},
  "an empty list of routes": { routes: [] },
  "a route without a name": { routes: [{}] },
  "an empty name": { routes: [{ name: "" }] },
  "an unknown field": { ...route(), mode: "SHADOW" },
  "an unknown field that is null": { ...route(), mode: null },
  "an unknown field of a route": route({ matches: [] }),
  "an unknown field of a match": matching({ url: { exact: "/a" } }),
  "an unknown field of a StringMatch": matching({ method: { exact: "a", ignorecase: true } }),
  "a match that is no list": route({ match: { uri: { exact: "/a" } } }),
  "destinations, which stay where they are": route({ route: [{ destination: { host: "a" } }] }),
  timeout: route({ timeout: "5s" }),
  "source labels": matching({ sourceLabels: { app: "a" } }),
  gateways: matching({ gateways: ["mesh"] }),
  "a path as text": matching({ uri: "/a" }),
  "an empty path": matching({ uri: { exact: "" } }),
  "ignoreCase beside present": matching({ method: { present: true, ignoreCase: true } }),
  "ignoreCase beside not": matching({ method: { not: { exact: "a" }, ignoreCase: true } }),
  "ignoreCase alone": matching({ method: { ignoreCase: true } }),
  "present that is false": matching({ method: { present: false } }),
  "an empty list of texts": matching({ method: { in: [] } }),
  "not inside of not": matching({ method: { not: { not: { exact: "a" } } } }),
  "a header by a name that is none": matching({ headers: { "x y": {} } }),
  "a pseudo header": matching({ headers: { ":path": {} } }),
  "a claim in the words of VirtualService": matching({ headers: { "@request.auth.claims.sub": {} } }),
  "a header that is null": matching({ headers: { "x-a": null } }),
  "a cookie by a name that is none": matching({ cookies: { "a=b": {} } }),
  "a claim that is none": matching({ claims: { "a..b": {} } }),
  "a port out of range": matching({ port: 65_536 }),
  "a port with a fraction": matching({ port: 80.5 }),
  "a source of nothing": matching({ source: {} }),
  "a principal with its scheme": matching({ source: { principals: ["spiffe://cluster.local/ns/a/sa/b"] } }),
  "a namespace with two stars": matching({ source: { namespaces: ["a*b*"] } }),
  "an empty list of namespaces": matching({ source: { namespaces: [] } }),
  "a service account without a namespace": matching({ source: { serviceAccounts: ["a"] } }),
  "a service account with a star": matching({ source: { serviceAccounts: ["a/*"] } }),
  "a header that frames the message": setting({ "Content-Length": "5" }),
  "the host as a header": setting({ host: "a" }),
  "a header by a name that cannot be set": setting({ ":path": "/" }),
  "an empty value": setting({ "x-a": "" }),
  "a value that is no text": setting({ "x-a": 5 }),
  "a header to remove that frames the message": route({ headers: { response: { remove: ["transfer-encoding"] } } }),
  "an unknown operation": route({ headers: { request: { append: { a: "b" } } } }),
  "a rewrite of nothing": route({ rewrite: {} }),
  "a regular expression without match": route({ rewrite: { uriRegexRewrite: { rewrite: "a" } } }),
  "a redirect to nowhere": route({ redirect: {} }),
  "a redirect with a code alone": route({ redirect: { redirectCode: 302 } }),
  "a redirect with another code": route({ redirect: { uri: "/a", redirectCode: 304 } }),
  "a redirect with another scheme": route({ redirect: { scheme: "ftp" } }),
  "a direct response without a status": route({ directResponse: { body: { string: "a" } } }),
  "a direct response with a status that is none": route({ directResponse: { status: 100 } }),
  "a body as text": route({ directResponse: { status: 200, body: "a" } }),
  "a lane header that frames the message": { laneHeader: "te", ...route() },
};

export const READER_ONLY: readonly ReaderRule[] = [
  {
    rule: "one of several fields",
    message: /^must have exactly one of |^must be alone$|cannot be combined with |^has no use where /,
    cases: {
      "two conditions on a text": matching({ method: { exact: "a", prefix: "b" } }),
      "an empty not": matching({ method: { not: {} } }),
      "a template and a text": matching({ uri: { template: "/a", exact: "/a" } }),
      "a template with ignoreUriCase": matching({ uri: { template: "/a" }, ignoreUriCase: true }),
      "two rewrites of the path": route({ rewrite: { uri: "/a", uriRegexRewrite: { match: "a" } } }),
      "a redirect and a direct response": route({ redirect: { uri: "/a" }, directResponse: { status: 200 } }),
      "a redirect and a rewrite": route({ redirect: { uri: "/a" }, rewrite: { uri: "/b" } }),
      "port and derivePort": route({ redirect: { port: 80, derivePort: "FROM_REQUEST_PORT" } }),
      "a body of two kinds": route({ directResponse: { status: 200, body: { string: "a", bytes: "YQ==" } } }),
      "a body of no kind": route({ directResponse: { status: 200, body: {} } }),
    },
  },
  {
    rule: "names are there once",
    message: /^another (route|lane) has this name$|^is there twice/,
    cases: {
      "two routes": { routes: [{ name: "a" }, { name: "a" }] },
      "one header in two cases": setting({ "x-a": "a", "X-A": "b" }),
    },
  },
  {
    rule: "names can be written to logs",
    message: /^must not have control characters|^must not be longer than 128 bytes$/,
    cases: { "a line break": { routes: [{ name: "a\nb" }] }, "a long name": { routes: [{ name: "a".repeat(129) }] } },
  },
  {
    rule: "regular expressions are RE2's",
    message: /^is not a regular expression \(RE2\): |group|backslash|rewrite/,
    cases: {
      "a parenthesis": matching({ uri: { regex: "/(a" } }),
      "a look-ahead": matching({ headers: { a: { regex: "(?=a)" } } }),
      "a rewrite of a group that is none": route({ rewrite: { uriRegexRewrite: { match: "a", rewrite: "\\1" } } }),
    },
  },
  {
    rule: "paths are paths",
    message:
      /^must start with \/$|^has braces: |^must not have a (query|fragment)|^has a character that must be percent-encoded$|^is not a path template|cannot be the name of a capture$|^is for exact and prefix only/,
    cases: {
      "no slash": matching({ uri: { exact: "a" } }),
      "a query": matching({ uri: { prefix: "/a?b" } }),
      "braces in a text": matching({ uri: { exact: "/{id}" } }),
      "half a segment": matching({ uri: { template: "/a{id}" } }),
      "a name twice": matching({ uri: { template: "/{id}/{id}" } }),
      "the name of an attribute": matching({ uri: { template: "/{path}" } }),
      "ignoreUriCase with a regular expression": matching({ uri: { regex: "/a" }, ignoreUriCase: true }),
      "a rewrite with a query": route({ rewrite: { uri: "/a?b" } }),
      "a rewrite that is not encoded": route({ rewrite: { uri: "/a b" } }),
      "a redirect with a fragment": route({ redirect: { uri: "/a#b" } }),
    },
  },
  {
    rule: "values are made of what there is",
    message:
      /is neither an attribute nor captured|^has a brace without its pair|%OPERATORS%|is not a claim|is none of \{source|is of no use|is not the name of a header$|^is not the value of a header$|^must be a host, with a port or without$/,
    cases: {
      "an unknown name": setting({ a: "{id}" }),
      "an open brace": setting({ a: "{path" }),
      "an operator of Envoy": setting({ a: "%REQ(a)%" }),
      "a claim without a name": setting({ a: "{claims.}" }),
      "a part of the source that is none": setting({ a: "{source.name}" }),
      "a lane without a split": setting({ a: "{lane}" }),
      "a header without a name": setting({ a: "{headers.}" }),
      "a line break": setting({ a: "a\nb" }),
      "an authority that is none": route({ rewrite: { authority: "a/b" } }),
    },
  },
  {
    rule: "base64",
    message: /^is not base64$/,
    cases: { "an asterisk": route({ directResponse: { status: 200, body: { bytes: "*" } } }) },
  },
];
