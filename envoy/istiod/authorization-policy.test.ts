/** The translation that judges authz, by what istiod's sources say (`pilot/pkg/security/authz`). */
import { describe, expect, it } from "vitest";
import { rbacFilters, rbacOf, type AuthorizationPolicy, type Rule } from "./authorization-policy.ts";

const OPTIONS = { namespace: "default" };

const matchAll: AuthorizationPolicy = { name: "all", rules: [{}] };

/** What RBAC looks for on one side, for a rule of a policy. */
function translated(rule: Rule, options: { action?: "ALLOW" | "DENY"; trustDomainAliases?: string[] } = {}) {
  const { action = "ALLOW", ...mesh } = options;
  const { rules } = rbacOf(action, [{ name: "p", action, rules: [rule] }], { ...OPTIONS, ...mesh }) as {
    rules: { policies: Record<string, { permissions: unknown[]; principals: unknown[] }> };
  };
  return rules.policies["ns[default]-policy[p]-rule[0]"];
}

const peer = (string_match: object) => ({ filter_state: { key: "io.istio.peer_principal", string_match } });
const principals = (...ids: object[]) => [{ and_ids: { ids } }];
const oneOf = (...ids: object[]) => ({ or_ids: { ids } });

describe("filters", () => {
  it("are AUDIT, DENY and ALLOW, of which each is there if there is a policy", () => {
    const actions = (...policies: AuthorizationPolicy[]) =>
      rbacFilters(policies, OPTIONS).map((filter) => {
        const { typed_config } = filter as { typed_config: { rules?: { action: string } } };
        return typed_config.rules?.action;
      });
    const deny = { ...matchAll, action: "DENY" as const };
    const audit = { ...matchAll, action: "AUDIT" as const };
    expect(actions()).toEqual([]);
    expect(actions(matchAll)).toEqual(["ALLOW"]);
    expect(actions(matchAll, deny, audit)).toEqual(["LOG", "DENY", "ALLOW"]);
    expect(actions({ ...deny, mode: "SHADOW" })).toEqual([undefined]);
  });

  it("have policies of mode SHADOW apart, with a prefix of their action", () => {
    const shadow = (action: "ALLOW" | "DENY" | "AUDIT") => {
      const { rules, ...rest } = rbacOf(action, [{ ...matchAll, action, mode: "SHADOW" }], OPTIONS);
      expect(rules).toBeUndefined();
      return { names: Object.keys((rest["shadow_rules"] as { policies: object }).policies), prefix: rest };
    };
    const names = ["ns[default]-policy[all]-rule[0]"];
    expect(shadow("DENY")).toMatchObject({ names, prefix: { shadow_rules_stat_prefix: "istio_dry_run_deny_" } });
    expect(shadow("ALLOW")).toMatchObject({ names, prefix: { shadow_rules_stat_prefix: "istio_dry_run_allow_" } });
    expect(shadow("AUDIT").prefix).not.toHaveProperty("shadow_rules_stat_prefix");
  });

  it("name each rule, and have one that never matches for a policy without rules", () => {
    const policies = [
      { name: "a", namespace: "prod", rules: [{}, {}] },
      { name: "b", rules: [] },
    ];
    const { rules } = rbacOf("ALLOW", policies, OPTIONS) as { rules: { policies: Record<string, object> } };
    expect(Object.keys(rules.policies)).toEqual([
      "ns[prod]-policy[a]-rule[0]",
      "ns[prod]-policy[a]-rule[1]",
      "ns[default]-policy[b]-rule[0]",
    ]);
    expect(rules.policies["ns[prod]-policy[a]-rule[0]"]).toEqual({
      permissions: [{ and_rules: { rules: [{ any: true }] } }],
      principals: [{ and_ids: { ids: [{ any: true }] } }],
    });
    expect(rules.policies["ns[default]-policy[b]-rule[0]"]).toMatchObject({
      permissions: [{ not_rule: { any: true } }],
    });
  });
});

describe("identities", () => {
  it("are looked for in filter state", () => {
    const source = { namespaces: ["a.b*"], notServiceAccounts: ["web"], trustDomains: ["td", "*.td"] };
    expect(translated({ from: [{ source }] })?.principals).toEqual(
      principals(
        { not_id: oneOf(peer({ safe_regex: { regex: "spiffe://.+/ns/default/(.+/|)sa/web(/.+)?" } })) },
        oneOf(peer({ prefix: "spiffe://td/" }), peer({ safe_regex: { regex: "spiffe://[^/]*\\.td/.*" } })),
        oneOf(peer({ safe_regex: { regex: ".*/ns/a\\.b.*/.*" } })),
      ),
    );
  });

  it("are those of all aliases of the trust domain", () => {
    const ids = (principal: string) =>
      translated({ from: [{ source: { principals: [principal] } }] }, { trustDomainAliases: ["old"] })?.principals;
    const exact = (id: string) => peer({ exact: `spiffe://${id}/ns/a/sa/b` });
    expect(ids("cluster.local/ns/a/sa/b")).toEqual(principals(oneOf(exact("cluster.local"), exact("old"))));
    expect(ids("old/ns/a/sa/b")).toEqual(principals(oneOf(exact("cluster.local"), exact("old"))));
    expect(ids("other/ns/a/sa/b")).toEqual(principals(oneOf(exact("other"))));
    expect(ids("old/ns/a/*")).toEqual(principals(oneOf(peer({ prefix: "spiffe://old/ns/a/" }))));
    expect(ids("*/ns/a/sa/b")).toEqual(principals(oneOf(peer({ safe_regex: { regex: "spiffe://.*/ns/a/sa/b" } }))));
  });
});

describe("what istiod does not understand", () => {
  const unknown = { when: [{ key: "request.size", values: ["1"] }] };
  const invalid = { to: [{ operation: { ports: ["80", "http"], methods: ["GET"] } }] };

  it("is a rule less, when it is the key of a condition", () => {
    expect(translated(unknown)).toBeUndefined();
    expect(translated(unknown, { action: "DENY" })).toBeUndefined();
  });

  it("is a rule less for ALLOW, and a value less for DENY", () => {
    expect(translated(invalid)).toBeUndefined();
    const [permission] = translated(invalid, { action: "DENY" })?.permissions ?? [];
    const method = { header: { name: ":method", string_match: { exact: "GET" } } };
    expect(permission).toEqual({
      and_rules: { rules: [{ or_rules: { rules: [method] } }, { or_rules: { rules: [{ destination_port: 80 }] } }] },
    });
  });
});

it("takes paths with operators for templates, hosts without regard to case, headers as they are", () => {
  const operation = { paths: ["/a/{*}/b/{**}", "/a*"], hosts: ["*.Test"] };
  const when = [{ key: "request.headers[X-A]", notValues: ["*", "b"] }];
  const found = translated({ to: [{ operation }], when });
  expect(JSON.stringify(found?.permissions)).toContain('"path_template":"/a/*/b/**"');
  expect(found?.permissions).toMatchObject([
    {
      and_rules: {
        rules: [
          { or_rules: { rules: [{ header: { string_match: { suffix: ".Test", ignore_case: true } } }] } },
          { or_rules: { rules: [{}, { url_path: { path: { prefix: "/a" } } }] } },
        ],
      },
    },
  ]);
  const headers = [{ present_match: true }, { string_match: { exact: "b" } }];
  expect(found?.principals).toEqual(
    principals({ not_id: oneOf(...headers.map((match) => ({ header: { name: "X-A", ...match } }))) }),
  );
});
