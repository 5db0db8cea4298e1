/** Properties by phase, filter state, foreign functions. */
import type { ConformanceCase } from "./case.ts";

const GET = { request: {} };

const prop = (path: string): string => ` prop ${path.replaceAll(".", "%00")}`;
const REQUEST = [
  "request.path",
  "request.url_path",
  "request.host",
  "request.scheme",
  "request.method",
  "request.headers.a",
  "request.headers.A",
  "request.headers.missing",
  "request.query",
  "request.referer",
  "request.useragent",
  "request.protocol",
  "request.size",
  "request.total_size",
  "request.headers_bytes",
  "request.duration",
  "request.nope",
  "request",
];
const RESPONSE = [
  "response.code",
  "response.code_details",
  "response.headers.x-up",
  "response.trailers.t",
  "response.flags",
  "response.grpc_status",
  "response.size",
  "response",
];
const OTHER = [
  "connection.mtls",
  "connection.requested_server_name",
  "connection.tls_version",
  "connection.uri_san_peer_certificate",
  "connection.peer_certificate_valid",
  "connection.termination_details",
  "connection.transport_failure_reason",
  "connection",
  "upstream.address",
  "upstream.num_endpoints",
  "upstream.request_attempt_count",
  "upstream.transport_failure_reason",
  "upstream.server_name",
  "upstream",
  "source.address",
  "destination.address",
  "source",
  "xds.route_name",
  "xds.virtual_host_name",
  "xds.cluster_metadata",
  "xds.route_metadata",
  "xds.listener_metadata",
  "xds.listener_direction",
  "xds.filter_chain_name",
  "xds.upstream_host_metadata",
  "xds.upstream_host_locality_metadata",
  "xds.virtual_host_metadata",
  "xds.nope",
  "xds",
  "metadata",
  "metadata.filter_metadata",
  "metadata.filter_metadata.none",
  "metadata.nope",
  "filter_state",
  "filter_state.none",
  "upstream_filter_state",
  "upstream_filter_state.none",
  "plugin_root_id",
  "nothing",
  "node",
  "cluster_name",
  "route_name",
  "listener_direction",
  "request..path",
  ".request",
  "request.path.",
  "request.path.more",
  "plugin_root_id.more",
];
const ALL = [...REQUEST, ...RESPONSE, ...OTHER];

const phase = (name: string, paths: readonly string[], extra = ""): string =>
  `${name}\n${paths.map(prop).join("\n")}${extra}\n`;

export const PROPERTY_CASES: ConformanceCase[] = [
  {
    name: "properties in request headers",
    scripts: [phase("on_request_headers", ALL)],
    steps: [
      {
        request: {
          path: "/p/q?a=1&b=2",
          headers: [
            ["a", "1"],
            ["a", "2"],
            ["referer", "r"],
            ["user-agent", "u"],
          ],
        },
      },
    ],
  },
  {
    name: "properties in response headers",
    scripts: [phase("on_response_headers", ALL)],
    upstream: {
      headers: [
        ["x-up", "1"],
        ["x-up", "2"],
      ],
      body: "ok",
    },
    steps: [{ request: { path: "/p?a=1", headers: [["a", "1"]] } }],
  },
  {
    name: "properties in the log",
    scripts: [
      phase(
        "on_log",
        ALL.filter((path) => path !== "request.duration"),
      ),
    ],
    upstream: { headers: [["x-up", "1"]], chunks: ["ok"], trailers: [["t", "9"]] },
    steps: [{ request: { method: "POST", path: "/p?a=1", headers: [["a", "1"]], body: "hello" } }],
  },
  {
    name: "properties in the log of a local reply",
    scripts: [
      `on_request_headers\n local 403 why body -1\n${phase("on_response_headers", RESPONSE)}${phase("on_log", [...RESPONSE, "xds.route_name", "upstream.address"])}`,
    ],
    steps: [GET],
  },
  {
    name: "properties in the request body",
    scripts: [
      phase("on_request_body", [
        "request.path",
        "request.headers.a",
        "request.size",
        "request.total_size",
        "xds.virtual_host_name",
        "upstream.address",
      ]),
    ],
    steps: [{ request: { method: "POST", protocol: "http2", body: "hello" } }],
  },
  {
    name: "properties of a response without an upstream",
    scripts: [
      `${phase("on_response_headers", [...RESPONSE, "upstream.address"])}on_log\n prop response%00code\n prop response%00flags\n prop response%00code_details`,
    ],
    upstream: { fault: "reset" },
    steps: [GET],
  },
  {
    name: "set_property: what it makes, and how it is read",
    scripts: [
      "on_request_headers\n setprop x value\n prop x\n prop filter_state%00wasm.x\n prop filter_state%00x\n setprop x two\n prop x\n setprop metadata%00m v\n prop metadata%00m\n prop filter_state%00wasm.metadata\n setprop request%00path /no\n prop request%00path\n setprop  empty\n prop \n prop x%00\n prop x%00y\non_response_headers\n prop x\non_log\n prop x\n setprop x late\n prop x",
      "on_request_headers\n prop x\n setprop x other",
    ],
    steps: [GET],
  },
  {
    name: "declare_property: strings, read-only, twice",
    scripts: [
      "on_configure\n foreign declare_property %0A%01x%10%01%18%01\n foreign declare_property %0A%01x%18%00\n foreign declare_property %0A%01y%18%01\n foreign declare_property notproto\non_request_headers\n setprop x one\n setprop x two\n prop x\n setprop y one\n setprop y two\n prop y\n foreign declare_property %0A%01z%10%01\n setprop z 1\n setprop z 2",
    ],
    startup: true,
    steps: [GET],
  },
  {
    name: "set_envoy_filter_state",
    scripts: [
      "on_request_headers\n foreign set_envoy_filter_state %0A%0Cenvoy.string%12%02hi\n prop filter_state%00envoy.string\n foreign set_envoy_filter_state %0A%0Cenvoy.string%12%03two%18%01\n prop filter_state%00envoy.string\n foreign set_envoy_filter_state %0A%0Benvoy.nopes%12%02hi\n foreign set_envoy_filter_state x\n foreign set_envoy_filter_state %0A%1Benvoy.upstream.dynamic_port%12%04nope\n foreign set_envoy_filter_state %0A%1Benvoy.upstream.dynamic_port%12%0480%20x\n foreign set_envoy_filter_state %0A%1Benvoy.upstream.dynamic_port%12%0280\n prop filter_state%00envoy.upstream.dynamic_port\n foreign set_envoy_filter_state %0A%0Aenvoy.bool%12%04true\n foreign set_envoy_filter_state %0A%0Aenvoy.bool%12%05maybe\n prop filter_state%00envoy.bool",
    ],
    steps: [GET],
  },
  {
    name: "set_envoy_filter_state for the connection",
    scripts: [
      "on_request_headers\n foreign set_envoy_filter_state %0A%0Cenvoy.string%12%02hi%18%02\n prop filter_state%00envoy.string",
    ],
    steps: [GET],
  },
  {
    name: "set_envoy_filter_state without a stream",
    scripts: [
      "on_configure\n foreign set_envoy_filter_state %0A%0Cenvoy.string%12%02hi\n foreign clear_route_cache \non_request_headers",
    ],
    startup: true,
    steps: [GET],
  },
  {
    name: "foreign functions that there are not",
    scripts: [
      "on_request_headers\n foreign hmac x\n foreign sha256 x\n foreign  x\n foreign resolve_dns x\n foreign set_dynamic_metadata x\n foreign clear_route_cache x\n foreign compress \n foreign uncompress x\n foreign uncompress \n foreign uncompress %78%9C%03%00%00%00%00%01\n foreign uncompress %78%9C%03%00",
    ],
    steps: [GET],
  },
  {
    name: "CEL: create, evaluate, delete",
    scripts: [
      "on_request_headers\n foreign expr_create request.path\n foreign expr_evaluate $last\n foreign expr_delete $last\n foreign expr_create request.headers['a']\n foreign expr_create 1+\n foreign expr_create nosuch(1)\n foreign expr_evaluate %05%00%00%00\n foreign expr_evaluate xx\n foreign expr_delete %05%00%00%00\n foreign expr_delete x",
    ],
    steps: [
      {
        request: {
          headers: [
            ["a", "1"],
            ["a", "2"],
          ],
        },
      },
    ],
  },
  ...[
    "request.method=='GET'",
    "1+2",
    "1.5",
    "2u",
    "'a'+'b'",
    "b'xyz'",
    "request.headers['a']",
    "request.headers['A']",
    "request.headers['none']",
    "has(request.headers.none)",
    "has(request.nope)",
    "[1,2]",
    "{'k':'v'}",
    "request.path.startsWith('/')",
    "request.url_path.matches('^/p')",
    "size(request.headers['a'])",
    "string(1)",
    "int('5')",
    "null",
    "type(1)",
    "request.time>timestamp('2020-01-01T00:00:00Z')",
    "duration('1s')",
    "request.size",
    "source.address",
    "filter_state['wasm.x']=='v'",
    "filter_state['wasm.x']==b'v'",
    "x==b'v'",
    "metadata.filter_metadata.size()",
    "xds.route_name",
    "connection.mtls",
    "nothing",
    "request.headers.a=='1,2'?'yes':'no'",
    "1/0",
    "'a'.contains('a')",
    "[1,2].exists(x,x>1)",
    "plugin_name.size()>0",
    "response.code",
    "request.headers.map(k,k).size()>0",
    "'x'in request.headers",
    "'a'in request.headers",
    "request.headers.size()>0",
    "'abc'.lowerAscii()",
    "'a b'.split(' ')",
  ].map((expression): ConformanceCase => ({
    name: `CEL ${expression}`,
    scripts: [
      `on_request_headers\n setprop x v\n foreign expr_create ${expression.replaceAll("%", "%25").replaceAll(" ", "%20")}\n foreign expr_evaluate $last`,
    ],
    steps: [
      {
        request: {
          path: "/p?q",
          headers: [
            ["a", "1"],
            ["a", "2"],
          ],
        },
      },
    ],
  })),
  {
    name: "CEL in the callback of a call sees no stream",
    scripts: [
      "on_configure\n foreign expr_create request.path\non_request_headers\n http {{service}} 500 - :method=GET :path=/c :authority=s\n return 4\non_http_call_response\n effective $stream\n foreign expr_evaluate %00%00%00%00\n foreign clear_route_cache \n foreign set_envoy_filter_state %0A%0Cenvoy.string%12%02hi\n prop filter_state%00envoy.string\n setprop x 1\n continue 0",
    ],
    steps: [GET],
  },
];
