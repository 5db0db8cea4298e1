/** What a waypoint adds: callers behind an outer listener, metadata of filters in front, clusters by header, normal paths. */
import type { ConformanceCase, ConformanceStep } from "./case.ts";

const prop = (path: readonly string[]): string => ` prop ${path.map((part) => encodeURIComponent(part)).join("%00")}`;
const onHeaders = (paths: readonly (readonly string[])[]): string =>
  `on_request_headers\n${paths.map(prop).join("\n")}\n`;
const get = (...headers: [string, string][]): ConformanceStep => ({ request: { headers } });
const forwardedFor = (value: string) => get(["x-forwarded-for", value]);
const path = (target: string): ConformanceStep => ({ request: { path: target } });

const CALLER = {
  principal: "spiffe://cluster.local/ns/default/sa/sleep",
  destination: "10.96.0.10:8080",
  source: "10.1.2.3:40000",
};
const ADDRESSES = [
  ["source", "address"],
  ["source", "port"],
  ["destination", "address"],
  ["destination", "port"],
];

const PAYLOAD = {
  iss: "issuer",
  number: 5,
  fraction: 1.5,
  large: 12345678901234567000,
  true: true,
  false: false,
  empty: "",
  list: ["a", "b"],
  "empty list": [],
  object: { member: { deep: "v" } },
  "empty object": {},
  "a.b": "dot",
  text: "ü\u0000",
  "list with null": ["a", null],
  null: null,
};
const JWT_AUTHN = ["metadata", "filter_metadata", "envoy.filters.http.jwt_authn"];

/** All but the zero octet, which makes a path that is refused. */
const octets = Array.from({ length: 255 }, (_, index) => index + 1);
const escaped = (octet: number): string => `%${octet.toString(16).padStart(2, "0")}`;

export const WAYPOINT_CASES: ConformanceCase[] = [
  {
    name: "properties of a caller that an outer listener knows",
    scripts: [
      onHeaders([
        ...ADDRESSES,
        ["filter_state", "io.istio.peer_principal"],
        ["filter_state", "io.istio.local_principal"],
        ["connection", "mtls"],
        ["connection", "uri_san_peer_certificate"],
      ]),
    ],
    caller: CALLER,
    steps: [get()],
  },
  {
    name: "a caller of IPv6 without an identity",
    scripts: [onHeaders([...ADDRESSES, ["filter_state", "io.istio.peer_principal"]])],
    caller: { destination: "[fd00::10]:80", source: "[fd00::1:2]:40000" },
    steps: [get(), forwardedFor("7.7.7.7")],
  },
  {
    name: "source.address is what the last entry of x-forwarded-for says",
    scripts: [onHeaders([["source", "address"]]) + " replace 0 x-forwarded-for 8.8.8.8\n prop source%00address"],
    caller: CALLER,
    steps: [
      "7.7.7.7",
      "1.1.1.1, 7.7.7.7",
      "7.7.7.7,1.1.1.1",
      " 7.7.7.7 ",
      "7.7.7.7,",
      ",",
      "",
      "7.7.7.7, unknown",
      "7.7.7.7:80",
      "7.7.7",
      "07.7.7.7",
      "::1",
      "[::1]",
      "[::1]:80",
      "2001:DB8:0:0::1",
      "::ffff:1.2.3.4",
    ].map(forwardedFor),
  },
  {
    name: "x-forwarded-for in two headers",
    scripts: [onHeaders([["source", "address"]])],
    caller: CALLER,
    steps: [get(["x-forwarded-for", "1.1.1.1"], ["x-forwarded-for", "2.2.2.2"])],
  },
  {
    name: "dynamic metadata of another filter",
    scripts: [
      onHeaders([
        JWT_AUTHN,
        [...JWT_AUTHN, "payload"],
        ...Object.keys(PAYLOAD).map((claim) => [...JWT_AUTHN, "payload", claim]),
        [...JWT_AUTHN, "payload", "list", "1"],
        [...JWT_AUTHN, "payload", "list", "2"],
        [...JWT_AUTHN, "payload", "object", "member"],
        [...JWT_AUTHN, "payload", "object", "member", "deep"],
        [...JWT_AUTHN, "payload", "object", "none"],
        [...JWT_AUTHN, "payload", "iss", "none"],
        ["metadata", "filter_metadata", "none"],
      ]),
    ],
    metadata: { "envoy.filters.http.jwt_authn": { payload: PAYLOAD } },
    steps: [get()],
  },
  // Of messages and maps with several entries the order is any, and what they come to is not compared.
  ...[
    { claim: "text" },
    { claim: 5 },
    { claim: true },
    { claim: null },
    { claim: ["a", 1] },
    { claim: { a: "b" } },
  ].map((payload): ConformanceCase => ({
    name: `dynamic metadata as a whole: ${JSON.stringify(payload)}`,
    scripts: [onHeaders([["metadata"], ["metadata", "filter_metadata"], JWT_AUTHN, [...JWT_AUTHN, "payload"]])],
    metadata: { "envoy.filters.http.jwt_authn": { payload } },
    steps: [get()],
  })),
  {
    name: "a route's cluster is what a header says when the router asks",
    scripts: [
      "on_request_headers\n prop xds%00cluster_name\n prop xds%00route_name\n remove 0 x-cluster\n prop xds%00cluster_name\n replace 0 x-cluster {{upstream}}\n prop xds%00cluster_name\non_log\n prop xds%00cluster_name\n prop response%00flags",
      "on_request_headers\n prop xds%00cluster_name",
    ],
    clusterHeader: "x-cluster",
    steps: [get(), get(["x-cluster", "{{service}}"])],
  },
  {
    name: "a header that names no cluster",
    scripts: ["on_request_headers\n prop xds%00cluster_name\non_log\n prop response%00flags\n prop xds%00cluster_name"],
    clusterHeader: "x-cluster",
    steps: [get(), get(["x-cluster", "nowhere"]), get(["x-cluster", "{{upstream}}"], ["x-cluster", "nowhere"])],
  },
  {
    name: "no route",
    scripts: ["on_request_headers\n remove 0 :path\non_log\n prop response%00flags"],
    steps: [get()],
  },
  {
    name: "paths are normal before filters see them",
    scripts: ["on_request_headers\n get 0 :path\n get 0 x-envoy-original-path\n prop request%00url_path"],
    normalizePath: true,
    steps: [
      "/a/../b",
      "/a/./b/",
      "/a//b",
      "/..",
      "/../../a",
      "/a/..",
      "/a/.",
      "/a/%2e%2e/b",
      "/a/%2E/b",
      "/a/.%2e/b",
      "/a/...",
      "/a%2Fb",
      "/a%5cb",
      "/a\\b",
      "/a/..\\b",
      "/%41%2D%7e%5f",
      "/%61%2f%3b",
      "/a;b=1/../c",
      "/a;/b;x/c",
      "/a/..;/b",
      "/a/..;x=1/b",
      "/a/.;/b",
      "/a/.;x/b",
      "/a/..;",
      "/a/.;",
      "/a/%2e%2E;/b",
      "/a/..%3b/b",
      "/a/...;/b",
      "/a/b/..;/..;/c",
      "/..;/b",
      "/a/..;?b",
      "/a/.%2e;/b",
      "/a/%2e.;/b",
      "/a\\..;\\b",
      "/a/..;x\\b",
      "/a/..;;y/b",
      "/a//../b",
      "/a/b/..",
      "/a/..%00/b",
      "/a%00b",
      "/a%",
      "/a%zz",
      "/a%2",
      "/a b",
      "/a\"<>`{}|^'",
      "/ā",
      "/%c4%81",
      "/%ff",
      "/a?b=/../c",
      "/a/../b?c#d",
      "/a%3fb",
      "/a%23b",
      "/A/B",
      "*",
      "//a/../b",
      "/a/../../b//./c",
      "/a:b@c!$&()*+,;=",
      "/a/%252e%252e/b",
      "/?",
      "/?%41%00/../",
      ...octets
        .map((octet) => (octet % 32 === 1 ? "/" : "") + escaped(octet))
        .join("")
        .split(/(?=\/)/),
    ].map(path),
  },
  {
    name: "paths of HTTP/2 are normal before filters see them",
    scripts: ["on_request_headers\n get 0 :path"],
    normalizePath: true,
    steps: [
      "/a/../b",
      "a/../b",
      "*",
      "http://example.com/a/../b",
      "/a b",
      "/\u0101",
      "/a\"<>`{}|^'",
      "/a%00b",
      "/#",
    ].map((target) => ({
      request: { path: target, protocol: "http2" },
    })),
  },
];
