import { beforeAll, describe, expect, it } from "vitest";
import { EnvoyHost, loadModule, type Exchange, type FilterModule, type RequestInit } from "waypost/host";

let module: FilterModule;

beforeAll(async () => {
  module = await loadModule("build/examples/json-body.wasm");
});

const CONFIGURATION = { field: "/user/role", value: "guest" };

function start(configuration: object = {}): EnvoyHost {
  const host = new EnvoyHost();
  const text = JSON.stringify({ ...CONFIGURATION, ...configuration });
  host.addFilter({ name: "default.json-body", module, configuration: text });
  return host;
}

function post(host: EnvoyHost, body: string, more: RequestInit = {}): Exchange {
  const headers = { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };
  return host.request({ method: "POST", headers, body, ...more });
}

const ADMIN = '{"user": {"role": "admin", "name": "Zoë"}, "n": 1.50}';
const GUEST = '{"user": {"role": "guest", "name": "Zoë"}, "n": 1.50}';
const REFUSED = { status: 400, body: "the body cannot be changed", details: "json_body_refused" };

describe("a JSON body", () => {
  it("gets the value, and keeps every other byte", () => {
    const exchange = post(start(), ADMIN);
    expect(exchange.response?.status).toBe(200);
    expect(exchange.upstreamRequest?.body).toBe(GUEST);
  });

  it("gets the field when it has none", () => {
    expect(post(start(), '{"user":{}}').upstreamRequest?.body).toBe('{"user":{"role":"guest"}}');
  });

  it.each([
    ["a number", 7, '{"user":{"role":7}}'],
    ["an object", { id: [1, "é"] }, '{"user":{"role":{"id":[1,"é"]}}}'],
    ["false", false, '{"user":{"role":false}}'],
  ])("can get %s", (_, value, expected) => {
    expect(post(start({ value }), '{"user":{"role":""}}').upstreamRequest?.body).toBe(expected);
  });

  it("is announced with no length, as that has changed", () => {
    const exchange = post(start({ value: "a longer value than before" }), ADMIN);
    expect(exchange.upstreamRequest?.headers.get("content-length")).toBeUndefined();
    expect(exchange.upstreamRequest?.body).toContain("a longer value than before");
  });

  it("may come in chunks, cut anywhere", () => {
    const chunks = Array.from(Buffer.from(ADMIN), (byte) => Buffer.of(byte));
    const headers = { "content-type": "application/json; charset=utf-8" };
    const exchange = start().request({ method: "POST", headers, chunks, chunkDelayMs: 0 });
    expect(exchange.upstreamRequest?.body).toBe(GUEST);
  });

  it("may be followed by trailers", () => {
    const headers = { "Content-Type": "Application/JSON" };
    const trailers = { "x-checksum": "1" };
    const exchange = start().request({ method: "POST", protocol: "http2", headers, body: ADMIN, trailers });
    expect(exchange.upstreamRequest?.body).toBe(GUEST);
    expect(exchange.upstreamRequest?.trailers?.get("x-checksum")).toBe("1");
  });
});

describe("what is no JSON body passes unchanged", () => {
  it("another content type", () => {
    const headers = { "content-type": "text/plain" };
    const exchange = start().request({ method: "POST", headers, body: ADMIN });
    expect(exchange.upstreamRequest?.body).toBe(ADMIN);
    expect(exchange.upstreamRequest?.headers.get("content-length")).toBe(String(Buffer.byteLength(ADMIN)));
  });

  it("no body", () => {
    expect(start().request({ headers: { "content-type": "application/json" } }).response?.status).toBe(200);
  });
});

const UNFIT: [string, string][] = [
  ["that is not JSON", '{"user": '],
  ["that is empty", " "],
  ["whose field has no parent", '{"n":1}'],
  ["whose field is on the way through a text", '{"user":"alice"}'],
  ["that names the field twice", '{"user":{"role":"guest","role":"admin"}}'],
  ["that is too large", JSON.stringify({ user: { role: "x".repeat(65_536) } })],
];

describe.each(UNFIT)("a body %s", (_, body) => {
  it("is refused", () => {
    const exchange = post(start(), body);
    expect(exchange.response).toMatchObject(REFUSED);
    expect(exchange.upstreamRequest?.body ?? "").toBe("");
  });

  it("passes unchanged when the configuration says so", () => {
    const exchange = post(start({ onFailure: "PASS" }), body);
    expect(exchange.response?.status).toBe(200);
    expect(exchange.upstreamRequest?.body).toBe(body);
  });

  it("is refused in chunks and with trailers too", () => {
    const chunks = [body.slice(0, 4), body.slice(4)];
    const more: RequestInit = { protocol: "http2", headers: { "content-type": "application/json" }, chunks };
    const exchange = start().request({ method: "POST", ...more, trailers: { "x-checksum": "1" } });
    expect(exchange.response).toMatchObject(REFUSED);
    expect(exchange.upstreamRequest?.body ?? "").toBe("");
  });
});

describe("the configuration", () => {
  it("needs a field and a value", () => {
    expect(() => start({ field: undefined, value: undefined })).toThrow(/field: missing[^]*value: missing/);
  });

  it("knows what to do on failure", () => {
    expect(() => start({ onFailure: "IGNORE" })).toThrow("must be one of REFUSE, PASS");
  });
});
