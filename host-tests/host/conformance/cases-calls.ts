/** Calls out of a filter, timers, shared data, queues, metrics, contexts, the life cycle. */
import type { ConformanceCase } from "./case.ts";

const GET = { request: {} };
const CALL = ":method=GET :path=/c :authority=s";
const ANSWER =
  "on_http_call_response\n pairs 6\n pairs 7\n buffer 4 0 200\n length 4\n status\n effective $stream\n pairs 6\n continue 0\n";
/** What of gRPC goes to the log, and that the request goes on when the call is over. */
const GRPC_EVENTS =
  "on_grpc_receive_initial_metadata\n pairs 4\non_grpc_receive\n buffer 5 0 100\n length 5\n pairs 4\n effective $stream\n continue 0\n" +
  "on_grpc_receive_trailing_metadata\n pairs 5\non_grpc_close\n status\n effective $stream\n continue 0\n";

export const CALL_CASES: ConformanceCase[] = [
  {
    name: "http_call: the answer's headers, body and trailers",
    scripts: [`on_request_headers\n http {{service}} 500 - ${CALL}\n return 4\n${ANSWER}`],
    service: {
      status: 201,
      headers: [
        ["x-a", "1"],
        ["X-B", "2"],
      ],
      body: "answer",
    },
    steps: [GET],
  },
  {
    name: "http_call: chunked answer with trailers",
    scripts: [`on_request_headers\n http {{service}} 500 - ${CALL}\n return 4\n${ANSWER}`],
    service: { chunks: ["a", "b"], trailers: [["t", "1"]] },
    steps: [GET],
  },
  {
    name: "http_call: what cannot be sent",
    scripts: [
      `on_request_headers\n http missing 500 - ${CALL}\n http {{hostless}} 500 - ${CALL}\n http {{service}} 500 - :path=/c :authority=s\n http {{service}} 500 - :method=GET :authority=s\n http {{service}} 500 - :method=GET :path=/c\n http {{service}} 500 - :method=GET :path=/c host=s\n http {{service}} -1 - ${CALL}\n http  500 - ${CALL}\n http ! 500 - ${CALL}\non_http_call_response\n pairs 6\n status`,
    ],
    steps: [GET, { wait: 200 }],
  },
  {
    name: "http_call: refused",
    scripts: [`on_request_headers\n http {{refused}} 500 - ${CALL}\n return 4\n${ANSWER}`],
    steps: [GET],
  },
  {
    name: "http_call: timed out",
    scripts: [`on_request_headers\n http {{service}} 100 - ${CALL}\n return 4\n${ANSWER}`],
    service: { fault: "hang" },
    steps: [GET],
  },
  {
    name: "http_call: reset before an answer",
    scripts: [`on_request_headers\n http {{service}} 500 - ${CALL}\n return 4\n${ANSWER}`],
    service: { fault: "reset" },
    steps: [GET],
  },
  {
    name: "http_call: reset after the headers of the answer",
    scripts: [`on_request_headers\n http {{service}} 500 - ${CALL}\n return 4\n${ANSWER}`],
    service: { fault: "reset-body", body: "abc" },
    steps: [GET],
  },
  {
    name: "http_call: two at once, answered in order",
    scripts: [
      `on_request_headers\n http {{service}} 500 one ${CALL}\n http {{service}} 500 two ${CALL}\n return 4\non_http_call_response\n effective $stream\n continue 0`,
    ],
    steps: [GET],
  },
  {
    name: "http_call from on_configure",
    scripts: [
      `on_configure\n http {{service}} 500 - ${CALL}\non_http_call_response\n get 6 :status\non_request_headers`,
    ],
    steps: [{ wait: 300 }, GET],
  },
  {
    name: "grpc_call: what cannot be sent",
    scripts: [
      "on_request_headers\n grpccall missing s.S M 500 x\n grpccall {{hostless}} s.S M 500 x\n grpccall %0A%0A%0A%08nosuchcl s.S M 500 x\n grpcsend 4 x 0\n grpcsend 6 x 0\n grpcclose 5\n grpccancel 5\n grpcclose 6\n grpccancel 6\n grpcclose 4\non_grpc_close\n status",
    ],
    steps: [GET, { wait: 100 }],
  },
  {
    name: "grpc_call: refused",
    scripts: [
      "on_request_headers\n grpccall {{refused}} s.S M 500 x\n return 4\non_grpc_close\n status\n effective $stream\n continue 0",
    ],
    steps: [GET],
  },
  {
    name: "grpc_call: timed out",
    scripts: [
      "on_request_headers\n grpccall {{service}} s.S M 100 x\n return 4\non_grpc_close\n status\n effective $stream\n continue 0",
    ],
    service: { fault: "hang" },
    steps: [GET],
  },
  {
    name: "grpc_call: answered",
    scripts: [`on_request_headers\n grpccall {{grpc}} s.S M 500 ping\n return 4\n${GRPC_EVENTS}`],
    grpc: { initialMetadata: [["x-i", "1"]], messages: ["pong"], trailingMetadata: [["x-t", "2"]] },
    steps: [GET],
  },
  {
    name: "grpc_call: answered with a status and no message",
    scripts: [`on_request_headers\n grpccall {{grpc}} s.S M 500 ping\n return 4\n${GRPC_EVENTS}`],
    grpc: { initialMetadata: [["x-i", "1"]], trailingMetadata: [["x-t", "2"]], status: 7, statusMessage: "not you" },
    steps: [GET],
  },
  {
    name: "grpc_call: answered with a message and a status",
    scripts: [`on_request_headers\n grpccall {{grpc}} s.S M 500 ping\n return 4\n${GRPC_EVENTS}`],
    grpc: { messages: ["pong"], status: 7, statusMessage: "not you" },
    steps: [GET],
  },
  {
    name: "grpc_stream: messages, metadata and a status",
    scripts: [`on_request_headers\n grpcstream {{grpc}} s.S M 0 x\n grpcsend $last hello 0\n return 4\n${GRPC_EVENTS}`],
    grpc: {
      initialMetadata: [["x-i", "1"]],
      messages: ["one", "two"],
      trailingMetadata: [["x-t", "2"]],
      status: 5,
      statusMessage: "none",
    },
    steps: [GET],
  },
  {
    name: "grpc_stream: ended well",
    scripts: [`on_request_headers\n grpcstream {{grpc}} s.S M 0 x\n grpcsend $last hello 1\n return 4\n${GRPC_EVENTS}`],
    grpc: { messages: ["one"] },
    steps: [GET],
  },
  {
    name: "grpc_stream: refused",
    scripts: [
      "on_request_headers\n grpcstream {{refused}} s.S M 0 x\n grpcsend $last hello 0\n return 4\non_grpc_receive_initial_metadata\n pairs 4\non_grpc_receive_trailing_metadata\n pairs 5\non_grpc_close\n status\n effective $stream\n continue 0",
    ],
    steps: [GET],
  },
  {
    name: "on_tick",
    scripts: ["on_request_headers\n tick 400\non_tick\n sharedget k\n sharedset k v 0\n tick 0"],
    steps: [GET, { wait: 700 }],
  },
  {
    name: "contexts: effective context of others, and what is not there",
    scripts: [
      "on_request_headers\n effective 999\n effective $root\n get 0 :path\n effective $stream\n get 0 :path\n effective 0\n get 0 :path\n done",
    ],
    steps: [GET],
  },
  {
    name: "a hostcall in a root context that needs a stream",
    scripts: [
      "on_configure\n get 0 a\n pairs 0\n add 0 a 1\n setprop x y\n prop x\n local 200 d b -1\n continue 0\n close 0\n buffer 0 0 1\n buffer 7 0 12\n buffer 6 0 9\n prop plugin_root_id\n prop request%00path\n prop request\n prop xds%00cluster_name\n prop connection_id\n done\n time\n level\n status\non_request_headers\n buffer 7 0 5",
    ],
    startup: true,
    steps: [GET],
  },
  {
    name: "shared data with compare-and-swap",
    scripts: [
      "on_request_headers\n sharedget k\n sharedset k one 7\n sharedget k\n sharedset k two $last\n sharedset k three $last\n sharedget k\n sharedset k  0\n sharedget k\n sharedget !\n sharedset ! x 0",
    ],
    steps: [GET],
  },
  {
    name: "shared data is shared within a vm_id only",
    scripts: ["on_request_headers\n sharedset k one 0", "on_request_headers\n sharedget k"],
    steps: [GET],
  },
  {
    name: "shared data between filters of one VM",
    scripts: ["on_request_headers\n sharedset k one 0", "on_request_headers\n sharedget k"],
    sharedVm: true,
    steps: [GET],
  },
  {
    name: "queues",
    scripts: [
      "on_configure\n queueregister q\non_queue_ready\n queueresolve  q\n queuepop $last\n queuepop $last\non_request_headers\n queueresolve  q\n queuepush $last item\n queueresolve  nope\n queueresolve other q\n queuepush 999 x\n queuepop 999",
    ],
    startup: false,
    steps: [GET, { wait: 100 }],
  },
  {
    name: "metrics",
    scripts: [
      "on_request_headers\n metricdefine 0 c1\n metricdefine 0 c1\n metricdefine 1 c1\n metricdefine 2 h\n metricdefine 3 x\n metricadd 4 2\n metricget 4\n metricget 8\n metricadd 8 1\n metricget 4\n metricadd 4 0\n metricadd 4 -1\n metricrecord 4 5\n metricget 4\n metricadd 5 -3\n metricget 5\n metricrecord 5 9\n metricget 5\n metricadd 6 1\n metricrecord 6 1\n metricget 6\n metricadd 99 1\n metricadd 100 1\n metricget 100\n metricrecord 100 1\n metricadd 7 1\n metricget 7\n metricrecord 7 1",
    ],
    steps: [GET],
  },
  {
    name: "metrics are of the process, ids of the VM",
    scripts: [
      "on_request_headers\n metricdefine 0 shared\n metricadd 4 1",
      "on_request_headers\n metricdefine 0 x\n metricdefine 0 shared\n metricadd 8 1\n metricget 8",
    ],
    steps: [GET],
  },
  {
    name: "logs and levels",
    scripts: [
      "on_request_headers\n say 0 t\n say 1 d\n say 2 i\n say 3 w\n say 4 e\n say 5 c\n say 6 x\n say 2 !\n say 2 \n level",
    ],
    steps: [GET],
  },
  {
    name: "the life of a stream",
    scripts: [
      "on_context_create\non_request_headers\non_request_body\non_response_headers\non_response_body\non_log\non_done\n return 0\non_delete",
      "on_context_create\non_log\non_done\non_delete",
    ],
    sharedVm: true,
    steps: [{ request: { method: "POST", body: "x" } }],
  },
  {
    name: "bad pointers are InvalidMemoryAccess",
    scripts: [
      "on_request_headers\n get 0 !\n add 0 ! x\n add 0 x !\n replace 0 ! x\n remove 0 !\n rawpairs 0 !\n prop !\n setprop ! x\n setprop x !\n sharedget !\n sharedset x ! 0\n queueregister !\n queueresolve ! x\n queuepush 1 !\n metricdefine 0 !\n http ! 0 - :method=GET\n http {{service}} 0 ! :method=GET\n local 200 ! x -1\n local 200 x ! -1\n setbuffer 0 0 0 !\n say 2 !\n foreign ! x\n foreign compress !\n grpccall ! x y 0 z\n grpcsend 6 ! 0",
    ],
    steps: [GET],
  },
];
