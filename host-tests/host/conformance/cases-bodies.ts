/** Bodies: frames, buffering, changing them, pausing. */
import type { ConformanceCase } from "./case.ts";

const POST = { request: { method: "POST", body: "hello" } };
const CHUNKS = { request: { method: "POST", chunks: ["one", "two", "three"] } };
const H2 = { request: { method: "POST", protocol: "http2" as const, chunks: ["one", "two", "three"] } };
const SEEN =
  "on_request_headers\non_request_body\n buffer 0 0 100\n length 0\non_response_headers\non_response_body\n buffer 1 0 100";

export const BODY_CASES: ConformanceCase[] = [
  {
    name: "frames of a body, and where the end is",
    scripts: [SEEN],
    steps: [{ request: {} }, POST, CHUNKS, H2, { request: { method: "POST", protocol: "http2", body: "hello" } }],
  },
  {
    name: "an empty response body",
    scripts: [SEEN],
    upstream: { status: 204 },
    steps: [{ request: {} }],
  },
  {
    name: "reading parts of a buffer",
    scripts: [
      "on_request_body\n buffer 0 1 2\n buffer 0 3 100\n buffer 0 5 1\n buffer 0 6 1\n buffer 0 0 0\n buffer 0 4294967295 4294967295\n buffer 0 1 4294967295\n buffer 9 0 1\n buffer 1 0 1\n buffer 4 0 1\n buffer 7 0 1\n buffer 6 0 1\n buffer 8 0 1\n buffer 2 0 1\n length 7\n length 4\n length 5",
    ],
    steps: [POST],
  },
  {
    name: "replacing a frame: the length removed",
    scripts: ["on_request_headers\n remove 0 content-length\non_request_body\n setbuffer 0 0 4294967295 longer-body"],
    steps: [{ request: { method: "POST", protocol: "http2", body: "hello" } }],
  },
  {
    name: "set_buffer: prepend, append, replace a part, beyond the end, in the middle",
    scripts: [
      "on_request_headers\n remove 0 content-length\n return 0\non_request_body\n setbuffer 0 0 0 <\n buffer 0 0 100\n setbuffer 0 6 0 >\n buffer 0 0 100\n setbuffer 0 100 0 ~\n buffer 0 0 100\n setbuffer 0 100 5 +\n buffer 0 0 100\n setbuffer 0 0 2 ab\n buffer 0 0 100\n setbuffer 0 2 1 no\n setbuffer 0 0 100 all\n buffer 0 0 100\n setbuffer 1 0 0 x\n setbuffer 7 0 0 x\n setbuffer 4 0 0 x",
    ],
    steps: [{ request: { method: "POST", protocol: "http2", body: "hello" } }],
  },
  {
    name: "response body replaced, the length kept",
    scripts: ["on_response_body\n setbuffer 1 0 2 longer-body"],
    steps: [{ request: { protocol: "http2" } }],
  },
  {
    name: "response body replaced, the length removed",
    scripts: ["on_response_headers\n remove 2 content-length\non_response_body\n setbuffer 1 0 2 <changed>"],
    steps: [{ request: {} }, { request: { protocol: "http2" } }],
  },
  {
    name: "response body shorter than announced",
    scripts: ["on_response_body\n setbuffer 1 0 2 s"],
    steps: [{ request: {} }],
  },
  {
    name: "StopIterationAndBuffer until the end: all of the body in one buffer",
    scripts: ["on_request_headers\n remove 0 content-length\non_request_body\n buffer 0 0 100\n return 1"],
    steps: [CHUNKS],
  },
  {
    name: "buffering a body, then Continue at its end",
    scripts: ["on_request_body\n buffer 0 0 100\n return 1", "on_request_headers\non_request_body\n buffer 0 0 100"],
    steps: [H2],
  },
  {
    name: "pausing the headers keeps the body back, which comes at once",
    scripts: [
      "on_request_headers\n http {{service}} 500 - :method=GET :path=/c :authority=s\n return 4\non_request_body\n buffer 0 0 100\non_request_trailers\non_http_call_response\n effective $stream\n buffer 0 0 100\n continue 0",
    ],
    service: { body: "served", delayMs: 250 },
    steps: [CHUNKS, H2, { request: { method: "POST", chunks: ["x"], trailers: [["t", "1"]] } }],
  },
  {
    name: "StopIteration from headers stops everything by default",
    scripts: [
      "on_request_headers\n http {{service}} 500 - :method=GET :path=/c :authority=s\n return 1\non_request_body\n buffer 0 0 100\non_http_call_response\n effective $stream\n continue 0",
    ],
    service: { body: "served", delayMs: 250 },
    steps: [CHUNKS],
  },
  {
    name: "StopIteration with allow_on_headers_stop_iteration: the body runs, and takes the request along",
    scripts: [
      "on_request_headers\n http {{service}} 500 - :method=GET :path=/c :authority=s\n return 1\non_request_body\n buffer 0 0 100\non_http_call_response\n effective $stream\n get 0 :path",
      "on_request_headers\non_request_body\n buffer 0 0 100",
    ],
    allowOnHeadersStopIteration: true,
    service: { body: "served", delayMs: 250 },
    steps: [POST, { wait: 400 }, H2, { wait: 400 }],
  },
  {
    name: "2 from headers is Continue",
    scripts: ["on_request_headers\n return 2\non_response_headers\n return 2"],
    steps: [{ request: {} }],
  },
  {
    name: "3 from headers stops everything",
    scripts: ["on_request_headers\n return 3\non_request_body"],
    steps: [POST],
  },
  {
    name: "7 from headers stops everything",
    scripts: ["on_request_headers\n return 7\non_request_body"],
    steps: [POST],
  },
  {
    name: "StopIterationAndWatermark from the body, continued from an answer",
    scripts: [
      "on_request_body\n buffer 0 0 100\n http {{service}} 500 - :method=GET :path=/c :authority=s\n return 2\non_http_call_response\n effective $stream\n buffer 0 0 100\n continue 0",
    ],
    steps: [{ request: { method: "POST", protocol: "http2", body: "hello" } }],
  },
  {
    name: "StopIterationNoBuffer from the body drops what it stopped at",
    scripts: [
      "on_request_headers\n remove 0 content-length\non_request_body\n buffer 0 0 100\n http {{service}} 500 - :method=GET :path=/c :authority=s\n return 3\non_http_call_response\n effective $stream\n continue 0",
    ],
    steps: [{ request: { method: "POST", protocol: "http2", body: "hello" } }],
  },
  {
    name: "a body buffered, changed from an answer and continued",
    scripts: [
      "on_request_headers\n remove 0 content-length\non_request_body\n http {{service}} 500 - :method=GET :path=/c :authority=s\n return 1\non_http_call_response\n effective $stream\n buffer 0 0 100\n setbuffer 0 0 100 changed\n get 0 :path\n continue 0\non_request_trailers",
    ],
    steps: [{ request: { method: "POST", protocol: "http2", body: "hello" } }],
  },
  {
    name: "more than the buffer limit, buffered: 413",
    scripts: ["-on_request_body\n return 1\non_response_headers\n pairs 2\non_response_body"],
    upstreamVaries: true,
    steps: [{ request: { method: "POST", body: "x".repeat(1_300_000) } }],
  },
  {
    name: "more than the buffer limit while the headers are paused: it waits",
    scripts: [
      "on_request_headers\n http {{service}} 2000 - :method=GET :path=/c :authority=s\n return 4\non_http_call_response\n effective $stream\n continue 0",
    ],
    service: { delayMs: 150 },
    steps: [{ request: { method: "POST", body: "x".repeat(1_300_000) } }],
  },
  {
    name: "a response larger than the buffer limit, buffered: broken off, because its headers are out",
    scripts: ["-on_response_body\n return 1\non_log\n get 2 :status"],
    upstream: { body: "y".repeat(1_300_000) },
    steps: [{ request: {} }],
  },
  {
    name: "a response larger than the buffer limit, its headers held: 500",
    scripts: ["-on_response_headers\n return 3\non_log\n get 2 :status"],
    upstream: { body: "y".repeat(1_300_000) },
    steps: [{ request: {} }],
  },
  {
    name: "pausing a response, continued from an answer",
    scripts: [
      "on_response_headers\n http {{service}} 500 - :method=GET :path=/c :authority=s\n return 4\non_response_body\n buffer 1 0 100\non_http_call_response\n effective $stream\n get 2 :status\n add 2 x-late 1\n continue 1\n get 2 :status",
    ],
    service: { delayMs: 50 },
    steps: [{ request: {} }],
  },
  {
    name: "buffering a response body and changing it at the end",
    scripts: ["on_response_headers\n remove 2 content-length\non_response_body\n buffer 1 0 100\n return 1\n"],
    upstream: { chunks: ["ab", "cd"] },
    steps: [{ request: {} }],
  },
  {
    name: "continue in the callback itself",
    scripts: ["on_request_headers\n continue 0\n return 0"],
    steps: [{ request: {} }],
  },
  {
    name: "continue a request that is not paused",
    scripts: [
      "on_request_headers\n http {{service}} 500 - :method=GET :path=/c :authority=s\n return 0\non_http_call_response\n effective $stream\n continue 0",
    ],
    upstream: { delayMs: 200, body: "late" },
    steps: [{ request: {} }],
  },
  {
    name: "continue a response that has not begun",
    scripts: [
      "on_request_headers\n http {{service}} 500 - :method=GET :path=/c :authority=s\n return 0\non_http_call_response\n effective $stream\n continue 1",
    ],
    upstream: { delayMs: 200, body: "late" },
    crashes: true,
    steps: [{ request: {} }],
  },
  {
    name: "a body larger than one frame",
    scripts: ["on_request_headers\non_log"],
    steps: [{ request: { method: "POST", body: "z".repeat(40_000) } }],
  },
];
