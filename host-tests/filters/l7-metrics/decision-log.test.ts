/** The decision log where a scenario does not reach: hostile bytes, samples, levels, what a request costs that has no line. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EnvoyHost, type Exchange, type HostOptions, type RequestInit } from "../../host/index.ts";
import { check } from "../../pure/property.ts";
import { addL7Metrics, authz, crossings, waypoint } from "./metrics-host.ts";

/** What the module calls, and what the host calls of it. */
const NAMES = [...waypoint.types.imports.map(({ name }) => name), ...waypoint.types.exportedFunctions.keys()];

const NOTHING_ALLOWED = { policies: [{ name: "nothing" }] };
const READS_ALLOWED = { policies: [{ name: "reads", rules: [{ to: [{ operation: { methods: ["GET"] } }] }] }] };

/** Root `waypoint`, with these sections. */
function pipeline(config: object, options: HostOptions = {}): EnvoyHost {
  const host = new EnvoyHost({ logLevel: "warn", ...options });
  host.addFilter({ name: "default.waypoint", module: waypoint, configuration: JSON.stringify(config) });
  return host;
}

/** The lines of a request, or of all so far. */
function linesOf(host: EnvoyHost, from = 0): string[] {
  return host.logs.slice(from).map(({ message }) => message);
}

function ask(host: EnvoyHost, request: RequestInit): { exchange: Exchange; lines: string[] } {
  const before = host.logs.length;
  const exchange = host.request(request);
  return { exchange, lines: linesOf(host, before) };
}

describe("hostile requests", () => {
  // Strings of the host are bytes, one a character.
  const text = fc
    .oneof(
      fc.array(fc.nat(255), { maxLength: 80 }),
      fc.constantFrom([0x22, 0x7d, 0x0a], [0xc3], [0xed, 0xa0, 0x80], [0xf0, 0x9f], [0x5c], [0xc2, 0x9b, 0x31, 0x6d]),
    )
    .map((bytes) => String.fromCharCode(...bytes));
  const times = fc.constantFrom(1, 1, 1, 4000);

  it("never break a line: it is one JSON object with the members that are documented", () => {
    const host = pipeline({ authz: NOTHING_ALLOWED, l7Metrics: { decisionLog: {} } });
    check(300, [text, text, times], (idPart, method, count) => {
      const id = idPart.repeat(count).slice(0, 8192);
      const { lines } = ask(host, { method, headers: [["x-request-id", id]] });
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/^[\x20-\x7e]*$/);
      const { request_id, method: shown, ...rest } = JSON.parse(lines[0]!) as Record<string, unknown>;
      expect(rest).toEqual({ waypost: "decision", decision: "denied", reason: "authz: none", code: 403 });
      // Codecs take the white space around a value away.
      expect(request_id).toBe(cleaned(id.replace(/^[ \t]+|[ \t]+$/g, ""), 64));
      expect(shown).toBe(cleaned(method, 32));
    });
  });

  it("have principals as the mesh has them, cut where they are no principals any more", () => {
    const host = pipeline({ authz: NOTHING_ALLOWED, l7Metrics: { decisionLog: {} } });
    const principal = (value: string) => {
      const connection = host.connection({ filterState: { "io.istio.peer_principal": value } });
      return (JSON.parse(ask(host, { connection }).lines[0]!) as { principal?: string }).principal;
    };
    expect(principal("spiffe://cluster.local/ns/a/sa/b")).toBe("spiffe://cluster.local/ns/a/sa/b");
    expect(principal('a"\n\\')).toBe('a"\n\\');
    expect(principal("a".repeat(9000))).toBe("a".repeat(512));
    expect(principal("")).toBeUndefined();
  });
});

function cleaned(text: string, length: number): string | undefined {
  return text.slice(0, length).replace(/[^\x20-\x7e]/g, "_") || undefined;
}

describe("nothing that is secret", () => {
  it("is in a line: paths, queries, headers and claims are not", () => {
    const host = pipeline({ authz: NOTHING_ALLOWED, l7Metrics: { decisionLog: { requests: "ALL" } } });
    const headers = { authorization: "Bearer secret-1", cookie: "session=secret-2", "x-any": "secret-3" };
    const { lines } = ask(host, { path: "/secret-4?access_token=secret-5", authority: "secret-6", headers });
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain("secret");
  });
});

describe("samples", () => {
  const count = (decisionLog: object, requests: number) => {
    const host = pipeline({ authz: NOTHING_ALLOWED, l7Metrics: { decisionLog } });
    for (let i = 0; i < requests; i++) host.request();
    return host.logs.length;
  };

  it.each(["DENIED", "ALL"])("of %s: 100 % are all, and the default", (requests) => {
    expect(count({ requests, samplePercent: 100 }, 300)).toBe(300);
    expect(count({ requests }, 300)).toBe(300);
  });

  it.each(["DENIED", "ALL"])("of %s: a share is one", (requests) => {
    // Of a fair coin, the chance to be outside is below one in a billion.
    const half = count({ requests, samplePercent: 50 }, 2000);
    expect(half).toBeGreaterThan(860);
    expect(half).toBeLessThan(1140);
    // 0.2 are expected; the chance of 12 or more is below one in 10^16.
    expect(count({ requests, samplePercent: 0.01 }, 2000)).toBeLessThan(12);
  });

  it("are all of them on a proxy that gives no random bytes", () => {
    const host = new EnvoyHost({ logLevel: "warn" });
    host.addFilter({
      name: "default.waypoint",
      module: waypoint,
      configuration: JSON.stringify({ authz: NOTHING_ALLOWED, l7Metrics: { decisionLog: { samplePercent: 0.01 } } }),
      allowedCapabilities: NAMES.filter((name) => name !== "random_get"),
    });
    host.request();
    expect(host.logs).toHaveLength(1);
  });
});

describe("crossings", () => {
  const PASSES = { method: "GET", headers: [["x-request-id", "r"]] as [string, string][] };

  /** What crosses the border of the VM from the end of a request on. */
  function callsAtEnd(host: EnvoyHost, request: RequestInit): string[] {
    host.request(request);
    const before = host.trace.length;
    host.request(request);
    const all = crossings(host.trace.slice(before));
    return all.slice(all.indexOf("proxy_on_log"));
  }

  const sections = (decisionLog: object | undefined) => ({ authz: READS_ALLOWED, l7Metrics: { decisionLog } });

  it("a request without a line has none more than without a decision log", () => {
    const without = callsAtEnd(pipeline(sections(undefined), { trace: true }), PASSES);
    expect(without.length).toBeGreaterThan(1);
    expect(callsAtEnd(pipeline(sections({}), { trace: true }), PASSES)).toEqual(without);
  });

  it("one that is not in the sample has none more, whatever it asks for", () => {
    const without = callsAtEnd(pipeline(sections(undefined), { trace: true }), PASSES);
    const config = sections({ requests: "ALL", samplePercent: 0.01 });
    expect(callsAtEnd(pipeline(config, { trace: true }), PASSES)).toEqual(without);
  });

  it("one of plugins of their own has none more either", () => {
    const calls = (decisionLog: object | undefined) => {
      const host = new EnvoyHost({ logLevel: "warn", trace: true });
      host.addFilter({ name: "default.authz", module: authz, configuration: JSON.stringify(READS_ALLOWED) });
      addL7Metrics(host, { decisionLog });
      return callsAtEnd(host, PASSES);
    };
    expect(calls({})).toEqual(calls(undefined));
  });

  it("nothing is fetched for a line that the proxy does not show", () => {
    const host = pipeline(
      { authz: NOTHING_ALLOWED, l7Metrics: { decisionLog: {} } },
      { trace: true, logLevel: "error" },
    );
    expect(callsAtEnd(host, PASSES)).not.toContain("proxy_get_property");
  });
});

it("reasons and details make no more series: they are in lines, and not in labels", () => {
  const deny = (name: string) => ({ name, action: "DENY", rules: [{ to: [{ operation: { paths: [`/${name}`] } }] }] });
  const names = ["a", "b", "c", "d"];
  const host = pipeline({ authz: { policies: names.map(deny) }, l7Metrics: { decisionLog: {}, maxSeries: 1 } });
  for (const name of names) host.request({ path: `/${name}` });
  expect(host.logs).toHaveLength(names.length);
  expect(host.counter("wasm_filter.l7_metrics.waypost_series_overflow_total")).toBe(0);
});
