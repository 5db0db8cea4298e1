import { ConfigObject } from "../../sdk";
import { AttributeReader } from "./attribute-reader";
import { CheckGroup } from "./check-group";
import { NO_DIRECT_ADDRESS, readCondition } from "./condition-reader";
import { hasValues, isEmptyList } from "./lists";
import { Rule } from "./rule";

/** Most entries of a rule's `from`, `to` and `when`. */
const MAX_ENTRIES = 1000;

const SOURCE_FIELDS = [
  "principals",
  "notPrincipals",
  "requestPrincipals",
  "notRequestPrincipals",
  "namespaces",
  "notNamespaces",
  "serviceAccounts",
  "notServiceAccounts",
  "trustDomains",
  "notTrustDomains",
  "remoteIpBlocks",
  "notRemoteIpBlocks",
  "ipBlocks",
  "notIpBlocks",
];

const OPERATION_FIELDS = ["hosts", "notHosts", "ports", "notPorts", "methods", "notMethods", "paths", "notPaths"];

/** Service accounts name a namespace themselves. */
const SERVICE_ACCOUNT_FIELDS = ["serviceAccounts", "notServiceAccounts"];
const OTHER_IDENTITY_FIELDS = ["principals", "notPrincipals", "namespaces", "notNamespaces"];

/** Reads a rule of an AuthorizationPolicy. */
export function readRule(object: ConfigObject, rule: Rule, attributes: AttributeReader): void {
  const from = entries(object, "from");
  for (let i = 0; i < from.length; i++) {
    const group = new CheckGroup();
    rule.sources.push(group);
    const source = required(unchecked(from[i]), "source");
    if (source !== null) readSource(source, attributes, group);
  }
  const to = entries(object, "to");
  for (let i = 0; i < to.length; i++) {
    const group = new CheckGroup();
    rule.operations.push(group);
    const operation = required(unchecked(to[i]), "operation");
    if (operation !== null) readOperation(operation, attributes, group);
  }
  const when = object.objects("when", MAX_ENTRIES);
  for (let i = 0; i < when.length; i++) readCondition(unchecked(when[i]), attributes, rule.conditions);
  rule.compile();
}

function entries(object: ConfigObject, field: string): ConfigObject[] {
  const objects = object.objects(field, MAX_ENTRIES);
  if (isEmptyList(object, field)) object.problem(field, "must not be empty: leave it out for any");
  return objects;
}

function required(object: ConfigObject, field: string): ConfigObject | null {
  if (!object.has(field)) object.problem(field, "missing: an object is needed");
  return object.object(field);
}

function readSource(source: ConfigObject, attributes: AttributeReader, group: CheckGroup): void {
  attributes.principals(source, "principals", false, group);
  attributes.principals(source, "notPrincipals", true, group);
  attributes.requestPrincipals(source, "requestPrincipals", false, group);
  attributes.requestPrincipals(source, "notRequestPrincipals", true, group);
  attributes.namespaces(source, "namespaces", false, group);
  attributes.namespaces(source, "notNamespaces", true, group);
  attributes.serviceAccounts(source, "serviceAccounts", false, group);
  attributes.serviceAccounts(source, "notServiceAccounts", true, group);
  attributes.trustDomainNames(source, "trustDomains", false, group);
  attributes.trustDomainNames(source, "notTrustDomains", true, group);
  attributes.remoteIpBlocks(source, "remoteIpBlocks", false, group);
  attributes.remoteIpBlocks(source, "notRemoteIpBlocks", true, group);
  if (source.has("ipBlocks")) source.problem("ipBlocks", NO_DIRECT_ADDRESS);
  if (source.has("notIpBlocks")) source.problem("notIpBlocks", NO_DIRECT_ADDRESS);
  if (hasValues(source, SERVICE_ACCOUNT_FIELDS) && hasValues(source, OTHER_IDENTITY_FIELDS))
    source.problem("serviceAccounts", "must not stand with principals or namespaces");
  checkNotEmpty(source, SOURCE_FIELDS);
}

function readOperation(operation: ConfigObject, attributes: AttributeReader, group: CheckGroup): void {
  attributes.methods(operation, "methods", false, group);
  attributes.methods(operation, "notMethods", true, group);
  attributes.paths(operation, "paths", false, group);
  attributes.paths(operation, "notPaths", true, group);
  attributes.hosts(operation, "hosts", false, group);
  attributes.hosts(operation, "notHosts", true, group);
  attributes.ports(operation, "ports", false, group);
  attributes.ports(operation, "notPorts", true, group);
  checkNotEmpty(operation, OPERATION_FIELDS);
}

/** A source or an operation that says nothing would be any, which somebody who writes one does not mean. */
function checkNotEmpty(object: ConfigObject, fields: string[]): void {
  if (!hasValues(object, fields))
    object.configuration.problem(object.path, "must not be empty: leave the whole entry out for any");
}
