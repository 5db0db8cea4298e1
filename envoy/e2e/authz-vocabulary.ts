/**
 * What random policies are made of, and random requests. For any two values of a condition some request has one and not the
 * other, which authz.test.ts checks: a filter that confuses them is found.
 */
import type { JsonValue } from "@bufbuild/protobuf";
import type { Rule } from "../istiod/authorization-policy.ts";
import { COLOR, metadataValue, type Ends } from "./authz-stage.ts";

/** What two requests can differ in. */
export interface RequestPart {
  /** SPIFFE id of the caller; default: not known. */
  peer?: string;
  ends?: Ends;
  method?: string;
  path?: string;
  host?: string;
  headers?: [string, string][];
  /** Of a token that is valid. */
  claims?: Record<string, unknown> | undefined;
}

/** The aspects of requests that conditions look at. */
export type Aspect =
  "peer" | "ends" | "forwarded" | "method" | "path" | "host" | "header" | "cookie" | "color" | "claims";

/** Whose tokens are believed. */
export const ISSUERS = ["issuer-a", "issuer-b", "https://other.example/x"] as const;

const header = (name: string, ...values: string[]): RequestPart => ({
  headers: values.map((value): [string, string] => [name, value]),
});
const color = (value: JsonValue): RequestPart => header(COLOR, metadataValue(value));
const ends = (source: string, service: string, port: number): RequestPart => ({ ends: { source, service, port } });

/** What requests have of each aspect. */
export const REQUESTS: Record<Aspect, RequestPart[]> = {
  peer: [
    {},
    ...[
      "cluster.local/ns/default/sa/web",
      "cluster.local/ns/default/sa/website",
      "cluster.local/ns/prod/sa/web",
      "cluster.local/ns/prod/sa/api.v2",
      "cluster.local/ns/prod/sa/apixv2",
      "cluster.local/ns/defaults/sa/batch",
      "cluster.local/ns/prod/sa/web/ns/default/x",
      "cluster.local/ns/default/shard/7/sa/web",
      "cluster.local/ns/prod/sa/web/pod/7",
      "cluster.local/ns/prod/sa/web/",
      "Cluster.Local/ns/default/sa/web",
      "td1/ns/default/sa/web",
      "td1/ns/prod/sa/batch",
      "cluster.local/ns/vault/sa/batch",
      "cluster.local/ns/direct/sa/batch",
      "td2/ns/default/sa/web",
      "td2/ns/prod/sa/web",
      "other.local/ns/default/sa/web",
      "clu/ster.local/ns/default/sa/web",
    ].map((id) => ({ peer: `spiffe://${id}` })),
    { peer: "cluster.local/ns/default/sa/web" },
  ],
  ends: [
    ends("10.0.0.1", "10.96.0.10", 80),
    ends("10.0.0.200", "10.96.7.7", 8080),
    ends("10.9.9.9", "10.96.0.10", 8080),
    ends("192.168.1.1", "10.97.0.1", 65535),
    ends("fd00::1", "fd00:10:96::10", 80),
    ends("::ffff:10.0.0.1", "fd00:10:97::10", 9090),
  ],
  forwarded: [
    {},
    ...["10.0.0.1", "7.7.7.7, 192.168.1.1", "192.168.1.1, 7.7.7.7", "fd00::2", "::ffff:10.0.0.1"].map((list) =>
      header("x-forwarded-for", list),
    ),
    ...["", "garbage", "7.7.7.7,", "10.0.0.1:80", "[fd00::1]", "010.0.0.1"].map((list) =>
      header("x-forwarded-for", list),
    ),
    header("x-forwarded-for", "10.0.0.1", "7.7.7.7"),
  ],
  method: ["GET", "POST", "PUT", "DELETE", "OPTIONS", "get", "PURGE"].map((method) => ({ method })),
  path: [
    ...["/", "/admin", "/admin/", "/admin/users", "/administrator", "/api/v1", "/api/v1/items", "/index.html"],
    // Resolved before any filter sees them.
    ...["/./admin", "/x/../admin", "/%2e/admin", "/x/%2E%2e/admin", "/x/..;/admin", "/%61dmin", "/x\\..\\admin"],
    // Not resolved.
    ...["//admin", "/admin//", "/api//v1", "/api/v1//items", "/%2fadmin", "/admin%2fusers", "/api/v1%2Fitems"],
    ...["/admin;a=b", "/api/v1;a/items", "/x/%2e%2e;/admin", "/adm%2569n", "/admin%20", "/admin%ff"],
    ...[
      "/Admin",
      "/API/v1",
      "/api",
      "/api/",
      "/api/v1/",
      "/api/v1/items/",
      "/café",
      "/caf%c3%a9",
      "/api/[v1]",
      "/api/*",
      "/api/a'b",
    ],
    ...["/admin?x=/y", "/x?/admin", "/api/v1?", "/?q", "/api/v1/items?a=b.html", "/INDEX.HTML"],
    // Never reach a filter.
    ...["/admin#x", "/admin%00"],
  ].map((path) => ({ path })),
  host: [
    ...["a.test", "A.Test", "a.test:80", "api.a.test", "API.A.TEST", "a.test.", "b.test", "b.test:8080", "xa.test"],
  ].map((host) => ({ host })),
  header: [
    {},
    ...["", "a", "A", "ab", "ba", "a,b", "é"].map((value) => header("x-tag", value)),
    header("x-tag", "a", "b"),
    header("x-tag", "b", "ab"),
    header("x-tag", "", "c"),
    header("X-Other", "a"),
  ],
  cookie: [
    {},
    header("cookie", "a=1; b=2"),
    header("cookie", "a=1", "b=2"),
    header("cookie", "b=2"),
    header("cookie", "a=1; b=3"),
  ],
  color: [{}, ...["blue", "bluish", "red", "", ["red", "blue"], ["bluish"], 5, { blue: "blue" }].map(color)],
  claims: [
    {},
    ...[
      {},
      { sub: "" },
      { sub: "alice", aud: "reviews", azp: "web", groups: "a", scope: "read write", roles: "admin user" },
      { sub: "bob", aud: ["details", "reviews"], azp: "app-1", groups: ["x", "a"], scope: "write", roles: ["admin"] },
      { sub: "alice/bob", aud: [], azp: ["web"], groups: "ab", scope: ["read write"], roles: { admin: "admin" } },
      { sub: "malice", aud: "rev", groups: [["a"]], org: { team: "blue", tags: ["x", "y"] }, level: 5 },
      { sub: "al\nice", aud: "a\nb", groups: ["ba"], org: { team: ["blue"], tags: "x" }, level: "5" },
      { sub: "*", groups: "", org: [{ team: "blue" }], "org.team": "blue", level: true },
      { sub: "carol", groups: [], org: { team: "green", unit: { name: "n" } }, scope: " ", roles: "" },
      { sub: "alic", groups: [1, null, "b"], org: { unit: { name: ["n"] } }, scope: "", roles: "admins" },
      { sub: "alice", groups: null, org: "blue", scope: "x  read", "https://example.com/role": "reader" },
      { iss: ISSUERS[1], sub: "alice", groups: ["a", "b"] },
      { iss: ISSUERS[1], sub: "b", aud: "api", roles: "user" },
      { iss: ISSUERS[2], sub: "alice", groups: ["c"] },
      { iss: ISSUERS[2], sub: "bob" },
    ].map((claims) => ({ claims: { iss: ISSUERS[0], ...claims } })),
  ],
};

/** A field of a source or an operation, or a key of `when`: the values that it knows, and what it looks at. */
export interface Condition {
  place: "source" | "operation" | "when";
  name: string;
  values: string[];
  aspects: Aspect[];
}

const PRINCIPALS = [
  ...[
    "*",
    "cluster.local/ns/default/sa/web",
    "td2/ns/default/sa/web",
    "td1/ns/prod/sa/*",
    "other.local/ns/default/sa/web",
  ],
  ...["cluster.local/ns/default/sa/*", "cluster.local/ns/default/*", "*/sa/web", "*/ns/default/sa/web"],
  ...["*.local/ns/default/sa/web", "*/7", "Cluster.Local/ns/default/sa/web", "cluster.local/*"],
];
const NAMESPACES = ["*", "default", "prod", "default*", "*ult", "d*t", "vault", "p*/sa/web"];
/** `web`: of the namespace of the policy. */
const SERVICE_ACCOUNTS = ["web", "prod/web", "prod/api.v2", "default/website", "defaults/batch"];
const TRUST_DOMAINS = ["*", "cluster.local", "td1", "td2", "*.local", "clu*"];
const BLOCKS = ["10.0.0.1", "10.0.0.0/24", "10.0.0.9/8", "192.168.0.0/16", "0.0.0.0/0", "fd00::/8", "fd00::1", "::/0"];
const MORE_BLOCKS = ["::ffff:10.0.0.1", "7.7.7.7/32"];
const REQUEST_PRINCIPALS = [
  ...["*", "issuer-a/alice", "issuer-a/*", "issuer-b/*", "*/alice", "*ice", "issuer-a/al*", "issuer*", "issuer-a"],
  ...["*-b/b", "issuer-b/alice", `${ISSUERS[2]}/alice`, `${ISSUERS[2]}/*`],
];
const PORTS = ["80", "8080", "65535", "9090"];

/** Conditions of `from.source`; those that a Wasm filter cannot know are left out. Their opposites begin with `not`. */
export const SOURCES: Condition[] = [
  { place: "source", name: "principals", values: PRINCIPALS, aspects: ["peer"] },
  { place: "source", name: "namespaces", values: NAMESPACES, aspects: ["peer"] },
  { place: "source", name: "serviceAccounts", values: SERVICE_ACCOUNTS, aspects: ["peer"] },
  { place: "source", name: "trustDomains", values: TRUST_DOMAINS, aspects: ["peer"] },
  { place: "source", name: "requestPrincipals", values: REQUEST_PRINCIPALS, aspects: ["claims"] },
  { place: "source", name: "remoteIpBlocks", values: [...BLOCKS, ...MORE_BLOCKS], aspects: ["ends", "forwarded"] },
];

/** Conditions of `to.operation`. */
export const OPERATIONS: Condition[] = [
  {
    place: "operation",
    name: "hosts",
    values: ["a.test", "A.Test:80", "*.a.test", "a.test*", "*a.test", "b.test:*", "a.test."],
    aspects: ["host"],
  },
  {
    place: "operation",
    name: "methods",
    values: ["GET", "get", "P*", "POST", "*T", "DELETE", "PU*"],
    aspects: ["method"],
  },
  { place: "operation", name: "ports", values: PORTS, aspects: ["ends"] },
  {
    place: "operation",
    name: "paths",
    values: [
      ...["/", "/admin", "/admin/", "/admin/*", "/admin*", "*/admin", "*admin", "*.html", "/api/*", "/API/*", "*/"],
      ...["/api/{*}", "/api/{*}/items", "/api/{**}", "/{**}", "/{*}", "/{*}/{*}", "/api/{*}/{**}", "/api/{**}/items"],
      ...[
        "/api/{*}/",
        "/{*}/v1",
        "/api/v1;a/{*}",
        "/caf%C3%A9",
        "/caf%c3%a9",
        "//admin",
        "/%2fadmin",
        "/admin%2fusers",
      ],
    ],
    aspects: ["path"],
  },
];

const claim = (path: string, ...values: string[]): Condition => ({
  place: "when",
  name: `request.auth.claims${path}`,
  values,
  aspects: ["claims"],
});

/** Keys of `when`. */
export const CONDITIONS: Condition[] = [
  {
    place: "when",
    name: "request.headers[x-tag]",
    values: ["*", "a", "A", "a*", "*a", "*b", "a,b", "é", "c"],
    aspects: ["header"],
  },
  { place: "when", name: "request.headers[X-OTHER]", values: ["*"], aspects: ["header"] },
  { place: "when", name: "request.headers[cookie]", values: ["*", "a=1; b=2", "b=2", "a=1*"], aspects: ["cookie"] },
  { place: "when", name: "request.headers[:authority]", values: ["a.test", "A.Test", "b.*"], aspects: ["host"] },
  { place: "when", name: "request.headers[host]", values: ["a.test", "A.Test", "b.*"], aspects: ["host"] },
  {
    place: "when",
    name: "request.headers[:path]",
    values: ["/admin", "/x?/admin", "/admin?*", "*html"],
    aspects: ["path"],
  },
  { place: "when", name: "source.principal", values: PRINCIPALS, aspects: ["peer"] },
  { place: "when", name: "source.namespace", values: NAMESPACES, aspects: ["peer"] },
  { place: "when", name: "source.serviceAccount", values: SERVICE_ACCOUNTS, aspects: ["peer"] },
  { place: "when", name: "source.trustDomain", values: TRUST_DOMAINS, aspects: ["peer"] },
  { place: "when", name: "remote.ip", values: [...BLOCKS, ...MORE_BLOCKS], aspects: ["ends", "forwarded"] },
  {
    place: "when",
    name: "destination.ip",
    values: ["10.96.0.10", "10.96.0.0/16", "10.0.0.0/8", "fd00:10:96::/48"],
    aspects: ["ends"],
  },
  { place: "when", name: "destination.port", values: PORTS, aspects: ["ends"] },
  { place: "when", name: "request.auth.principal", values: REQUEST_PRINCIPALS, aspects: ["claims"] },
  {
    place: "when",
    name: "request.auth.audiences",
    values: ["*", "reviews", "rev*", "*ls", "rev", "a*"],
    aspects: ["claims"],
  },
  { place: "when", name: "request.auth.presenter", values: ["*", "web", "app*"], aspects: ["claims"] },
  claim("[iss]", ...ISSUERS),
  claim("[groups]", "*", "a", "a*", "*a", "b", "ab"),
  claim("[scope]", "*", "read", "write", "read write", "r*"),
  claim("[roles]", "*", "admin", "admin*", "user"),
  claim("[level]", "5"),
  claim("[org][team]", "*", "blue", "gr*"),
  claim("[org][tags]", "x", "y"),
  claim("[org][unit][name]", "n"),
  claim("[org.team]", "blue"),
  claim("[https://example.com/role]", "reader"),
  {
    place: "when",
    name: "experimental.envoy.filters.test[color]",
    values: ["*", "blue", "blu*", "[blue]", "[*]"],
    aspects: ["color"],
  },
];

export const ALL_CONDITIONS = [...SOURCES, ...OPERATIONS, ...CONDITIONS];

/** `notPaths` of `paths`. */
export function opposite(field: string): string {
  return `not${field.charAt(0).toUpperCase()}${field.slice(1)}`;
}

/** A rule with nothing but a condition. */
export function ruleOf(
  { place, name }: Pick<Condition, "place" | "name">,
  value: string,
  { isNegated = false } = {},
): Rule {
  if (place === "when") return { when: [{ key: name, [isNegated ? "notValues" : "values"]: [value] }] };
  const fields = { [isNegated ? opposite(name) : name]: [value] };
  return place === "source" ? { from: [{ source: fields }] } : { to: [{ operation: fields }] };
}
