import { beforeAll, describe, expect, it } from "vitest";
import { EnvoyHost, loadModule, type Cluster, type Exchange, type FilterModule } from "waypost/host";

let module: FilterModule;

beforeAll(async () => {
  module = await loadModule("build/examples/ext-authz.wasm");
});

const CONFIGURATION = { cluster: "authz", authority: "authz.shop", path: "/check", timeout: "200ms" };

/** A proxy with the filter and, behind the cluster `authz`, this service; without one the cluster does not exist. */
function start(service?: Cluster, configuration: object = CONFIGURATION): EnvoyHost {
  const host = new EnvoyHost({ clusters: service === undefined ? {} : { authz: service } });
  host.addFilter({ name: "default.ext-authz", module, configuration: JSON.stringify(configuration) });
  return host;
}

const UNAVAILABLE = {
  status: 503,
  body: "the authorization service does not answer",
  details: "ext_authz_unavailable",
};

function expectUnavailable(exchange: Exchange): void {
  expect(exchange.response).toMatchObject(UNAVAILABLE);
  expect(exchange.upstreamRequest).toBeUndefined();
}

describe("the question", () => {
  it("carries what the decision may depend on, and nothing else", () => {
    const asked: Record<string, string>[] = [];
    const host = start((call) => {
      asked.push(call.headers.toObject());
      return { status: 200 };
    });
    host.request({
      method: "DELETE",
      path: "/orders/7?force=1",
      headers: {
        authorization: "Bearer abc",
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        tracestate: "congo=t61rcWkgMzE",
        "x-forwarded-uri": "/harmless",
        "x-other": "not forwarded",
      },
    });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      ":method": "GET",
      ":path": "/check",
      ":authority": "authz.shop",
      authorization: "Bearer abc",
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      tracestate: "congo=t61rcWkgMzE",
      "x-forwarded-method": "DELETE",
      "x-forwarded-uri": "/orders/7?force=1",
    });
    expect(asked[0]).not.toHaveProperty("x-other");
  });

  it("has every value of a header that comes several times", () => {
    let seen: string[] = [];
    const host = start((call) => {
      seen = call.headers.all("authorization");
      return {};
    });
    host.request({
      headers: [
        ["authorization", "one"],
        ["authorization", "two"],
      ],
    });
    // As Envoy keeps them.
    expect(seen).toEqual(["one,two"]);
  });

  it("belongs to no trace when the request's is malformed", () => {
    let headers: Record<string, string> = {};
    const host = start((call) => {
      headers = call.headers.toObject();
      return {};
    });
    host.request({ headers: { traceparent: "00-0-0-01", tracestate: "congo=t61rcWkgMzE" } });
    expect(headers).not.toHaveProperty("traceparent");
    expect(headers).not.toHaveProperty("tracestate");
  });
});

describe("the answer", () => {
  it.each([200, 204, 299])("%i lets the request pass, unchanged", (status) => {
    const exchange = start({ status }).request({ method: "POST", path: "/orders", body: "order" });
    expect(exchange.response?.status).toBe(200);
    expect(exchange.upstreamRequest).toMatchObject({ method: "POST", path: "/orders", body: "order" });
  });

  it("403 refuses it with the service's body", () => {
    const exchange = start({ status: 403, body: "not on a Sunday" }).request();
    expect(exchange.response).toMatchObject({ status: 403, body: "not on a Sunday", details: "ext_authz_denied" });
    expect(exchange.upstreamRequest).toBeUndefined();
  });

  it("401 refuses it with the service's challenge", () => {
    const exchange = start({ status: 401, headers: { "www-authenticate": "Basic" }, body: "who are you?" }).request();
    expect(exchange.response).toMatchObject({ status: 401, body: "who are you?" });
    expect(exchange.response?.headers.get("www-authenticate")).toBe("Basic");
  });

  it("refuses a gRPC request in its own terms", () => {
    const host = start({ status: 403 });
    const exchange = host.request({ protocol: "http2", headers: { "content-type": "application/grpc" } });
    expect(exchange.response?.status).toBe(200);
    expect(exchange.response?.headers.get("grpc-status")).toBe("7");
  });

  it.each([100, 302, 500, 503])("%i is no decision, and nothing passes", (status) => {
    expectUnavailable(start({ status }).request());
  });
});

describe("a request waits", () => {
  it("until the answer is there", () => {
    const host = start({ delayMs: 150 });
    const exchange = host.request({ method: "POST", body: "order" });
    host.advance(149);
    expect(exchange.state).toBe("pending");
    expect(exchange.upstreamRequest).toBeUndefined();
    host.advance(1);
    expect(exchange.response?.status).toBe(200);
    expect(exchange.upstreamRequest?.body).toBe("order");
  });

  it("each for its own answer", () => {
    const host = start((call) => {
      const isSlow = call.headers.get("x-forwarded-uri") === "/slow";
      return isSlow ? { status: 403, body: "no", delayMs: 100 } : { delayMs: 50 };
    });
    const slow = host.request({ path: "/slow" });
    const fast = host.request({ path: "/fast" });
    host.advance(50);
    expect(fast.response?.status).toBe(200);
    expect(slow.state).toBe("pending");
    host.advance(50);
    expect(slow.response?.status).toBe(403);
  });

  it("no longer than the timeout", () => {
    const host = start({ fault: "hang" });
    const exchange = host.request();
    host.advance(199);
    expect(exchange.state).toBe("pending");
    host.advance(1);
    expectUnavailable(exchange);
  });
});

describe("nothing passes when the service", () => {
  it.each(["refuse", "reset", "reset-body", "no-hosts"] as const)("fails: %s", (fault) => {
    expectUnavailable(start({ fault }).request());
  });

  it("has no cluster", () => {
    expectUnavailable(start().request());
  });
});

describe("a client that goes away before the answer", () => {
  it("disturbs nobody", () => {
    const host = start({ delayMs: 100 });
    const gone = host.request();
    gone.reset();
    const next = host.request();
    host.advance(100);
    expect(gone.upstreamRequest).toBeUndefined();
    expect(next.response?.status).toBe(200);
    expect(host.filters[0]?.failed()).toBe(false);
  });
});

describe("the configuration", () => {
  it("needs a cluster", () => {
    expect(() => start(undefined, { path: "/check" })).toThrow("cluster: missing");
  });

  it("is refused when a field is misspelt", () => {
    expect(() => start(undefined, { cluster: "authz", timeOut: "1s" })).toThrow("did you mean timeout?");
  });
});
