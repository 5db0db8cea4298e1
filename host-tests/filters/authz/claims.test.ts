/** Claims that cannot be read: whoever denies by a claim must not take them for none. */
import { describe, expect, it } from "vitest";
import { allowing, AuthzHost } from "./authz-host.ts";

const ADMIN = { key: "request.auth.claims[role]", values: ["admin"] };
const DENY_ADMINS = { policies: [{ name: "p", action: "DENY", rules: [{ when: [ADMIN] }] }] };

const nested = (depth: number): string => `{"a":${"[".repeat(depth)}${"]".repeat(depth)},"role":"admin"}`;

describe.each([
  ["cut off", '{"iss":"i","role":'],
  ["no object", '["role"]'],
  ["text behind", '{"iss":"i"} x'],
  ["no JSON at all", "role=admin"],
  ["nested too deep", nested(40)],
])("published claims that are %s", (_, publishedClaims) => {
  it("are refused where a policy asks for a claim", () => {
    const authz = new AuthzHost(DENY_ADMINS, { logLevel: "info" });
    const exchange = authz.request({ publishedClaims });
    expect(exchange.response?.status).toBe(403);
    expect(exchange.details).toBe("rbac_access_denied_matched_policy[none]");
    expect(authz.host.logs.map(({ message }) => message)).toContain("denied: the claims cannot be read");
  });

  it("make no difference where none does", () => {
    const authz = new AuthzHost(allowing({ to: [{ operation: { methods: ["GET"] } }] }));
    expect(authz.status({ publishedClaims })).toBe(200);
  });

  it("make no difference to what is enforced where only a shadow policy asks", () => {
    const shadow = { name: "s", mode: "SHADOW", rules: [{ when: [ADMIN] }] };
    const audit = { name: "a", action: "AUDIT", rules: [{ when: [ADMIN] }] };
    const authz = new AuthzHost({ policies: [{ name: "p", rules: [{}] }, shadow, audit] });
    const exchange = authz.request({ publishedClaims });
    expect(exchange.response?.status).toBe(200);
    expect(exchange.filterState["wasm.waypost_authz_shadow"]).toBe("none");
  });
});

it("claims that only an AUDIT policy asks for make no difference to shadow policies", () => {
  const audit = { name: "a", action: "AUDIT", rules: [{ when: [ADMIN] }] };
  const shadow = { name: "s", mode: "SHADOW", rules: [{ to: [{ operation: { methods: ["GET"] } }] }] };
  const { filterState } = new AuthzHost({ policies: [audit, shadow] }).request({ publishedClaims: "{" });
  expect(filterState["wasm.waypost_authz_shadow"]).toBeUndefined();
});

it("a policy that denies for another reason is named all the same", () => {
  const byPath = { name: "a", action: "DENY", rules: [{ to: [{ operation: { paths: ["/no"] } }] }] };
  const authz = new AuthzHost({ policies: [byPath, ...DENY_ADMINS.policies] });
  expect(authz.request({ path: "/no", publishedClaims: "{" }).details).toContain("policy[a]");
});

it("claims of jwt_authn that nest too deep are refused as well", () => {
  const payload = JSON.parse(nested(40)) as Record<string, unknown>;
  const authz = new AuthzHost(DENY_ADMINS);
  expect(authz.status({ metadata: { "envoy.filters.http.jwt_authn": { payload } } })).toBe(403);
  expect(authz.status({ metadata: { "envoy.filters.http.jwt_authn": { payload: { role: "user" } } } })).toBe(200);
});

it("what jwt-auth published counts, and not what jwt_authn left", () => {
  const authz = new AuthzHost(DENY_ADMINS);
  const metadata = { "envoy.filters.http.jwt_authn": { payload: { role: "admin" } } };
  expect(authz.status({ metadata })).toBe(403);
  expect(authz.status({ metadata, publishedClaims: "" })).toBe(200);
  expect(authz.status({ metadata, publishedClaims: '{"role":"user"}' })).toBe(200);
});
