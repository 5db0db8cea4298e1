/** What is bounded, and what happens when the host does not answer. */
import { describe, expect, it } from "vitest";
import { allowing, AuthzHost } from "./authz-host.ts";

const NAME = /^wasm_filter\.authz\.tag\.(.*);\.waypost_authz_(\w+)_total$/;

/** Labels of the counters, by what they count. */
function labels(authz: AuthzHost): string[] {
  return [...authz.host.stats.counters.keys()]
    .map((name) => NAME.exec(name.replace(/^wasmcustom\./, "")))
    .flatMap((match) => (match === null ? [] : [`${match[2]} ${match[1]}`]));
}

describe("counters", () => {
  it("are those of the policies and those without one", () => {
    const policies = [
      { name: "a", rules: [{}] },
      { name: "b", action: "DENY", rules: [{ to: [{ operation: { methods: ["PUT"] } }] }] },
      { name: "c", action: "AUDIT", mode: "SHADOW" },
    ];
    expect(labels(new AuthzHost({ policies })).sort()).toEqual([
      ...["allowed default/a", "allowed none", "denied default/b", "denied none"],
      ...["shadow_allowed none", "shadow_audited default/c", "shadow_denied none"],
    ]);
  });

  it("are one for all policies from the 65th on", () => {
    const policies = Array.from({ length: 80 }, (_, index) => ({
      name: `p${index}`,
      action: "DENY",
      rules: [{ to: [{ operation: { paths: [`/p${index}`] } }] }],
    }));
    const authz = new AuthzHost({ policies });
    expect(labels(authz).filter((label) => label.startsWith("denied"))).toHaveLength(66);
    for (const path of ["/p63", "/p64", "/p79"]) expect(authz.status({ path })).toBe(403);
    const count = (label: string) => authz.host.counter(`wasm_filter.authz.tag.${label};.waypost_authz_denied_total`);
    expect([count("default/p63"), count("other")]).toEqual([1, 2]);
  });
});

describe("a request whose headers the host does not give", () => {
  const filter = {
    allowedCapabilities: [
      ...["proxy_on_memory_allocate", "proxy_on_context_create", "proxy_on_configure", "proxy_on_request_headers"],
      ...["proxy_on_delete", "proxy_on_vm_start", "proxy_get_buffer_bytes", "proxy_get_property", "proxy_log"],
      ...["proxy_define_metric", "proxy_increment_metric", "proxy_send_local_response", "proxy_call_foreign_function"],
      ...["proxy_get_log_level", "proxy_set_property"],
    ],
  };

  it("is refused, even where every request is allowed", () => {
    const exchange = new AuthzHost(allowing({}), {}, filter).request();
    expect([exchange.response?.status, exchange.details]).toEqual([403, "rbac_access_denied_matched_policy[none]"]);
  });

  it("is refused where nothing is denied", () => {
    const rule = { to: [{ operation: { paths: ["/no"] } }] };
    expect(new AuthzHost(allowing(rule, { action: "DENY" }), {}, filter).status()).toBe(403);
  });

  it("passes in mode SHADOW", () => {
    expect(new AuthzHost(allowing({}, { mode: "SHADOW" }), {}, filter).status()).toBe(200);
  });
});

it("no log line shows what a client sent", () => {
  const mark = "zxmarkzx";
  const policies = [
    { name: "audit", action: "AUDIT", rules: [{}] },
    { name: "shadow", mode: "SHADOW" },
    { name: "deny", action: "DENY", rules: [{ when: [{ key: "request.headers[x-a]", values: ["*"] }] }] },
    { name: "allow", rules: [{ when: [{ key: "request.auth.claims[role]", values: ["admin"] }] }] },
  ];
  const authz = new AuthzHost({ policies }, { logLevel: "trace" });
  const request = {
    path: `/${mark}?${mark}`,
    method: mark.toUpperCase(),
    principal: `spiffe://${mark}/ns/${mark}/sa/${mark}`,
    headers: [["authorization", `Bearer ${mark}`]] as [string, string][],
  };
  authz.request({ ...request, publishedClaims: `{"role":"${mark}"}` });
  authz.request({ ...request, publishedClaims: mark });
  authz.request({ ...request, headers: [["x-a", mark]] });
  const lines = authz.host.logs.filter(({ plugin }) => plugin !== undefined).map(({ message }) => message);
  expect(lines.filter((line) => line.startsWith("denied: "))).toHaveLength(3);
  expect(lines.filter((line) => line.toLowerCase().includes(mark))).toEqual([]);
});

/** Long, so that what is not given back shows. */
const LONG = "x".repeat(1000);

/** Milliseconds: sixty large configurations, on a machine with much else to do. */
const PATIENCE = 120_000;

it("new configurations take the place of old ones, and their memory", { timeout: PATIENCE }, () => {
  const config = (version: number) => ({
    policies: Array.from({ length: 20 }, (_, index) => ({
      name: `p${index}`,
      rules: Array.from({ length: 20 }, (_none, number) => ({
        from: [{ source: { principals: [`cluster.local/ns/n${number}/sa/${version}`] } }],
        to: [
          {
            operation: {
              paths: [`/v${version}/${index}/${number}`, `/${LONG}/${index}/${number}/*`],
              notPaths: [`/{*}/${LONG}`],
              hosts: ["a*"],
            },
          },
        ],
        when: [
          { key: "request.auth.claims[a][b]", notValues: Array.from("abcdefghijkl") },
          { key: `request.auth.claims[${LONG}${number}]`, notValues: [`${LONG}${version}`] },
        ],
      })),
    })),
  });
  const authz = new AuthzHost(config(0));
  const request = { path: "/v60/19/19", principal: "spiffe://cluster.local/ns/n19/sa/60", authority: "a.example" };
  expect(authz.status(request)).toBe(403);
  for (let version = 1; version <= 20; version++) authz.filter.reconfigure(JSON.stringify(config(version)));
  const after20 = authz.filter.memoryPages();
  for (let version = 21; version <= 60; version++) authz.filter.reconfigure(JSON.stringify(config(version)));
  expect(authz.status(request)).toBe(200);
  expect(authz.filter.memoryPages()).toBeLessThanOrEqual(after20 * 1.1);
});
