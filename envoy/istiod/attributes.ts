/** What one condition of an AuthorizationPolicy becomes in Envoy's RBAC (`pilot/pkg/security/authz/model/generator.go`). */
import { isIP } from "node:net";
import { any, type Message } from "../config/types.ts";
import { ANY_TEXT, anyOf, headerMatch, listWith, metadataMatch, quoted, regexMatch, stringMatch } from "./matchers.ts";
import { domainsOfAliases, principalsOfAliases, type TrustDomains } from "./trust-domains.ts";

/** What a condition's meaning depends on. */
export interface PolicyContext {
  /** Of the policy. */
  namespace: string;
  trustDomains: TrustDomains;
}

/** A value that istiod cannot translate. Its validation refuses such policies, unless nobody asked it. */
export class InvalidValue extends Error {}

/** Where RBAC looks for a condition: at what is asked for, or at who asks. */
export type Side = "permissions" | "principals";

/** An attribute that rules name. */
export type Attribute = {
  side: Side;
  /** The values that stand for these. */
  expanded?: (values: readonly string[], domains: TrustDomains) => string[];
} & (
  | {
      /** A value as a rule of its own, one of which must match. */
      each: (value: string, context: PolicyContext) => Message;
      all?: never;
    }
  | {
      /** All values in one rule. */
      all: (values: readonly string[]) => Message;
      each?: never;
    }
);

const PEER_PRINCIPAL = "io.istio.peer_principal";
const SPIFFE = "spiffe://";
const JWT_AUTHN = "envoy.filters.http.jwt_authn";
const URI_TEMPLATE = "envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig";

/** Attributes of `from.source`, of `to.operation`, and of `when`. */
export const ATTRIBUTES = {
  principal: {
    side: "principals",
    each: (value) => peer(principalMatch(value)),
    expanded: principalsOfAliases,
  },
  requestPrincipal: { side: "principals", all: requestPrincipals },
  namespace: {
    side: "principals",
    each: (value) => peer(regexMatch(`.*/ns/${value.split("*").map(quoted).join(".*")}/.*`)),
  },
  serviceAccount: {
    side: "principals",
    each: (value, { namespace }) => peer(regexMatch(serviceAccountRegex(namespace, value))),
  },
  trustDomain: {
    side: "principals",
    each: (value) => peer(trustDomainMatch(value)),
    expanded: domainsOfAliases,
  },
  sourceIp: { side: "principals", each: (value) => ({ direct_remote_ip: cidr(value) }) },
  remoteIp: { side: "principals", each: (value) => ({ remote_ip: cidr(value) }) },
  audience: { side: "principals", all: (values) => claim(["aud"], values) },
  presenter: { side: "principals", all: (values) => claim(["azp"], values) },
  host: {
    side: "permissions",
    each: (value) => ({ header: headerMatch(":authority", value, { ignoreCase: true }) }),
  },
  method: {
    side: "permissions",
    each: (value) => ({ header: headerMatch(":method", value, { ignoreCase: false }) }),
  },
  path: { side: "permissions", each: pathMatch },
  port: { side: "permissions", each: (value) => ({ destination_port: portNumber(value) }) },
  destinationIp: { side: "permissions", each: (value) => ({ destination_ip: cidr(value) }) },
  serverName: { side: "permissions", each: (value) => ({ requested_server_name: stringMatch(value) }) },
} as const satisfies Record<string, Attribute>;

const BY_KEY: Record<string, Attribute> = {
  "source.ip": ATTRIBUTES.sourceIp,
  "remote.ip": ATTRIBUTES.remoteIp,
  "source.namespace": ATTRIBUTES.namespace,
  "source.serviceAccount": ATTRIBUTES.serviceAccount,
  "source.principal": ATTRIBUTES.principal,
  "source.trustDomain": ATTRIBUTES.trustDomain,
  "request.auth.principal": ATTRIBUTES.requestPrincipal,
  "request.auth.audiences": ATTRIBUTES.audience,
  "request.auth.presenter": ATTRIBUTES.presenter,
  "destination.ip": ATTRIBUTES.destinationIp,
  "destination.port": ATTRIBUTES.port,
  "connection.sni": ATTRIBUTES.serverName,
};

/** The attribute that a key of `when` names; undefined: istiod knows none. */
export function attributeOf(key: string): Attribute | undefined {
  if (Object.hasOwn(BY_KEY, key)) return BY_KEY[key];
  const rest = (prefix: string) => key.slice(prefix.length);
  if (key.startsWith("request.headers")) return header(rest("request.headers"));
  if (key.startsWith("request.auth.claims")) return claims(rest("request.auth.claims"));
  if (key.startsWith("experimental.envoy.filters.")) return filterMetadata(rest("experimental."));
  return undefined;
}

function header(name: string): Attribute {
  return {
    side: "principals",
    each: (value) => ({ header: headerMatch(inBrackets(name), value, { ignoreCase: false }) }),
  };
}

function claims(path: string): Attribute {
  return { side: "principals", all: (values) => claim(claimPath(path), values) };
}

/** `envoy.filters.<name>[<key>]`; a value `[<member>]` is looked for in lists. */
function filterMetadata(key: string): Attribute {
  return {
    side: "permissions",
    all: (values) => {
      const [filter = "", name] = key.replace(/\]$/, "").split(/\[(.*)/s);
      if (name === undefined) throw new InvalidValue(`${key} has no [key]`);
      return metadataMatch(filter, [name], anyOf(values.map(metadataValue)));
    },
  };
}

function metadataValue(value: string): Message {
  const isMember = value.startsWith("[") && value.endsWith("]");
  const text = isMember ? value.replace(/^[[\]]+|[[\]]+$/g, "") : value;
  const match = { string_match: stringMatch(text) };
  return isMember ? listWith(match) : match;
}

/** A match of the caller's SPIFFE id; a waypoint has it in filter state, where a sidecar looks at the certificate. */
function peer(match: Message): Message {
  return { filter_state: { key: PEER_PRINCIPAL, string_match: match } };
}

/** Any text at all, not only a SPIFFE id, is `*`. */
function principalMatch(value: string): Message {
  if (value === "*") return ANY_TEXT;
  if (value.startsWith("*")) return regexMatch(`${SPIFFE}.*${quoted(value.slice(1))}`);
  return stringMatch(SPIFFE + value);
}

/** `<service account>` in the policy's namespace, or `<namespace>/<service account>` */
function serviceAccountRegex(policyNamespace: string, value: string): string {
  const slash = value.indexOf("/");
  const [namespace, name] = slash < 0 ? [policyNamespace, value] : [value.slice(0, slash), value.slice(slash + 1)];
  return `${SPIFFE}.+/ns/${quoted(namespace)}/(.+/|)sa/${quoted(name)}(/.+)?`;
}

function trustDomainMatch(value: string): Message {
  if (value === "*") return { prefix: SPIFFE };
  const star = value.indexOf("*");
  if (star < 0) return { prefix: `${SPIFFE}${value}/` };
  return regexMatch(`${SPIFFE}${quoted(value.slice(0, star))}[^/]*${quoted(value.slice(star + 1))}/.*`);
}

function requestPrincipals(values: readonly string[]): Message {
  const ids = values.map((value) => {
    const [issuer, subject] = issuerAndSubject(value);
    return { and_ids: { ids: [jwtPayload(["iss"], issuer), jwtPayload(["sub"], subject)] } };
  });
  return ids.length === 1 && ids[0] !== undefined ? ids[0] : { or_ids: { ids } };
}

/** `<iss>/<sub>`, split at the last slash. One wildcard counts: at the start, of the issuer, or at the end, of the subject. */
function issuerAndSubject(value: string): [issuer: Message, subject: Message] {
  const slash = value.lastIndexOf("/");
  if (slash < 0) return withoutSlash(value);
  const [issuer, subject] = [value.slice(0, slash), value.slice(slash + 1)];
  if (value.startsWith("*")) return [stringMatchOf(issuer, "start"), { exact: subject }];
  return [{ exact: issuer }, value.endsWith("*") ? stringMatchOf(subject, "end") : { exact: subject }];
}

function withoutSlash(value: string): [issuer: Message, subject: Message] {
  if (value === "*") return [ANY_TEXT, ANY_TEXT];
  if (value.startsWith("*")) return [ANY_TEXT, { suffix: value.slice(1) }];
  return value.endsWith("*") ? [{ prefix: value.slice(0, -1) }, ANY_TEXT] : [{ exact: value }, { exact: "" }];
}

/** A text with its wildcard at one end; what looks like one at the other end is text. */
function stringMatchOf(value: string, wildcard: "start" | "end"): Message {
  if (value === "*") return ANY_TEXT;
  return wildcard === "start" ? { suffix: value.slice(1) } : { prefix: value.slice(0, -1) };
}

/** A claim that is one of the values, or a list with one of them. */
function claim(path: readonly string[], values: readonly string[]): Message {
  const value = anyOf(values.map((text) => ({ string_match: stringMatch(text) })));
  return metadataMatch(JWT_AUTHN, ["payload", ...path], { or_match: { value_matchers: [listWith(value), value] } });
}

function jwtPayload(path: readonly string[], match: Message): Message {
  return metadataMatch(JWT_AUTHN, ["payload", ...path], { string_match: match });
}

/** `[a][b]` is a path; what is not of that form, but in brackets, is one name. */
function claimPath(text: string): string[] {
  const names = [...text.matchAll(/\[([^[\]]*)\]/g)];
  const isPath = names.length > 0 && names.map(([whole]) => whole).join("") === text;
  return isPath ? names.map(([, name = ""]) => name) : [inBrackets(text)];
}

function inBrackets(text: string): string {
  if (!text.startsWith("[") || !text.endsWith("]")) throw new InvalidValue(`${text} is not of the form [name]`);
  return text.slice(1, -1);
}

function pathMatch(value: string): Message {
  if (!/\{\*\*?\}/.test(value)) return { url_path: { path: stringMatch(value) } };
  const template = value.replace(/\{(\*\*?)\}/g, "$1");
  return { uri_template: { name: "uri-template", typed_config: any(URI_TEMPLATE, { path_template: template }) } };
}

function portNumber(value: string): number {
  const port = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(port <= 65535)) throw new InvalidValue(`${value} is no port`);
  return port;
}

/** `envoy.config.core.v3.CidrRange` of an address or a range. */
function cidr(value: string): Message {
  const [address = "", length] = value.split(/\/(.*)/s);
  const bits = { 0: Number.NaN, 4: 32, 6: 128 }[isIP(address)] ?? Number.NaN;
  const prefix = length === undefined ? bits : /^(0|[1-9]\d*)$/.test(length) ? Number(length) : Number.NaN;
  if (!(prefix <= bits)) throw new InvalidValue(`${value} is no address, and no range of addresses`);
  return { address_prefix: address, prefix_len: prefix };
}
