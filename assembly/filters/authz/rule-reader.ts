import { ConfigObject } from "../../sdk";
import { AttributeReader } from "./attribute-reader";
import { CheckGroup } from "./check-group";
import { NO_DIRECT_ADDRESS, readCondition } from "./condition-reader";
import { hasValues, isEmptyList } from "./lists";
import { Rule } from "./rule";
import { ValueList } from "./value-list";

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
  attributes.principals(new ValueList(source, "principals", group));
  attributes.principals(new ValueList(source, "notPrincipals", group));
  attributes.requestPrincipals(new ValueList(source, "requestPrincipals", group));
  attributes.requestPrincipals(new ValueList(source, "notRequestPrincipals", group));
  attributes.namespaces(new ValueList(source, "namespaces", group));
  attributes.namespaces(new ValueList(source, "notNamespaces", group));
  attributes.serviceAccounts(new ValueList(source, "serviceAccounts", group));
  attributes.serviceAccounts(new ValueList(source, "notServiceAccounts", group));
  attributes.trustDomainNames(new ValueList(source, "trustDomains", group));
  attributes.trustDomainNames(new ValueList(source, "notTrustDomains", group));
  attributes.remoteIpBlocks(new ValueList(source, "remoteIpBlocks", group));
  attributes.remoteIpBlocks(new ValueList(source, "notRemoteIpBlocks", group));
  source.refuse("ipBlocks", NO_DIRECT_ADDRESS);
  source.refuse("notIpBlocks", NO_DIRECT_ADDRESS);
  if (hasValues(source, SERVICE_ACCOUNT_FIELDS) && hasValues(source, OTHER_IDENTITY_FIELDS))
    source.problem("serviceAccounts", "must not stand with principals or namespaces");
  checkNotEmpty(source, SOURCE_FIELDS);
}

function readOperation(operation: ConfigObject, attributes: AttributeReader, group: CheckGroup): void {
  attributes.methods(new ValueList(operation, "methods", group));
  attributes.methods(new ValueList(operation, "notMethods", group));
  attributes.paths(new ValueList(operation, "paths", group));
  attributes.paths(new ValueList(operation, "notPaths", group));
  attributes.hosts(new ValueList(operation, "hosts", group));
  attributes.hosts(new ValueList(operation, "notHosts", group));
  attributes.ports(new ValueList(operation, "ports", group));
  attributes.ports(new ValueList(operation, "notPorts", group));
  checkNotEmpty(operation, OPERATION_FIELDS);
}

/** A source or an operation that says nothing would be any, which somebody who writes one does not mean. */
function checkNotEmpty(object: ConfigObject, fields: string[]): void {
  if (!hasValues(object, fields))
    object.configuration.problem(object.path, "must not be empty: leave the whole entry out for any");
}
