/**
 * What istiod makes of an AuthorizationPolicy's conditions on tokens (`pilot/pkg/security/authz`): the RBAC filter that looks
 * for claims where native jwt_authn leaves them. Only those conditions; the rest of the API has nothing to do with tokens.
 */
import type { Message } from "../config/index.ts";

/** A rule of an AuthorizationPolicy (security.istio.io/v1). */
export interface PolicyRule {
  from?: { source: { requestPrincipals?: string[]; notRequestPrincipals?: string[] } }[];
  when?: { key: string; values?: string[]; notValues?: string[] }[];
}

/** `spec` of an AuthorizationPolicy. */
export interface PolicySpec {
  action: "ALLOW" | "DENY";
  rules: PolicyRule[];
}

/** `envoy.extensions.filters.http.rbac.v3.RBAC` for one policy. */
export function rbacOf(name: string, { action, rules }: PolicySpec): Message {
  const policies = rules.map((rule, index) => [`ns[default]-policy[${name}]-rule[${index}]`, policyOf(rule)]);
  return { rules: { action, policies: Object.fromEntries(policies) as Message } };
}

function policyOf({ from = [{ source: {} }], when = [] }: PolicyRule): Message {
  const conditions = when.flatMap(({ key, values, notValues }) => principals(key, values, notValues));
  const sources = from.map(({ source: { requestPrincipals, notRequestPrincipals } }) => [
    ...principals("request.auth.principal", requestPrincipals, notRequestPrincipals),
    ...conditions,
  ]);
  return {
    permissions: [{ and_rules: { rules: [{ any: true }] } }],
    principals: sources.map((ids) => ({ and_ids: { ids: ids.length > 0 ? ids : [{ any: true }] } })),
  };
}

function principals(key: string, values: string[] = [], notValues: string[] = []): Message[] {
  return [
    ...(values.length > 0 ? [principal(key, values)] : []),
    ...(notValues.length > 0 ? [{ not_id: principal(key, notValues) }] : []),
  ];
}

function principal(key: string, values: string[]): Message {
  switch (key) {
    case "request.auth.principal": {
      const ids = values.map(issuerAndSubject);
      return ids.length === 1 && ids[0] !== undefined ? ids[0] : { or_ids: { ids } };
    }
    case "request.auth.audiences":
      return claim(["aud"], values);
    case "request.auth.presenter":
      return claim(["azp"], values);
    default:
      return claim(claimPath(key), values);
  }
}

/** `<iss>/<sub>`, split at the last slash. One wildcard counts, at the start (of the issuer) or at the end (of the subject). */
function issuerAndSubject(value: string): Message {
  const slash = value.lastIndexOf("/");
  const isLeading = value.startsWith("*");
  const isTrailing = !isLeading && value.endsWith("*");
  const [issuer, subject] = slash < 0 ? partsWithoutSlash(value) : [value.slice(0, slash), value.slice(slash + 1)];
  const ids = [
    metadata(["iss"], { string_match: isLeading || slash < 0 ? stringMatch(issuer) : { exact: issuer } }),
    metadata(["sub"], { string_match: isTrailing || slash < 0 ? stringMatch(subject) : { exact: subject } }),
  ];
  return { and_ids: { ids } };
}

function partsWithoutSlash(value: string): [issuer: string, subject: string] {
  if (value.startsWith("*")) return ["*", value];
  return [value, value.endsWith("*") ? "*" : ""];
}

/** A claim that is one of the values, or a list with one of them. */
function claim(path: string[], values: string[]): Message {
  const matchers = values.map((value) => ({ string_match: stringMatch(value) }));
  const value = matchers.length === 1 ? matchers[0] : { or_match: { value_matchers: matchers } };
  return metadata(path, { or_match: { value_matchers: [{ list_match: { one_of: value } }, value] } });
}

function metadata(path: string[], value: Message): Message {
  return {
    metadata: {
      filter: "envoy.filters.http.jwt_authn",
      path: ["payload", ...path].map((key) => ({ key })),
      value,
    },
  };
}

function stringMatch(value: string): Message {
  if (value === "*") return { safe_regex: { regex: ".+" } };
  if (value.startsWith("*")) return { suffix: value.slice(1) };
  return value.endsWith("*") ? { prefix: value.slice(0, -1) } : { exact: value };
}

/** `request.auth.claims[a][b]` */
function claimPath(key: string): string[] {
  return [...key.matchAll(/\[([^\]]*)\]/g)].map(([, name = ""]) => name);
}
