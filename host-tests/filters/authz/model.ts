/**
 * What AuthorizationPolicies say about a request, the plain way: every rule in order, every value a regular expression as
 * istiod writes it. The filter has an index, an order of checks and matchers of its own, and must come to the same.
 */
import { BlockList, isIPv4 } from "node:net";

export interface Rule {
  from?: { source: Record<string, string[]> }[];
  to?: { operation: Record<string, string[]> }[];
  when?: { key: string; values?: string[]; notValues?: string[] }[];
}

export interface Policy {
  name: string;
  namespace: string;
  action: "ALLOW" | "DENY" | "AUDIT";
  rules: Rule[];
}

export interface ModelRequest {
  method: string;
  /** With query. */
  path: string;
  authority: string;
  headers: [string, string][];
  /** Empty: none. */
  principal: string;
  /** `ip:port` */
  source: string;
  destination: string;
  /** Of the verified token; undefined: there is none. */
  claims?: Record<string, unknown> | undefined;
  metadata: Record<string, Record<string, unknown>>;
}

/** The rule that denies as response code details name it, or `none`; undefined: the request is allowed. */
export function denialOf(
  policies: readonly Policy[],
  domains: readonly string[],
  request: ModelRequest,
): string | undefined {
  const matching = (action: Policy["action"]) =>
    policies
      .filter((policy) => policy.action === action)
      .flatMap((policy) => policy.rules.map((rule, index) => ({ policy, rule, index })))
      .filter(({ policy, rule }) => ruleMatches(rule, { request, domains, namespace: policy.namespace }))
      .map(({ policy, index }) => `ns[${policy.namespace}]-policy[${policy.name}]-rule[${index}]`)
      .sort();
  const [denied] = matching("DENY");
  if (denied !== undefined) return denied;
  const hasAllow = policies.some(({ action }) => action === "ALLOW");
  return hasAllow && matching("ALLOW").length === 0 ? "none" : undefined;
}

interface Evaluation {
  request: ModelRequest;
  domains: readonly string[];
  /** Of the policy. */
  namespace: string;
}

function ruleMatches({ from, to, when = [] }: Rule, evaluation: Evaluation): boolean {
  return (
    (to === undefined || to.some(({ operation }) => fieldsMatch(operation, evaluation))) &&
    (from === undefined || from.some(({ source }) => fieldsMatch(source, evaluation))) &&
    when.every(
      ({ key, values = [], notValues = [] }) =>
        (values.length === 0 || valuesMatch(key, values, evaluation)) &&
        (notValues.length === 0 || !valuesMatch(key, notValues, evaluation)),
    )
  );
}

function fieldsMatch(fields: Record<string, string[]>, evaluation: Evaluation): boolean {
  return Object.entries(fields).every(([field, values]) => {
    if (values.length === 0) return true;
    if (!field.startsWith("not")) return valuesMatch(field, values, evaluation);
    return !valuesMatch(field.charAt(3).toLowerCase() + field.slice(4), values, evaluation);
  });
}

/** Whether one of the values of a field, or of a key of `when`, matches. */
function valuesMatch(attribute: string, values: readonly string[], evaluation: Evaluation): boolean {
  const { request, domains, namespace } = evaluation;
  const path = request.path.replace(/[?#].*$/s, "");
  const principal = (patterns: string[]) => patterns.some((pattern) => whole(pattern).test(request.principal));
  switch (attribute) {
    case "principals":
    case "source.principal":
      return principal(values.flatMap((value) => withAliases(value, domains)).map(principalPattern));
    case "namespaces":
    case "source.namespace":
      return principal(values.map((value) => `.*/ns/${value.split("*").map(quoted).join(".*")}/.*`));
    case "serviceAccounts":
    case "source.serviceAccount":
      return principal(values.map((value) => serviceAccountPattern(value, namespace)));
    case "trustDomains":
    case "source.trustDomain":
      return principal(
        values.flatMap((value) => (domains.includes(value) ? [...domains] : [value])).map(trustDomainPattern),
      );
    case "remoteIpBlocks":
    case "remote.ip":
      return values.some((value) => isInBlock(request.source, value));
    case "destination.ip":
      return values.some((value) => isInBlock(request.destination, value));
    case "ports":
    case "destination.port":
      return values.some((value) => Number(value) === Number(/\d+$/.exec(request.destination)?.[0]));
    case "methods":
      return values.some((value) => value === "*" || whole(pattern(value)).test(request.method));
    case "hosts":
      return values.some((value) => value === "*" || whole(pattern(value), "i").test(request.authority));
    case "paths":
      return values.some((value) => whole(pathPattern(value)).test(path));
    case "requestPrincipals":
    case "request.auth.principal":
      return values.some((value) => requestPrincipalMatches(value, request.claims ?? {}));
    case "request.auth.audiences":
      return claimMatches(["aud"], values, request.claims);
    case "request.auth.presenter":
      return claimMatches(["azp"], values, request.claims);
    default:
      return namedValuesMatch(attribute, values, request);
  }
}

function namedValuesMatch(key: string, values: readonly string[], request: ModelRequest): boolean {
  const names = [...key.matchAll(/\[([^\]]*)\]/g)].map(([, name = ""]) => name);
  const [name = ""] = names;
  if (key.startsWith("request.headers")) {
    const own = request.headers.filter(([header]) => header === name.toLowerCase()).map(([, value]) => value);
    return own.some((text) => values.some((value) => value === "*" || whole(pattern(value)).test(text)));
  }
  if (key.startsWith("request.auth.claims")) return claimMatches(names, values, request.claims);
  const filter = key.slice("experimental.".length, key.indexOf("["));
  const found = request.metadata[filter]?.[name];
  return values.some((value) => {
    const member = /^\[(.*)\]$/.exec(value)?.[1];
    if (member === undefined) return typeof found === "string" && whole(pattern(value)).test(found);
    return Array.isArray(found) && found.some((text) => typeof text === "string" && whole(pattern(member)).test(text));
  });
}

function claimMatches(names: string[], values: readonly string[], claims: Record<string, unknown> = {}): boolean {
  let claim: unknown = claims;
  for (const name of names) {
    if (typeof claim !== "object" || claim === null || Array.isArray(claim)) return false;
    claim = (claim as Record<string, unknown>)[name];
  }
  const isWords = names.length === 1 && ["scope", "permission"].includes(names[0] ?? "");
  if (isWords && typeof claim === "string" && /[^ ]/.test(claim))
    claim = claim.split(" ").filter((word) => word !== "");
  const texts: unknown[] = Array.isArray(claim) ? claim : [claim];
  return texts.some((text) => typeof text === "string" && values.some((value) => whole(pattern(value)).test(text)));
}

function requestPrincipalMatches(value: string, { iss, sub }: Record<string, unknown>): boolean {
  if (typeof iss !== "string" || typeof sub !== "string") return false;
  const slash = value.lastIndexOf("/");
  const [issuer, subject] = slash < 0 ? partsWithoutSlash(value) : [value.slice(0, slash), value.slice(slash + 1)];
  return whole(pattern(issuer)).test(iss) && whole(pattern(subject)).test(sub);
}

function partsWithoutSlash(value: string): [issuer: string, subject: string] {
  if (value.startsWith("*")) return ["*", value];
  return [value, value.endsWith("*") ? "*" : ""];
}

/** `*`, `*x`, `x*` or `x`. */
function pattern(value: string): string {
  if (value === "*") return ".+";
  if (value.startsWith("*")) return `[^]*${quoted(value.slice(1))}`;
  return value.endsWith("*") ? `${quoted(value.slice(0, -1))}[^]*` : quoted(value);
}

function pathPattern(value: string): string {
  if (!value.includes("{")) return pattern(value);
  const pchar = "[a-zA-Z0-9\\-._~%!$&'()+,;:@=]";
  return quoted(value).replaceAll("\\{\\*\\*\\}", `(${pchar}|/)*`).replaceAll("\\{\\*\\}", `${pchar}+`);
}

function principalPattern(value: string): string {
  if (value === "*") return ".+";
  if (value.startsWith("*")) return `spiffe://.*${quoted(value.slice(1))}`;
  return value.endsWith("*") ? `spiffe://${quoted(value.slice(0, -1))}[^]*` : quoted(`spiffe://${value}`);
}

function trustDomainPattern(value: string): string {
  if (value === "*") return "spiffe://[^]*";
  if (!value.includes("*")) return `spiffe://${quoted(value)}/[^]*`;
  return `spiffe://${value.split("*").map(quoted).join("[^/]*")}/.*`;
}

function serviceAccountPattern(value: string, policyNamespace: string): string {
  const [name = "", namespace = policyNamespace] = value.split("/").reverse();
  return `spiffe://.+/ns/${quoted(namespace)}/(.+/|)sa/${quoted(name)}(/.+)?`;
}

/** Principals of the mesh's own trust domain are those of its aliases. Only whole names of trust domains here. */
function withAliases(value: string, domains: readonly string[]): string[] {
  const [domain = "", ...rest] = value.split("/");
  if (rest.length !== 4 || !(domain === "cluster.local" || domains.includes(domain))) return [value];
  return domains.map((alias) => [alias, ...rest].join("/"));
}

function isInBlock(address: string, block: string): boolean {
  const ip = address.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  const [base = "", length] = block.split("/");
  if (isIPv4(ip) !== isIPv4(base)) return false;
  const family = isIPv4(base) ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(base, Number(length ?? (family === "ipv4" ? 32 : 128)), family);
  return list.check(ip, family);
}

function whole(regex: string, flags = ""): RegExp {
  return new RegExp(`^(?:${regex})$`, flags);
}

function quoted(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
