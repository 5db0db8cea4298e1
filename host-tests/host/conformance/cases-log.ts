/** What a filter that watches has in `proxy_on_log`: attributes and CEL over them, for each way in which a stream ends. */
import type { CaseRequest, ConformanceCase } from "./case.ts";

const evaluate = (expression: string): string =>
  ` foreign expr_create ${expression.replaceAll("%", "%25").replaceAll(" ", "%20")}\n foreign expr_evaluate $last\n`;
const prop = (path: string): string => ` prop ${path.replaceAll(".", "%00")}\n`;

/** A filter that looks at the end only. */
const watcher = (...commands: string[]): string => `on_log\n${commands.join("")}`;

const CLUSTER = "xds.cluster_metadata";
const ENDPOINT = "xds.upstream_host_metadata";
const GRPC = "'envoy.filters.http.grpc_stats'";

/** Of each end; times differ from run to run, and are compared only with something. */
const FACTS = [
  "[response.flags, request.total_size > 0, response.size]",
  "has(response.code) ? response.code : -1",
  "has(response.grpc_status) ? response.grpc_status : -1",
  "has(response.code_details) ? response.code_details : ''",
  "has(request.duration) && request.duration >= duration('0s')",
  "has(response.backend_latency)",
  "has(xds.cluster_name) ? xds.cluster_name : ''",
  "has(upstream.address) ? upstream.address : ''",
  "has(upstream.transport_failure_reason) ? upstream.transport_failure_reason : 'none'",
  "has(connection.termination_details)",
  `has(${CLUSTER})`,
  `${CLUSTER} == null`,
  `has(${CLUSTER}.filter_metadata.istio)`,
  `has(${CLUSTER}.filter_metadata.istio.services)`,
  `has(${CLUSTER}) && has(${CLUSTER}.filter_metadata.istio) && size(${CLUSTER}.filter_metadata.istio.services) > 0 ? ${CLUSTER}.filter_metadata.istio.services[0].host : ''`,
  `has(${ENDPOINT})`,
  `${ENDPOINT} == null`,
  `has(${ENDPOINT}.filter_metadata)`,
  `has(${ENDPOINT}.filter_metadata.istio.workload)`,
  `has(${ENDPOINT}) && ${ENDPOINT} != null && has(${ENDPOINT}.filter_metadata.istio) && has(${ENDPOINT}.filter_metadata.istio.workload) ? ${ENDPOINT}.filter_metadata.istio.workload : ''`,
  `${GRPC} in filter_state ? filter_state[${GRPC}] : b'none'`,
  "request.protocol",
  "'a' in request.headers ? request.headers['a'] : ''",
];

const METADATA = {
  cluster: {
    istio: { services: [{ host: "orders.shop.svc.cluster.local" }, { host: "second" }], number: 5 },
    other: { one: "1" },
  },
  endpoint: { istio: { workload: "orders-v1;shop;orders;v1;east" } },
};

/** Where the frames of gRPC are of no other length than that of their text. */
const frame = (text: string): string => `\0\0\0\0${String.fromCharCode(text.length)}${text}`;
const GRPC_HEADERS: [string, string][] = [
  ["content-type", "application/grpc"],
  ["te", "trailers"],
];

const to = (cluster: string, request: CaseRequest = {}): ConformanceCase["steps"][number] => ({
  request: { ...request, headers: [["x-cluster", cluster], ["a", "1"], ...(request.headers ?? [])] },
});
const bothProtocols = (cluster: string, request: CaseRequest = {}) => [
  to(cluster, request),
  to(cluster, { ...request, protocol: "http2" }),
];
const grpcTo = (cluster: string, request: CaseRequest = {}) =>
  to(cluster, {
    method: "POST",
    path: "/a.B/C",
    protocol: "http2",
    body: frame("one") + frame("two"),
    ...request,
    headers: [...GRPC_HEADERS, ...(request.headers ?? [])],
  });

/** A stream in front of a filter that only watches. */
function ending(name: string, test: Omit<ConformanceCase, "name" | "scripts"> & { before?: string }): ConformanceCase {
  const { before, ...rest } = test;
  const scripts = [...(before === undefined ? [] : [before]), watcher(...FACTS.map(evaluate))];
  return { name: `the log of ${name}`, scripts, clusterHeader: "x-cluster", grpcStats: true, ...rest };
}

const ENDINGS: ConformanceCase[] = [
  ending("an answer", { steps: bothProtocols("{{upstream}}", { method: "POST", body: "hello" }) }),
  ending("an answer of a known workload", { steps: [to("{{upstream}}")], upstreamMetadata: METADATA }),
  ending("an answer of a workload that is known for something else", {
    steps: [to("{{upstream}}")],
    upstreamMetadata: { cluster: { other: {} }, endpoint: { other: { workload: "no" } } },
  }),
  ending("a reply of an earlier filter", {
    before: "on_request_headers\n local 403 why body -1",
    steps: [to("{{upstream}}"), grpcTo("{{upstream}}")],
    upstreamMetadata: METADATA,
  }),
  ending("a stream that an earlier filter breaks off", {
    before: "on_request_headers\n close 0\n return 4",
    steps: bothProtocols("{{upstream}}"),
  }),
  ending("a reply in the middle of an answer", {
    before: "-on_response_body\n local 500 late body -1",
    upstream: { chunks: ["a", "b"] },
    steps: bothProtocols("{{upstream}}"),
  }),
  ending("a request without a route", {
    before: "on_request_headers\n remove 0 :path",
    steps: [to("{{upstream}}"), grpcTo("{{upstream}}")],
  }),
  ending("a request without a cluster", { steps: [to("none")] }),
  ending("a refused connection", { steps: bothProtocols("{{refused}}", { method: "POST", body: "hello" }) }),
  ending("a cluster without hosts", { steps: bothProtocols("{{hostless}}", { method: "POST", body: "hello" }) }),
  ending("an upstream that breaks off", { steps: bothProtocols("{{upstream}}"), upstream: { fault: "reset" } }),
  ending("an upstream that breaks off in its answer", {
    steps: bothProtocols("{{upstream}}"),
    upstream: { fault: "reset-body", body: "hello" },
  }),
  ending("a client that goes away before the answer", {
    steps: bothProtocols("{{upstream}}", { abortAfter: 150 }),
    upstream: { fault: "hang" },
    upstreamMetadata: METADATA,
  }),
  ending("a client that goes away in the answer", {
    steps: bothProtocols("{{upstream}}", { abortAfter: 150 }),
    upstream: { chunks: Array.from({ length: 20 }, () => "piece") },
  }),
  ending("gRPC", {
    grpc: { messages: ["hello"], status: 5, statusMessage: "no" },
    steps: [grpcTo("{{grpc}}"), grpcTo("{{grpc}}", { headers: [["x-more", "1"]], body: frame("") })],
  }),
];

/** Requests of which grpc_stats counts something, or nothing. */
const COUNTED: ConformanceCase[] = [
  {
    name: "grpc_stats counts what begins, wherever it is cut",
    scripts: [watcher(evaluate(`${GRPC} in filter_state ? filter_state[${GRPC}] : b'none'`))],
    grpcStats: true,
    steps: [
      [frame("one"), frame("two") + frame("three")],
      ["\0", "\0\0\0", `\u0002ab\0`, "\0\0\0\u0001a"],
      ["\0\0\0\0\u0005ab"],
      [frame("one") + "\0"],
      ["text"],
      [""],
    ].flatMap((chunks) =>
      (["http1", "http2"] as const).map((protocol) => ({
        request: { method: "POST", chunks, protocol, headers: [["content-type", "application/grpc"]] },
      })),
    ),
  },
  {
    name: "grpc_stats knows gRPC by its content-type",
    scripts: [
      `-on_request_body\n prop filter_state%00envoy.filters.http.grpc_stats\n${watcher(evaluate(`${GRPC} in filter_state ? filter_state[${GRPC}] : b'none'`))}`,
    ],
    grpcStats: true,
    steps: [
      "application/grpc",
      "application/grpc+proto",
      "application/grpc-web",
      "application/grpc;x",
      "application/json",
    ].map((type) => ({
      request: { method: "POST", body: frame("one"), protocol: "http2", headers: [["content-type", type]] },
    })),
  },
  {
    name: "grpc_stats counts an answer of gRPC to any request",
    scripts: [watcher(evaluate(`${GRPC} in filter_state ? filter_state[${GRPC}] : b'none'`))],
    grpcStats: true,
    upstream: { headers: [["content-type", "application/grpc+x"]], body: frame("one") + frame("two") },
    steps: [{ request: {} }],
  },
  {
    name: "grpc_stats does not count an answer that failed",
    scripts: [watcher(evaluate(`${GRPC} in filter_state ? filter_state[${GRPC}] : b'none'`))],
    grpcStats: true,
    upstream: { status: 500, headers: [["content-type", "application/grpc"]], body: frame("one") },
    steps: [{ request: {} }],
  },
];

const DECLARED = "-on_configure\n foreign declare_property %0A%01s%10%00%18%01\n";

/** CEL over what filters, and the mesh, left. */
const EXPRESSIONS: ConformanceCase[] = [
  {
    name: "CEL in the log: members of lists",
    scripts: [
      watcher(
        ...[
          "[]",
          "['', 'a', b'b', true, false]",
          "[1, 2u, 1.5, -1, 0]",
          "[duration('1s'), timestamp('2020-01-01T00:00:00Z')]",
          "[[1, 'x'], []]",
          "[{'k': 2}, {}]",
          "{'a': [1]}",
          "{'b': {'c': 'd'}}",
          "[null]",
          "['a', type(1)]",
          "[1, 1/0]",
          "['a', request.headers['none']]",
          "['a', has(request.headers.none) ? request.headers['none'] : '']",
          "[1, 2][0]",
          "[1, 2][2]",
          "[1, 2][-1]",
          "['a'][0]",
          "size(['a', 'b'])",
          "true ? 1 : 'a'",
          "false ? 1 : 'a'",
          "1/0 == 1 ? 1 : 2",
          "true || 1/0 == 1",
          "1/0 == 1 || true",
          "false && 1/0 == 1",
          "1/0 == 1 && false",
          "1+",
          "nosuch(1)",
          "'a token is lost by what parses only'",
        ].map(evaluate),
      ),
    ],
    steps: [{ request: {} }],
  },
  {
    name: "CEL in the log: types",
    scripts: [
      `${DECLARED}on_request_headers\n setprop x v\n setprop s v\n${watcher(
        ...["'a'", "b'a'", "1", "1u", "1.5", "true", "null", "[1]", "{'a': 1}", "duration('1s')"]
          .flatMap((value) => ["string", "bytes", "int", "uint", "double", "bool"].map((type) => [value, type]))
          .map(([value, type]) => evaluate(`type(${value}) == ${type}`)),
        ...["x", "s", "filter_state['wasm.x']", "filter_state['wasm.s']", "request.path", "response.code"]
          .flatMap((value) => ["string", "bytes", "int"].map((type) => [value, type]))
          .map(([value, type]) => evaluate(`type(${value}) == ${type}`)),
        ...["type(filter_state['io.istio.peer_principal']) == bytes", "type(nothing) == string"].map(evaluate),
      )}`,
    ],
    caller: { principal: "spiffe://cluster.local/ns/a/sa/b", destination: "10.96.0.10:80", source: "10.1.2.3:4000" },
    steps: [{ request: {} }],
  },
  {
    name: "CEL in the log: filter state",
    scripts: [
      `${DECLARED}on_request_headers\n setprop x bytes\n setprop s string\n${watcher(
        ...[
          "'wasm.x' in filter_state",
          "'x' in filter_state",
          "'none' in filter_state",
          "'none' in filter_state ? filter_state['none'] : 'absent'",
          "filter_state['wasm.x']",
          "filter_state['wasm.s']",
          "filter_state['none']",
          "filter_state.none",
          "has(filter_state.none)",
          "x",
          "s",
          "s + '!'",
          "x + b'!'",
          "x == 'bytes'",
          "s == 'string'",
          "string(x)",
          "[x, s, 'io.istio.peer_principal' in filter_state ? filter_state['io.istio.peer_principal'] : b'']",
          "filter_state['io.istio.peer_principal'] == b'spiffe://cluster.local/ns/a/sa/b'",
          "string(filter_state['io.istio.peer_principal'])",
          "size(filter_state)",
          "filter_state.exists(k, k == 'wasm.x')",
          "filter_state",
        ].map(evaluate),
      )} setprop x late\n setprop s late\n setprop new late\n${evaluate("[x, s, new]")}`,
      watcher(evaluate("[x, s, new]"), prop("x")),
    ],
    caller: { principal: "spiffe://cluster.local/ns/a/sa/b", destination: "10.96.0.10:80", source: "10.1.2.3:4000" },
    steps: [{ request: {} }],
  },
  {
    name: "CEL in the log: headers and metadata",
    scripts: [
      watcher(
        ...[
          "request.headers['a']",
          "request.headers['A']",
          "'a' in request.headers",
          "'A' in request.headers",
          "'none' in request.headers",
          "has(request.headers.a)",
          "has(request.headers.none)",
          "request.headers['none']",
          "response.headers['x-up']",
          "'t' in response.trailers ? response.trailers['t'] : ''",
          `${CLUSTER}.filter_metadata.istio.services[0].host`,
          `${CLUSTER}.filter_metadata.istio.services[1]`,
          `${CLUSTER}.filter_metadata.istio.services[2].host`,
          `${CLUSTER}.filter_metadata['istio'].services[0]['host']`,
          `has(${CLUSTER}.filter_metadata.istio.services[0].host)`,
          `has(${CLUSTER}.filter_metadata.istio.services[0].name)`,
          `has(${CLUSTER}.filter_metadata.none)`,
          `has(${CLUSTER}.filter_metadata.none.one)`,
          `has(${CLUSTER}.none)`,
          `'istio' in ${CLUSTER}.filter_metadata`,
          `'none' in ${CLUSTER}.filter_metadata`,
          `'services' in ${CLUSTER}.filter_metadata.istio`,
          `size(${CLUSTER}.filter_metadata.istio.services)`,
          `${CLUSTER}.filter_metadata.istio.number`,
          `type(${CLUSTER}.filter_metadata.istio.number) == double`,
          `${CLUSTER}.filter_metadata.istio.services`,
          `${CLUSTER}.filter_metadata.other`,
          `${ENDPOINT}.filter_metadata`,
          `${ENDPOINT}.filter_metadata.istio.workload`,
          `${ENDPOINT}.filter_metadata.istio.workload.startsWith('orders-v1;')`,
          `${ENDPOINT}.filter_metadata.istio.workload.split(';')[0]`,
          "has(xds.node.metadata.ISTIO_VERSION)",
          "'ISTIO_VERSION' in xds.node.metadata",
          "has(xds.none)",
          "has(request.none)",
        ].map(evaluate),
        ...[
          `${CLUSTER}.filter_metadata.istio.services.0.host`,
          `${CLUSTER}.filter_metadata.istio.services.1.host`,
          `${CLUSTER}.filter_metadata.istio.services.2.host`,
          `${CLUSTER}.filter_metadata.istio.services.0`,
          `${CLUSTER}.filter_metadata.istio.services.-1`,
          `${CLUSTER}.filter_metadata.istio.services.x`,
          `${CLUSTER}.filter_metadata.istio.services`,
          `${CLUSTER}.filter_metadata.istio.number`,
          `${CLUSTER}.filter_metadata.other`,
          ENDPOINT,
          `${ENDPOINT}.filter_metadata`,
          `${ENDPOINT}.filter_metadata.istio`,
          `${ENDPOINT}.filter_metadata.istio.workload`,
          `${ENDPOINT}.filter_metadata.istio.none`,
        ].map(prop),
      ),
    ],
    upstream: { headers: [["x-up", "1"]], chunks: ["ok"], trailers: [["t", "9"]] },
    upstreamMetadata: METADATA,
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
  {
    name: "a property that is set in the log is in the access log",
    scripts: ["on_request_headers\n setprop x early\non_log\n setprop x late", "on_log\n prop x"],
    steps: [{ request: {} }],
  },
  {
    name: "a first property that is set in the log is in the access log",
    scripts: ["on_request_headers\n local 403 no body -1", "on_log\n setprop x late"],
    steps: [{ request: {} }],
  },
];

export const LOG_CASES: ConformanceCase[] = [...ENDINGS, ...COUNTED, ...EXPRESSIONS];
