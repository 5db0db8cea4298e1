/** Where requests go, and what is known of the connections that they come on. */
import { beforeAll, describe, expect, it } from "vitest";
import { EnvoyHost, loadModule, type FilterModule, type HostOptions } from "./index.ts";

let probe: FilterModule;

beforeAll(async () => {
  probe = await loadModule("build/test/host-probe.wasm");
});

function hostWith(options: HostOptions, ...scripts: string[]): EnvoyHost {
  const host = new EnvoyHost(options);
  for (const [index, script] of scripts.entries()) {
    host.addFilter({ name: String(index), module: probe, configuration: `on_request_headers\n${script}` });
  }
  return host;
}

const messages = (host: EnvoyHost): string[] => host.logs.splice(0).map(({ message }) => message);

describe("routes", () => {
  const lanes: HostOptions = {
    routes: [
      { name: "canary", match: (headers) => headers.first("x-lane") === "canary", cluster: "canary" },
      { cluster: "stable" },
    ],
    upstream: ({ cluster }) => ({ body: cluster }),
  };

  it("are looked for again when a filter has changed a header", () => {
    const host = hostWith(lanes, " replace 0 x-lane canary\n replace 0 x-more 1");
    const exchange = host.request();
    expect(exchange.response?.body).toBe("canary");
    expect(exchange.upstreamRequest?.cluster).toBe("canary");
    expect(exchange.routeSelections).toBe(2);
  });

  it("are looked for once when no filter changes anything", () => {
    const exchange = hostWith(lanes, " get 0 x-lane", " prop xds%00route_name").request();
    expect(exchange.response?.body).toBe("stable");
    expect(exchange.routeSelections).toBe(1);
  });

  it("lead to the cluster that headers name, if there is one", () => {
    const host = hostWith({ upstreams: ["a", "b"], routes: [{ cluster: (headers) => headers.first("x-cluster") }] });
    expect(host.request({ headers: { "x-cluster": "b" } }).upstreamRequest?.cluster).toBe("b");
    for (const headers of [[], [["x-cluster", "c"]]] satisfies [string, string][][]) {
      const exchange = host.request({ headers });
      expect([exchange.response?.status, exchange.details]).toEqual([503, "cluster_not_found"]);
      expect(exchange.upstreamRequest).toBeUndefined();
    }
  });
});

describe("upstreams", () => {
  const watcher = (...paths: string[]) =>
    `\non_log\n${paths.map((path) => ` prop ${path.replaceAll(".", "%00")}`).join("\n")}`;

  it("have metadata of their cluster and of their endpoint", () => {
    const metadata = { istio: { services: [{ host: "a.b.svc" }] } };
    const host = hostWith(
      { upstreams: [{ name: "upstream", metadata, hostMetadata: { istio: { workload: "w" } } }] },
      watcher(
        "xds.cluster_metadata.filter_metadata.istio.services.0.host",
        "xds.upstream_host_metadata.filter_metadata.istio.workload",
      ),
    );
    host.request();
    expect(messages(host).slice(-2)).toEqual([
      expect.stringContaining("=> 0 a.b.svc"),
      expect.stringContaining("=> 0 w"),
    ]);
  });

  it.each([
    ["no-hosts", "no_healthy_upstream", "%02", "=> 1"],
    ["refuse", "upstream_reset_before_response_started{remote_connection_failure", "%20", "=> 0 127.0.0.1"],
  ] as const)("that are not there get nothing: %s", (fault, details, flags, address) => {
    const upstreams = [{ name: "upstream", fault }];
    const host = hostWith({ upstreams }, watcher("response.flags", "upstream.address"));
    const exchange = host.request({ method: "POST", chunks: ["a", "b"] });
    expect([exchange.response?.status, exchange.upstreamRequest]).toEqual([503, undefined]);
    expect(exchange.details).toContain(details);
    expect(messages(host).slice(-2)).toEqual([
      expect.stringContaining(`=> 0 ${flags}%00`),
      expect.stringContaining(address),
    ]);
  });

  it("have not got a request that does not end", () => {
    const host = hostWith({}, "");
    const exchange = host.request({ method: "POST", body: "begin", unfinished: true });
    expect([exchange.state, exchange.upstreamRequest?.body, exchange.upstreamHasWhole]).toEqual([
      "pending",
      "begin",
      false,
    ]);
    exchange.reset();
    expect([exchange.state, exchange.statusSoFar, exchange.details]).toEqual([
      "reset",
      undefined,
      "downstream_remote_disconnect",
    ]);
  });

  it("speak HTTP/2 where they are told to, or where the client does", () => {
    const upstreams = (["http1", "http2", "downstream"] as const).map((protocol) => ({ name: protocol, protocol }));
    const host = hostWith({ upstreams, routes: [{ cluster: (headers) => headers.first("x-cluster") }] }, "");
    const spoken = (name: string, protocol: "http1" | "http2") =>
      host.request({ headers: { "x-cluster": name }, protocol }).upstreamRequest?.protocol;
    expect(upstreams.map(({ name }) => [spoken(name, "http1"), spoken(name, "http2")])).toEqual([
      ["http1", "http1"],
      ["http2", "http2"],
      ["http1", "http2"],
    ]);
  });
});

describe("connections", () => {
  const facts = " prop source%00address\n prop filter_state%00io.istio.peer_principal";

  it("keep what is known of them over all their requests", () => {
    const host = hostWith({}, facts);
    const filterState = { "io.istio.peer_principal": "spiffe://td/ns/a/sa/b" };
    const connection = host.connection({ source: "10.0.0.1:1", filterState });
    host.request({ connection });
    host.request({ connection, headers: { "x-forwarded-for": "10.0.0.2" } });
    host.request();
    expect(messages(host).filter((line) => line.startsWith("prop"))).toEqual([
      "prop source%00address => 0 10.0.0.1:1",
      "prop filter_state%00io.istio.peer_principal => 0 spiffe://td/ns/a/sa/b",
      "prop source%00address => 0 10.0.0.2:0",
      "prop filter_state%00io.istio.peer_principal => 0 spiffe://td/ns/a/sa/b",
      "prop source%00address => 0 127.0.0.1:50000",
      "prop filter_state%00io.istio.peer_principal => 1",
    ]);
  });
});

describe("metadata", () => {
  it("of a request comes on top of that of the host", () => {
    const prop = (path: string) => ` prop metadata%00filter_metadata%00${path}`;
    const host = hostWith(
      { properties: { metadata: { a: { x: "1" }, b: { x: "1" } } } },
      `${prop("a%00x")}\n${prop("b%00x")}`,
    );
    host.request({ metadata: { b: { x: "2" } } });
    host.request();
    expect(messages(host).flatMap((line) => line.split(" => 0 ").slice(1))).toEqual(["1", "2", "1", "1"]);
  });
});
