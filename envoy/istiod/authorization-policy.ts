/**
 * What istiod makes of AuthorizationPolicies for the HTTP chains of a waypoint (`pilot/pkg/security/authz/builder`): Envoy's own
 * RBAC filter, the judge of our authz filter. Two things differ from what a waypoint gets: CUSTOM is not translated, and
 * istiod's annotation `istio.io/dry-run` is our `mode: SHADOW`.
 */
import { any, defined, type HttpFilter, type Message } from "../config/types.ts";
import { ruleAsPolicy } from "./rule.ts";
import { LOCAL_TRUST_DOMAIN } from "./trust-domains.ts";

/** `from.source` of a rule of an AuthorizationPolicy (security.istio.io/v1). */
export interface Source {
  principals?: string[];
  notPrincipals?: string[];
  requestPrincipals?: string[];
  notRequestPrincipals?: string[];
  namespaces?: string[];
  notNamespaces?: string[];
  serviceAccounts?: string[];
  notServiceAccounts?: string[];
  trustDomains?: string[];
  notTrustDomains?: string[];
  ipBlocks?: string[];
  notIpBlocks?: string[];
  remoteIpBlocks?: string[];
  notRemoteIpBlocks?: string[];
}

/** `to.operation` of a rule. */
export interface Operation {
  hosts?: string[];
  notHosts?: string[];
  ports?: string[];
  notPorts?: string[];
  methods?: string[];
  notMethods?: string[];
  paths?: string[];
  notPaths?: string[];
}

/** An entry of a rule's `when`. */
export interface When {
  key: string;
  values?: string[];
  notValues?: string[];
}

/** A rule: one source, one operation and all conditions must match. */
export interface Rule {
  from?: { source: Source }[];
  to?: { operation: Operation }[];
  when?: When[];
}

const SOURCE = [
  "principals",
  "requestPrincipals",
  "namespaces",
  "serviceAccounts",
  "trustDomains",
  "ipBlocks",
  "remoteIpBlocks",
];
const OPERATION = ["hosts", "ports", "methods", "paths"];
const WHEN = ["key", "values[]", "notValues[]"];

/** Paths in `spec` that are translated, `targetRefs` aside. */
export const AUTHORIZATION_POLICY_FIELDS = [
  "action",
  ...SOURCE.flatMap((field) => [field, negated(field)]).map((field) => `rules[].from[].source.${field}[]`),
  ...OPERATION.flatMap((field) => [field, negated(field)]).map((field) => `rules[].to[].operation.${field}[]`),
  ...WHEN.map((field) => `rules[].when[].${field}`),
];

function negated(field: string): string {
  return `not${field.charAt(0).toUpperCase()}${field.slice(1)}`;
}

/** `spec` of an AuthorizationPolicy; no rules match nothing. */
export interface PolicySpec {
  action?: "ALLOW" | "DENY" | "AUDIT";
  rules?: Rule[];
}

/** An AuthorizationPolicy in the shape of the authz filter's `policies[]`. */
export interface AuthorizationPolicy extends PolicySpec {
  name: string;
  /** Default: `IstiodOptions.namespace`. */
  namespace?: string;
  /** SHADOW: dry run. */
  mode?: "ENFORCE" | "SHADOW";
}

export interface IstiodOptions {
  /** Of policies that name none. */
  namespace: string;
  /** Default `cluster.local`. */
  trustDomain?: string;
  trustDomainAliases?: readonly string[];
}

const RBAC = "envoy.extensions.filters.http.rbac.v3";

/** Istio's actions in the order of their filters, with RBAC's word for them. */
const ACTIONS = { AUDIT: "LOG", DENY: "DENY", ALLOW: "ALLOW" } as const;

type Action = keyof typeof ACTIONS;

/** The filters in their order: AUDIT, DENY, ALLOW, each only if there is such a policy. */
export function rbacFilters(policies: readonly AuthorizationPolicy[], options: IstiodOptions): HttpFilter[] {
  return (Object.keys(ACTIONS) as Action[]).flatMap((action) => {
    const own = policies.filter((policy) => (policy.action ?? "ALLOW") === action);
    return own.length === 0 ? [] : [rbacFilter(rbacOf(action, own, options))];
  });
}

/** An RBAC filter; without configuration only what a route has decides. */
export function rbacFilter(config: Message = {}): HttpFilter {
  return { name: "envoy.filters.http.rbac", typed_config: any(`${RBAC}.RBAC`, config) };
}

/** `typed_per_filter_config` of a route with an RBAC configuration of its own. */
export function rbacPerRoute(config: Message): Message {
  return { "envoy.filters.http.rbac": any(`${RBAC}.RBACPerRoute`, { rbac: config }) };
}

/** `envoy.extensions.filters.http.rbac.v3.RBAC` for policies of one action. */
export function rbacOf(action: Action, policies: readonly AuthorizationPolicy[], options: IstiodOptions): Message {
  const rules = (mode: AuthorizationPolicy["mode"]): Message | undefined => {
    const own = policies.filter((policy) => (policy.mode ?? "ENFORCE") === mode);
    if (own.length === 0) return undefined;
    return { action: ACTIONS[action], policies: Object.fromEntries(own.flatMap((policy) => entries(policy, options))) };
  };
  const shadow = rules("SHADOW");
  return defined({
    rules: rules("ENFORCE"),
    shadow_rules: shadow,
    shadow_rules_stat_prefix: statPrefix(shadow === undefined ? "ALLOW" : action),
  });
}

/** Without shadow rules istiod reads the action of none, which is ALLOW. */
function statPrefix(action: Action): string | undefined {
  return action === "AUDIT" ? undefined : `istio_dry_run_${action.toLowerCase()}_`;
}

/** One entry for each rule; a policy without rules has one that never matches. */
function entries(policy: AuthorizationPolicy, options: IstiodOptions): [name: string, policy: Message][] {
  const { name, namespace = options.namespace, action = "ALLOW", rules = [] } = policy;
  const entryName = (index: number) => `ns[${namespace}]-policy[${name}]-rule[${index}]`;
  if (rules.length === 0) return [[entryName(0), NEVER]];
  const { trustDomain = LOCAL_TRUST_DOMAIN, trustDomainAliases = [] } = options;
  const context = { namespace, trustDomains: [trustDomain, ...trustDomainAliases] };
  return rules.flatMap((rule, index): [string, Message][] => {
    const translated = ruleAsPolicy(rule, context, action !== "ALLOW");
    return translated === undefined ? [] : [[entryName(index), translated]];
  });
}

const NEVER: Message = { permissions: [{ not_rule: { any: true } }], principals: [{ not_id: { any: true } }] };
