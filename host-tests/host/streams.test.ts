/** The API that filter authors use: exchanges, streams driven by hand, calls out, the clock, the trace. */
import { beforeAll, describe, expect, it } from "vitest";
import { EnvoyCrash, EnvoyHost, loadModule, type FilterModule, type HostOptions } from "./index.ts";

let probe: FilterModule;

beforeAll(async () => {
  probe = await loadModule("build/test/host-probe.wasm");
});

function start(configuration: string, options: HostOptions = {}): EnvoyHost {
  const host = new EnvoyHost(options);
  host.addFilter({ name: "probe", module: probe, configuration });
  host.logs.length = 0;
  return host;
}

const messages = (host: EnvoyHost): string[] => host.logs.splice(0).map(({ message }) => message);

describe("an exchange", () => {
  it("has the response, the upstream's request and the details", () => {
    const host = start("on_request_headers\n add 0 x-a 1\n setprop user ann\non_response_headers\n add 2 x-b 2", {
      upstream: ({ method, path, body }) => ({ status: 201, body: `${method} ${path} ${body}` }),
    });
    const exchange = host.request({ method: "PUT", path: "/a", headers: { "X-Id": "7" }, body: "é" });
    expect(exchange.response).toMatchObject({ status: 201, body: "PUT /a é", details: "via_upstream" });
    expect(exchange.response?.headers.get("x-b")).toBe("2");
    expect(exchange.upstreamRequest?.headers.toObject()).toMatchObject({
      "x-a": "1",
      "x-id": "7",
      "content-length": "2",
    });
    expect(exchange.filterState).toEqual({ "wasm.user": "ann" });
  });

  it("is pending until the clock has moved", () => {
    const host = start("", { upstream: () => ({ delayMs: 50 }) });
    const exchange = host.request();
    expect([exchange.state, exchange.response]).toEqual(["pending", undefined]);
    host.advance(49);
    expect(exchange.state).toBe("pending");
    host.advance(1);
    expect(exchange.response?.status).toBe(200);
  });

  it("of an upstream that does not answer ends with 504 after the route's time-out", () => {
    const host = start("", { upstream: () => ({ fault: "hang" }), routes: [{ timeout: 2000 }] });
    const exchange = host.request();
    host.advance(2000);
    expect(exchange.response).toMatchObject({
      status: 504,
      body: "upstream request timeout",
      details: "response_timeout",
    });
  });

  it("without a route is 404", () => {
    const host = start("on_request_headers\n replace 0 x-lane blue", {
      routes: [{ name: "blue", match: (headers) => headers.first("x-lane") === "blue" }],
    });
    expect(host.request().response?.status).toBe(200);
    expect(new EnvoyHost({ routes: [{ match: () => false }] }).request().response).toMatchObject({
      status: 404,
      details: "route_not_found",
    });
  });

  it("keeps filter state of a connection for its other requests", () => {
    const host = start(
      "on_request_headers\n prop filter_state%00envoy.string\n foreign set_envoy_filter_state %0A%0Cenvoy.string%12%02hi%18%02",
    );
    const connection = host.connection();
    host.request({ connection });
    host.request({ connection });
    host.request();
    expect(messages(host).filter((line) => line.startsWith("prop"))).toEqual([
      "prop filter_state%00envoy.string => 1",
      "prop filter_state%00envoy.string => 0 hi",
      "prop filter_state%00envoy.string => 1",
    ]);
  });
});

describe("properties of the surroundings", () => {
  it("are given by the test", () => {
    const host = start(
      "on_request_headers\n prop filter_state%00io.istio.peer_principal\n prop xds%00route_name\n prop xds%00cluster_name\n prop xds%00node%00id\n" +
        " prop source%00address\n prop connection%00uri_san_peer_certificate\n prop metadata%00filter_metadata%00ns%00n\n prop metadata\n prop own%00deep",
      {
        properties: {
          filter_state: { "io.istio.peer_principal": "spiffe://td/ns/a/sa/b" },
          xds: { route_name: "r", node: { id: "me" } },
          source: { address: "10.0.0.9:1" },
          connection: { uri_san_peer_certificate: "spiffe://x" },
          metadata: { ns: { n: 2 } },
          own: { deep: true },
        },
      },
    );
    host.request();
    expect(messages(host).map((line) => line.replace(/^.* => /, ""))).toEqual([
      "on_request_headers 1",
      "0 spiffe://td/ns/a/sa/b",
      "0 r",
      "0 upstream",
      "0 me",
      "0 10.0.0.9:1",
      "0 spiffe://x",
      "0 %00%00%00%00%00%00%00@",
      "0 %0A%16%0A%02ns%12%10%0A%0E%0A%01n%12%09%11%00%00%00%00%00%00%00@",
      "0 %01",
    ]);
  });
});

describe("a stream driven by hand", () => {
  it("tells for each frame what became of it", () => {
    const host = start(
      "on_request_headers\n http s 0 - :method=GET :path=/ :authority=a\n return 4\non_http_call_response\n effective $stream\n continue 0\n" +
        "on_response_body\n setbuffer 1 0 100 changed",
      { clusters: { s: { delayMs: 10 } } },
    );
    const stream = host.stream({ method: "POST" });
    expect(stream.requestHeaders()).toEqual({ action: "pause", forwarded: "" });
    expect(stream.requestBody("ab")).toEqual({ action: "pause", forwarded: "" });
    host.advance(10);
    expect(stream.upstreamRequest?.body).toBe("ab");
    expect(stream.requestBody("cd", true)).toEqual({ action: "continue", forwarded: "cd" });
    expect(stream.responseHeaders(200)).toEqual({ action: "continue", forwarded: "" });
    expect(stream.responseBody("x")).toEqual({ action: "continue", forwarded: "changed" });
    expect(stream.responseTrailers({ t: "1" })).toMatchObject({ action: "continue" });
    expect(stream.response).toMatchObject({ status: 200, body: "changed" });
  });

  it("is answered by a filter, or broken off", () => {
    const refused = start("on_request_body\n local 400 bad no -1").stream({ method: "POST" });
    expect(refused.requestHeaders()).toMatchObject({ action: "continue" });
    expect(refused.requestBody("x")).toMatchObject({ action: "reply" });
    const broken = start("on_response_body\n close 1").stream();
    broken.requestHeaders([], true);
    broken.responseHeaders(200);
    expect(broken.responseBody("x")).toMatchObject({ action: "reset" });
  });

  it("throws where Envoy would crash", () => {
    const host = start("on_request_headers\n continue 1\n return 4");
    expect(() => host.request()).toThrow(EnvoyCrash);
  });
});

describe("gRPC out of a filter", () => {
  it("calls and streams", () => {
    const host = start(
      "on_request_headers\n grpccall s pkg.Svc Call 1000 ping a=1\n grpcstream s pkg.Svc Talk 0 x\n grpcsend $last one 0\n" +
        "on_grpc_receive\n buffer 5 0 100\non_grpc_receive_initial_metadata\n get 4 x-a\non_grpc_receive_trailing_metadata\n get 5 x-t\non_grpc_close\n status",
      {
        clusters: {
          s: {
            grpc: ({ service, method, message, metadata }) => ({
              message: `${service}/${method} ${message.toString()} ${metadata.get("a")}`,
            }),
            onGrpcMessage: (stream, message) => {
              stream.initialMetadata({ "x-a": "1" });
              stream.send(`echo ${message.toString()}`);
              stream.close(5, "none", { "x-t": "2" });
            },
          },
        },
      },
    );
    host.request();
    const lines = messages(host).filter((line) => !line.startsWith("grpc") && !line.startsWith("on_request"));
    expect(lines).toEqual([
      "on_grpc_receive 5 19",
      "buffer 5 0 100 => 0 pkg.Svc/Call%20ping%201",
      "on_grpc_receive_initial_metadata 6",
      "get 4 x-a => 0 1",
      "on_grpc_receive 6 8",
      "buffer 5 0 100 => 0 echo%20one",
      "on_grpc_receive_trailing_metadata 6",
      "get 5 x-t => 0 2",
      "on_grpc_close 6 5",
      "status => 0 5 none{via_upstream}",
    ]);
  });
});

describe("the trace", () => {
  it("reads as a list of calls", () => {
    const host = new EnvoyHost({ trace: true });
    host.addFilter({ name: "probe", module: probe, configuration: "on_request_headers\n get 0 :path\n return 4" });
    const before = host.trace.length;
    host.request({ path: "/x" });
    expect(host.trace.slice(before)).toEqual([
      "worker 0 → proxy_on_context_create(2, 1, 0, 0, 0) context 2",
      "← proxy_on_context_create = 0",
      "worker 0 → proxy_on_request_headers(2, 6, 1, 0, 0) context 2",
      '  proxy_log(2, "on_request_headers 1") = Ok',
      '  proxy_get_header_map_value(request, ":path", → "/x") = Ok',
      '  proxy_log(2, "get 0 :path => 0 /x") = Ok',
      "← proxy_on_request_headers = 4",
    ]);
  });
});

describe("many streams", () => {
  it("run in seconds, and nothing of them is left", () => {
    const host = new EnvoyHost({ logLevel: "warn", upstream: () => ({ body: "ok" }) });
    const filter = host.addFilter({ name: "probe", module: probe, configuration: "" });
    for (let i = 0; i < 20_000; i++) host.request({ headers: [["authorization", "Bearer x"]] });
    expect(filter.contextCount()).toBe(2);
  });
});
