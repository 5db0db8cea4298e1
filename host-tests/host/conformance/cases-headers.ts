/** Header and trailer maps: what can be read and written when, and what Envoy makes of it. */
import type { ConformanceCase } from "./case.ts";

const GET = { request: {} };
const POST = { request: { method: "POST", body: "hello" } };

/** Headers of which Envoy might keep one entry, sent twice each. */
const TWICE = [
  "accept",
  "accept-encoding",
  "accept-language",
  "access-control-request-headers",
  "access-control-request-method",
  "authentication",
  "authorization",
  "cache-control",
  "content-encoding",
  "content-language",
  "content-type",
  "cookie",
  "date",
  "etag",
  "forwarded",
  "grpc-accept-encoding",
  "grpc-timeout",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "keep-alive",
  "origin",
  "pragma",
  "proxy-authorization",
  "range",
  "referer",
  "te",
  "user-agent",
  "via",
  "x-amzn-trace-id",
  "x-api-key",
  "x-b3-traceid",
  "x-client-trace-id",
  "x-custom",
  "x-envoy-original-path",
  "x-forwarded-client-cert",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-ot-span-context",
  "x-real-ip",
  "x-request-id",
  "x-squash-debug",
  "traceparent",
  "tracestate",
  "x-jwt-payload",
  "x-envoy-decorator-operation",
  "x-envoy-max-retries",
  "x-envoy-upstream-rq-timeout-ms",
  "x-envoy-downstream-service-cluster",
  "x-envoy-retry-on",
];

export const HEADER_CASES: ConformanceCase[] = [
  {
    name: "request headers as they are: order, pseudo-headers, what the proxy adds",
    scripts: ["on_request_headers\n pairs 0\n mapsize 0"],
    steps: [
      {
        request: {
          headers: [
            ["B-Upper", "1"],
            ["a", "2"],
            ["b-upper", "3"],
          ],
        },
      },
      { request: { method: "POST", path: "/p?q=1", body: "x", headers: [["b", "1"]] } },
      { request: { path: "/p?q=1#f" } },
      { request: { protocol: "http2", headers: [["b", "1"]] } },
      { request: { protocol: "http2", method: "POST", body: "x", headers: [["b", "1"]] } },
      { request: { method: "POST", chunks: ["x", "y"] } },
    ],
  },
  {
    name: "two values of one name: some headers are joined",
    scripts: ["on_request_headers\n pairs 0"],
    steps: [
      {
        request: {
          headers: TWICE.flatMap((name): [string, string][] => [
            [name, "1"],
            [name, "2"],
          ]),
        },
      },
    ],
  },
  {
    name: "two values of one response header: some headers are joined",
    scripts: ["on_response_headers\n pairs 2"],
    upstream: {
      headers: [
        "access-control-allow-origin",
        "allow",
        "cache-control",
        "content-encoding",
        "content-type",
        "etag",
        "expires",
        "grpc-status",
        "last-modified",
        "link",
        "location",
        "proxy-authenticate",
        "retry-after",
        "server-timing",
        "set-cookie",
        "vary",
        "via",
        "warning",
        "www-authenticate",
        "x-custom",
        "x-envoy-degraded",
        "x-frame-options",
        "age",
        "access-control-allow-headers",
        "access-control-expose-headers",
        "x-request-id",
        "date",
        "server",
        "grpc-message",
        "x-envoy-ratelimited",
        "x-envoy-immediate-health-check-fail",
        "content-range",
        "alt-svc",
      ].flatMap((name): [string, string][] => [
        [name, "1"],
        [name, "2"],
      ]),
      body: "ok",
    },
    steps: [GET],
  },
  {
    name: "get gives the first value; a missing header is NotFound, an empty one is Ok",
    scripts: [
      "on_request_headers\n get 0 a\n get 0 A\n get 0 missing\n get 0 empty\n get 0 !\n get 9 a\n get 2 a\n get 1 a\n get 6 a",
    ],
    steps: [
      {
        request: {
          headers: [
            ["a", "1"],
            ["a", "2"],
            ["empty", ""],
          ],
        },
      },
    ],
  },
  {
    name: "add, replace and remove",
    scripts: [
      "on_request_headers\n add 0 a 4\n add 0 New v\n replace 0 b x\n pairs 0\n replace 0 a only\n pairs 0\n remove 0 B\n remove 0 none\n pairs 0\n add 0 : odd\n add 0 %00 z\n remove 0 :\n remove 0 %00",
    ],
    steps: [
      {
        request: {
          headers: [
            ["a", "1"],
            ["b", "2"],
            ["a", "3"],
            ["c", "5"],
          ],
        },
      },
    ],
  },
  {
    name: "adding to headers that are kept once joins with a comma",
    scripts: [
      "on_request_headers\n add 0 :path /more\n add 0 x-forwarded-for 9\n add 0 cookie b=2\n add 0 authorization b\n add 0 user-agent u\n add 0 accept z\n pairs 0\n replace 0 :path /p",
    ],
    steps: [
      {
        request: {
          headers: [
            ["x-forwarded-for", "1"],
            ["cookie", "a=1"],
            ["authorization", "a"],
            ["user-agent", "t"],
            ["accept", "y"],
          ],
        },
      },
    ],
  },
  {
    name: "set pairs replaces everything",
    scripts: [
      "on_request_headers\n setpairs 0 :method=PUT :path=/set :authority=other x-forwarded-proto=http X-Up=1 x-up=2\n pairs 0",
    ],
    steps: [GET],
  },
  {
    name: "1024 pairs are taken",
    scripts: [
      "on_request_headers\n manypairs 0 1020\n get 0 x-1019\n remove 0 x-1\n setpairs 0 :method=GET :path=/ok :authority=a x-forwarded-proto=http",
    ],
    steps: [GET],
  },
  {
    name: "1025 pairs wipe all headers, and the result is Ok",
    scripts: ["on_request_headers\n manypairs 0 1021\n pairs 0"],
    steps: [GET],
  },
  {
    name: "malformed pairs wipe all headers, and the result is Ok",
    scripts: [
      "on_request_headers\n rawpairs 0 %01%00%00%00%FF\n pairs 0\n setpairs 0 :method=GET :path=/ok :authority=a x-forwarded-proto=http",
    ],
    steps: [GET],
  },
  {
    name: "pairs with bytes behind the last wipe all headers",
    scripts: [
      "on_request_headers\n rawpairs 0 %01%00%00%00%01%00%00%00%01%00%00%00a%00b%00c\n pairs 0\n rawpairs 0 !\n setpairs 0 :method=GET :path=/ok :authority=a x-forwarded-proto=http",
    ],
    steps: [GET],
  },
  {
    name: "no path left: Envoy answers itself",
    scripts: ["on_request_headers\n remove 0 :path"],
    steps: [GET],
  },
  {
    name: "no method left",
    scripts: ["on_request_headers\n remove 0 :method"],
    steps: [GET],
  },
  {
    name: "no scheme left",
    scripts: ["on_request_headers\n remove 0 :scheme"],
    steps: [GET],
  },
  {
    name: "no x-forwarded-proto left: there is no route",
    scripts: ["on_request_headers\n remove 0 x-forwarded-proto"],
    steps: [GET],
  },
  {
    name: "host is another name of :authority",
    scripts: [
      "on_request_headers\n get 0 host\n get 0 Host\n replace 0 host other\n pairs 0\n add 0 host more\n get 0 :authority\n remove 0 host\n get 0 :authority\n add 0 host back",
    ],
    steps: [GET],
  },
  {
    name: "request headers that the proxy takes out",
    scripts: ["on_request_headers\n pairs 0"],
    steps: [
      {
        request: {
          headers: [
            "te",
            "keep-alive",
            "proxy-connection",
            "x-envoy-internal",
            "x-forwarded-client-cert",
            "x-envoy-max-retries",
            "x-envoy-upstream-rq-timeout-ms",
            "x-envoy-retry-on",
            "x-envoy-original-path",
            "x-envoy-decorator-operation",
            "x-envoy-expected-rq-timeout-ms",
            "x-envoy-upstream-alt-stat-name",
            "x-envoy-force-trace",
            "x-envoy-external-address",
            "x-envoy-hedge-on-per-try-timeout",
            "x-envoy-ip-tags",
            "x-envoy-attempt-count",
            "x-envoy-original-host",
            "x-envoy-peer-metadata",
            "x-envoy-downstream-service-node",
            "x-envoy-upstream-stream-duration-ms",
            "x-envoy-upstream-rq-per-try-timeout-ms",
          ].map((name): [string, string] => [name, "1"]),
        },
      },
      {
        request: {
          headers: [
            ["te", "trailers"],
            ["x-forwarded-for", "10.0.0.1"],
            ["x-envoy-max-retries", "3"],
          ],
        },
      },
    ],
  },
  {
    name: "a line break in a request header: the codec refuses",
    scripts: ["on_request_headers\n replace 0 x-bad a%0D%0Ab:%20c"],
    steps: [GET],
  },
  {
    name: "a zero byte in a request header",
    scripts: ["on_request_headers\n replace 0 x-bad a%00b"],
    steps: [GET],
  },
  {
    name: "a line break in a response header starts another header",
    scripts: ["on_response_headers\n replace 2 x-res a%0D%0Ainjected:%20yes"],
    steps: [GET],
  },
  {
    name: "no status left in the response",
    scripts: ["on_response_headers\n remove 2 :status"],
    steps: [GET],
  },
  {
    name: "after Continue the request headers are out of reach, until the log",
    scripts: [
      "on_request_headers\n get 0 a\n return 0\non_request_body\n get 0 a\n pairs 0\n add 0 b 1\n mapsize 0\n get 2 :status\non_response_headers\n get 0 a\n add 0 b 1\n get 2 :status\non_response_body\n get 2 :status\n add 2 x 1\non_log\n get 0 a\n get 0 x-envoy-expected-rq-timeout-ms\n get 2 :status\n get 1 a\n get 3 a\n get 0 none\n add 0 c 1\n mapsize 2\n pairs 1",
    ],
    steps: [{ request: { method: "POST", headers: [["a", "1"]], body: "x" } }],
  },
  {
    name: "while paused the request headers can be changed from an answer",
    scripts: [
      "on_request_headers\n http {{service}} 500 - :method=GET :path=/c :authority=s\n return 4\non_http_call_response\n get 0 a\n effective $stream\n get 0 a\n replace 0 a 2\n get 6 :status\n continue 0\n get 0 a",
    ],
    steps: [{ request: { headers: [["a", "1"]] } }],
  },
  {
    name: "response headers: what the upstream sent and what the proxy adds",
    scripts: [
      "on_response_headers\n pairs 2\n add 2 x-new 1\n replace 2 content-type text/x\n remove 2 gone\n pairs 2",
    ],
    upstream: {
      status: 201,
      headers: [
        ["content-type", "text/plain"],
        ["Gone", "1"],
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
      ],
      body: "ok",
    },
    steps: [GET],
  },
  {
    name: "response without a length: chunked",
    scripts: ["on_response_headers\n pairs 2\non_response_body"],
    upstream: { chunks: ["ab", "cd"] },
    steps: [GET],
  },
  {
    name: "trailers of request and response",
    scripts: [
      "on_request_headers\n pairs 1\non_request_body\n add 1 early 1\non_request_trailers\n pairs 1\n add 1 x-added 1\n replace 1 t 2\non_response_headers\non_response_body\non_response_trailers\n pairs 3\n add 3 x-added 1\n get 3 rt",
    ],
    upstream: { chunks: ["ab"], trailers: [["rt", "1"]] },
    steps: [{ request: { method: "POST", chunks: ["x"], trailers: [["t", "1"]] } }],
  },
  {
    name: "writing trailers at the end of a body creates them",
    scripts: [
      "on_request_body\n get 1 t\n add 1 t 1\n get 1 t\non_request_trailers\n pairs 1\non_response_body\n add 3 rt 1\non_response_trailers\n pairs 3",
    ],
    steps: [POST, { request: { protocol: "http2", method: "POST", body: "hello" } }],
  },
  {
    name: "two filters see each other's changes; responses pass in the other direction",
    scripts: [
      "on_request_headers\n add 0 x-first 1\non_response_headers\n get 2 x-second\n",
      "on_request_headers\n get 0 x-first\non_response_headers\n add 2 x-second 1",
    ],
    steps: [GET],
  },
];
