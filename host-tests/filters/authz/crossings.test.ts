/** What a request costs at the border of the VM: only what a policy asks for is read, and once. */
import { describe, expect, it } from "vitest";
import { allowing, AuthzHost } from "./authz-host.ts";

const HEADERS = "proxy_get_header_map_pairs";
const COUNT = "proxy_increment_metric";
const PROPERTY = "proxy_get_property";

const REQUEST = { principal: "spiffe://cluster.local/ns/shop/sa/cart", publishedClaims: '{"iss":"i","sub":"s"}' };

function crossings(config: unknown): string[] {
  const authz = new AuthzHost(config, { trace: true });
  authz.request(REQUEST);
  return authz.crossings(REQUEST).map((call) => call.replace(/\(.*/, ""));
}

describe("hostcalls of a request that is allowed", () => {
  it.each<[string, unknown, number]>([
    ["nothing but headers", { to: [{ operation: { methods: ["GET"], paths: ["/*"], hosts: ["*"] } }] }, 0],
    ["the caller", { from: [{ source: { principals: ["*"], namespaces: ["shop"], trustDomains: ["*"] } }] }, 1],
    [
      "the caller, twice",
      { from: [{ source: { principals: ["*"] } }], when: [{ key: "source.namespace", values: ["*"] }] },
      1,
    ],
    ["the port", { to: [{ operation: { ports: ["10000"], notPorts: ["1"] } }] }, 1],
    ["both addresses", { when: ["remote.ip", "destination.ip"].map((key) => ({ key, values: ["127.0.0.0/8"] })) }, 2],
    [
      "the token",
      {
        from: [{ source: { requestPrincipals: ["i/s"] } }],
        when: [{ key: "request.auth.claims[sub]", values: ["s"] }],
      },
      1,
    ],
    [
      "metadata",
      { when: ["a", "b"].map((name) => ({ key: `experimental.envoy.filters.x[${name}]`, notValues: ["a"] })) },
      1,
    ],
  ])("%s", (_, rule, properties) => {
    const expected = [HEADERS, ...Array<string>(properties).fill(PROPERTY), COUNT];
    expect(crossings(allowing(rule))).toEqual(expected);
  });

  it("a decision in filter state is two more, where it is asked for", () => {
    const config = { ...allowing({}), publishDecision: true };
    expect(crossings(config)).toEqual([HEADERS, COUNT, "proxy_set_property", "proxy_set_property"]);
  });

  it("what is refused for its method is not asked who it is", () => {
    const config = allowing({ from: [{ source: { principals: ["*"] } }], to: [{ operation: { methods: ["PUT"] } }] });
    expect(crossings(config)).not.toContain(PROPERTY);
  });

  it("of a hundred rules by caller and path none is asked about the caller when no path fits", () => {
    const rules = Array.from({ length: 100 }, (_, index) => ({
      from: [{ source: { principals: [`cluster.local/ns/shop/sa/a${index}`] } }],
      to: [{ operation: { paths: [`/only/${index}`] } }],
    }));
    expect(crossings({ policies: [{ name: "p", rules }] })).not.toContain(PROPERTY);
  });
});
