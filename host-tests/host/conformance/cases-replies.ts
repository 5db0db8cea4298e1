/** Local replies, closing streams, traps. */
import type { ConformanceCase } from "./case.ts";

const GET = { request: {} };
const GRPC: [string, string][] = [["content-type", "application/grpc"]];
const OWN_PATH =
  "on_response_headers\n pairs 2\n add 2 x-passed 1\non_response_body\n buffer 1 0 100\non_response_trailers\non_log\n get 2 :status\non_done\non_delete";

export const REPLY_CASES: ConformanceCase[] = [
  {
    name: "a local reply runs the filter's own response path",
    scripts: [`on_request_headers\n local 403 why%20not body -1 x-a=1 x-a=2\n get 0 :path\n return 0\n${OWN_PATH}`],
    steps: [GET, { request: { protocol: "http2" } }, { request: { method: "HEAD" } }],
  },
  {
    name: "a local reply without a body",
    scripts: [`on_request_headers\n local 401 d  -1 www-authenticate=Bearer\n${OWN_PATH}`],
    steps: [GET],
  },
  {
    name: "a local reply with its own content-type and length",
    scripts: ["on_request_headers\n local 200 d {} -1 content-type=application/json content-length=77"],
    steps: [GET],
  },
  {
    name: "details with white space",
    scripts: ["on_request_headers\n local 403 a%20b%09c%0Ad  -1"],
    steps: [GET],
  },
  {
    name: "a local reply passes the filters before and not those behind",
    scripts: [
      `on_request_headers\n${OWN_PATH}`,
      "on_request_headers\n local 418 tea short -1\non_response_headers\n pairs 2",
      "on_request_headers\non_response_headers\non_log\non_done",
    ],
    steps: [GET],
  },
  ...[200, 400, 401, 403, 404, 429, 500, 502, 503, 504].map((status): ConformanceCase => ({
    name: `a local reply ${status} to a gRPC request`,
    scripts: [`on_request_headers\n local ${status} d a%20b%0Ac%25 -1 x-a=1\non_response_headers\n pairs 2`],
    steps: [{ request: { method: "POST", protocol: "http2", headers: GRPC, body: "x" } }],
  })),
  {
    name: "a local reply to a gRPC request with a gRPC status",
    scripts: ["on_request_headers\n local 403 d denied 16\non_response_headers\n pairs 2"],
    steps: [
      { request: { method: "POST", headers: GRPC, body: "x" } },
      { request: { method: "POST", headers: [["content-type", "application/grpc+json"]], body: "x" } },
      { request: { method: "POST", headers: [["content-type", "application/grpc-web"]], body: "x" } },
      { request: { method: "POST", headers: [["content-type", "text/plain"]], body: "x" } },
    ],
  },
  {
    name: "a local reply from the body callback",
    scripts: [`on_request_headers\non_request_body\n local 400 bad bad-body -1\n return 0\n${OWN_PATH}`],
    upstreamVaries: true,
    steps: [{ request: { method: "POST", body: "hello" } }],
  },
  {
    name: "a local reply from trailers",
    scripts: [`on_request_trailers\n local 400 bad bad-trailers -1\n${OWN_PATH}`],
    upstream: { delayMs: 300 },
    steps: [{ request: { method: "POST", chunks: ["x"], trailers: [["t", "1"]] } }],
  },
  {
    name: "a local reply from response headers replaces the response",
    scripts: [
      "on_response_headers\n local 502 swapped nothing -1 x-a=1\n return 0\non_response_body\n buffer 1 0 100\non_log\n get 2 :status",
      "on_response_headers\non_log\n get 2 x-a",
    ],
    steps: [GET],
  },
  {
    name: "a local reply from the response body: the headers are out",
    scripts: ["on_response_body\n local 502 late nothing -1\n return 0\non_log\n get 2 :status"],
    upstream: { chunks: ["ab", "cd"] },
    steps: [GET],
  },
  {
    name: "a local reply from a response body of one frame",
    scripts: ["on_response_body\n local 502 late nothing -1\n return 0\non_log\n get 2 :status"],
    steps: [GET],
  },
  {
    name: "response headers held for ever: the client goes away",
    scripts: ["on_response_headers\n return 4\n"],
    steps: [GET],
  },
  {
    name: "two local replies in one callback: the first counts",
    scripts: ["on_request_headers\n local 401 first one -1\n local 403 second two -1"],
    steps: [GET],
  },
  {
    name: "a local reply from an answer to a call",
    scripts: [
      `on_request_headers\n http {{service}} 500 - :method=GET :path=/c :authority=s\n return 4\non_http_call_response\n effective $stream\n local 403 denied no -1\n continue 0\n${OWN_PATH}`,
    ],
    upstreamVaries: true,
    steps: [GET],
  },
  {
    name: "a local reply when the response has been sent",
    scripts: [
      "on_request_headers\n http {{service}} 500 - :method=GET :path=/c :authority=s\non_http_call_response\n effective $stream\n local 403 denied no -1\non_log",
    ],
    upstream: { chunks: ["a", "b", "c", "d", "e", "f"] },
    service: { delayMs: 100 },
    steps: [GET],
  },
  {
    name: "a local reply after Continue, before the upstream answers",
    scripts: [
      "on_request_headers\n http {{service}} 500 - :method=GET :path=/c :authority=s\non_http_call_response\n effective $stream\n local 403 denied no -1\non_response_headers\n pairs 2",
    ],
    upstream: { delayMs: 300 },
    service: { delayMs: 50 },
    steps: [GET],
  },
  {
    name: "a local reply from a root context does nothing",
    scripts: [
      "on_request_headers\n http {{service}} 500 - :method=GET :path=/c :authority=s\n return 4\non_http_call_response\n local 403 denied no -1\n continue 0\n effective $stream\n continue 0",
    ],
    steps: [GET],
  },
  { name: "odd status codes in a local reply", scripts: ["on_request_headers\n local 299 d x -1"], steps: [GET] },
  {
    name: "close the request stream",
    scripts: ["on_request_headers\n close 0\n return 4\non_log\non_done\non_delete"],
    steps: [GET],
  },
  { name: "close the response stream", scripts: ["on_response_headers\n close 1\n return 4\non_log"], steps: [GET] },
  {
    name: "close other streams",
    scripts: ["on_request_headers\n close 2\n close 3\n close 4\n continue 2\n continue 3\n continue 4"],
    steps: [GET],
  },
  {
    name: "the client goes away",
    scripts: [
      "on_request_headers\n return 4\non_log\n get 0 :path\n get 2 :status\n prop response%00code\n prop response%00code_details\n prop response%00flags\non_done\non_delete",
    ],
    steps: [{ request: { abortAfter: 150 } }, { wait: 100 }],
  },
  {
    name: "a call is answered when its stream is gone",
    scripts: [
      "on_request_headers\n http {{service}} 2000 - :method=GET :path=/c :authority=s\n return 4\non_log\non_http_call_response\n effective $stream\n get 6 :status\n get 0 :path\n continue 0\n local 403 d b -1",
    ],
    service: { delayMs: 400 },
    steps: [{ request: { abortAfter: 150 } }, { wait: 500 }],
  },
  {
    name: "trap in request headers, FAIL_CLOSED",
    scripts: ["on_request_headers\n trap\non_response_headers\non_log\non_done"],
    steps: [GET, GET],
  },
  {
    name: "trap in request headers, FAIL_OPEN",
    scripts: ["on_request_headers\n trap\non_response_headers"],
    failurePolicy: "FAIL_OPEN",
    steps: [GET, GET],
  },
  {
    name: "trap in request headers, fail_open",
    scripts: ["on_request_headers\n trap\non_response_headers"],
    failOpen: true,
    steps: [GET, GET],
  },
  {
    name: "trap in the request body, FAIL_OPEN",
    scripts: ["on_request_body\n trap"],
    failurePolicy: "FAIL_OPEN",
    upstreamVaries: true,
    steps: [{ request: { method: "POST", body: "hello" } }, { request: { method: "POST", body: "hello" } }],
  },
  { name: "trap in response headers", scripts: ["on_response_headers\n trap\non_log"], steps: [GET, GET] },
  { name: "trap in the response body", scripts: ["on_response_body\n trap"], steps: [GET, GET] },
  {
    name: "trap in the response body, buffered by another",
    scripts: ["on_response_headers\n return 4\n", "on_response_body\n trap"],
    steps: [GET],
  },
  { name: "trap in the log", scripts: ["on_log\n trap"], steps: [GET, GET] },
  { name: "trap after a local reply", scripts: ["on_request_headers\n local 401 d b -1\n trap"], steps: [GET] },
  {
    name: "trap in an answer to a call: the paused stream hangs",
    scripts: [
      "on_request_headers\n http {{service}} 500 - :method=GET :path=/c :authority=s\n return 4\non_http_call_response\n trap",
    ],
    steps: [GET, GET],
  },
  {
    name: "trap in one filter, another in the same VM",
    scripts: ["on_request_headers\n get 0 :path", "on_request_headers\n trap\non_response_headers"],
    sharedVm: true,
    steps: [GET, GET],
  },
  {
    name: "trap, FAIL_RELOAD: not at once, then a new VM",
    scripts: [
      "on_configure\non_request_headers\n get 0 x-trap\n metricdefine 0 reload\n metricadd 4 1\n metricget 4\n metricadd 8 1",
    ],
    failurePolicy: "FAIL_RELOAD",
    steps: [GET],
  },
];
