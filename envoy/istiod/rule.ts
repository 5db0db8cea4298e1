/** A rule of an AuthorizationPolicy as a policy of Envoy's RBAC (`pilot/pkg/security/authz/model/model.go`). */
import type { Message } from "../config/types.ts";
import { ATTRIBUTES, attributeOf, InvalidValue, type Attribute, type PolicyContext, type Side } from "./attributes.ts";
import type { Operation, Rule, Source } from "./authorization-policy.ts";

/** An attribute, and the values that it must and must not have. */
interface Condition {
  attribute: Attribute;
  values?: readonly string[] | undefined;
  notValues?: readonly string[] | undefined;
}

/** How RBAC says "all", "one of" and "not" of permissions and of principals. */
const WORDS = {
  permissions: { and: "and_rules", or: "or_rules", not: "not_rule", list: "rules" },
  principals: { and: "and_ids", or: "or_ids", not: "not_id", list: "ids" },
} as const;

/**
 * `envoy.config.rbac.v3.Policy`; undefined: istiod leaves the rule out, because it does not understand all of it.
 *
 * @param isLenient  what cannot be translated is left out of the rule, not the rule out of the policy: such a rule denies
 *                   more, not less
 */
export function ruleAsPolicy(rule: Rule, context: PolicyContext, isLenient: boolean): Message | undefined {
  const conditions: Condition[] = [];
  for (const { key, values, notValues } of rule.when ?? []) {
    const attribute = attributeOf(key);
    if (attribute === undefined) return undefined;
    conditions.push({ attribute, values, notValues });
  }
  const ofSide = (side: Side) => conditions.filter(({ attribute }) => attribute.side === side);
  const operations = orAny((rule.to ?? []).map(({ operation }) => operationConditions(operation)));
  const sources = orAny((rule.from ?? []).map(({ source }) => sourceConditions(source)));
  try {
    return {
      permissions: operations.map((own) => all("permissions", [...own, ...ofSide("permissions")], context, isLenient)),
      principals: sources.map((own) => all("principals", [...own, ...ofSide("principals")], context, isLenient)),
    };
  } catch (error) {
    if (error instanceof InvalidValue) return undefined;
    throw error;
  }
}

/** None given: one without conditions. */
function orAny(alternatives: Condition[][]): Condition[][] {
  return alternatives.length > 0 ? alternatives : [[]];
}

function operationConditions(operation: Operation): Condition[] {
  const { hosts, notHosts, methods, notMethods, paths, notPaths, ports, notPorts } = operation;
  return [
    { attribute: ATTRIBUTES.host, values: hosts, notValues: notHosts },
    { attribute: ATTRIBUTES.method, values: methods, notValues: notMethods },
    { attribute: ATTRIBUTES.path, values: paths, notValues: notPaths },
    { attribute: ATTRIBUTES.port, values: ports, notValues: notPorts },
  ];
}

function sourceConditions(source: Source): Condition[] {
  return [
    { attribute: ATTRIBUTES.principal, values: source.principals, notValues: source.notPrincipals },
    {
      attribute: ATTRIBUTES.requestPrincipal,
      values: source.requestPrincipals,
      notValues: source.notRequestPrincipals,
    },
    { attribute: ATTRIBUTES.serviceAccount, values: source.serviceAccounts, notValues: source.notServiceAccounts },
    { attribute: ATTRIBUTES.trustDomain, values: source.trustDomains, notValues: source.notTrustDomains },
    { attribute: ATTRIBUTES.namespace, values: source.namespaces, notValues: source.notNamespaces },
    { attribute: ATTRIBUTES.remoteIp, values: source.remoteIpBlocks, notValues: source.notRemoteIpBlocks },
    { attribute: ATTRIBUTES.sourceIp, values: source.ipBlocks, notValues: source.notIpBlocks },
  ];
}

/** All of the conditions; none: anything. */
function all(side: Side, conditions: readonly Condition[], context: PolicyContext, isLenient: boolean): Message {
  const { and, not, list } = WORDS[side];
  const found = conditions.flatMap(({ attribute, values, notValues }) => [
    ...oneOf(attribute, values, context, isLenient),
    ...oneOf(attribute, notValues, context, isLenient).map((match) => ({ [not]: match })),
  ]);
  return { [and]: { [list]: found.length > 0 ? found : [{ any: true }] } };
}

/** One of the values, as a list of one; empty: nothing to match. */
function oneOf(
  { side, each, all: allInOne, expanded }: Attribute,
  written: readonly string[] = [],
  context: PolicyContext,
  isLenient: boolean,
): Message[] {
  const values = expanded === undefined ? written : expanded(written, context.trustDomains);
  if (values.length === 0) return [];
  if (allInOne !== undefined) return attempt(() => allInOne(values), isLenient);
  const matches = values.flatMap((value) => attempt(() => each(value, context), isLenient));
  const { or, list } = WORDS[side];
  return matches.length > 0 ? [{ [or]: { [list]: matches } }] : [];
}

function attempt(translate: () => Message, isLenient: boolean): Message[] {
  try {
    return [translate()];
  } catch (error) {
    if (isLenient && error instanceof InvalidValue) return [];
    throw error;
  }
}
