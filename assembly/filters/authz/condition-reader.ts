import { isHeaderName } from "../../http/header";
import { ClaimPath } from "../../jose/claim-lookup";
import { Bytes, ConfigObject } from "../../sdk";
import { nearest } from "../../sdk/nearest";
import { AttributeReader } from "./attribute-reader";
import { CheckGroup } from "./check-group";
import { hasValues } from "./lists";
import { ValueList } from "./value-list";

/** Why `ipBlocks` and `source.ip` are refused; native RBAC takes them, and they match nothing. */
export const NO_DIRECT_ADDRESS =
  "cannot be known in a waypoint, which ztunnel connects to: use principals, or remoteIpBlocks (remote.ip)";

/** Keys that stand for themselves, in the order of `Key`. */
const KEYS = [
  "source.principal",
  "source.namespace",
  "source.serviceAccount",
  "source.trustDomain",
  "remote.ip",
  "destination.ip",
  "destination.port",
  "request.auth.principal",
  "request.auth.audiences",
  "request.auth.presenter",
];

enum Key {
  Principal,
  Namespace,
  ServiceAccount,
  TrustDomain,
  RemoteIp,
  DestinationIp,
  DestinationPort,
  RequestPrincipal,
  Audiences,
  Presenter,
}

/** Keys that go on with a name in brackets. */
const HEADERS = "request.headers";
const CLAIMS = "request.auth.claims";
const METADATA = "experimental.envoy.filters.";
const PREFIXES = [HEADERS, CLAIMS];

const PSEUDO_HEADERS = [":path", ":method", ":authority", ":scheme"];

/** Reads an entry of `when`: a key, and values of which one must match, or none. */
export function readCondition(condition: ConfigObject, attributes: AttributeReader, group: CheckGroup): void {
  const key = condition.requiredString("key");
  if (!hasValues(condition, ["values", "notValues"]))
    condition.problem("values", "missing: values or notValues are needed, and not empty");
  if (key.length == 0 || !checkKey(condition, key)) return;
  readValues(key, new ValueList(condition, "values", group), attributes);
  readValues(key, new ValueList(condition, "notValues", group), attributes);
}

function checkKey(condition: ConfigObject, key: string): bool {
  if (KEYS.includes(key)) return true;
  const name = nameIn(key);
  const prefix = key.substring(0, key.length - name.length - 2);
  if (name.length > 0 && prefix == HEADERS) {
    if (headerOf(name).length > 0) return true;
    condition.problem("key", "does not name a header between [ and ]");
  } else if (name.length > 0 && prefix == CLAIMS) {
    if (isClaim(claimOf(key))) return true;
    condition.problem(
      "key",
      'does not name a claim: write "request.auth.claims[a]", or "[a][b]" at its end for one in another',
    );
  } else if (name.length > 0 && prefix.startsWith(METADATA)) {
    return true;
  } else {
    condition.problem("key", unknownKey(key));
  }
  return false;
}

function unknownKey(key: string): string {
  if (key == "source.ip") return NO_DIRECT_ADDRESS;
  if (key == "connection.sni") return "cannot be known in a waypoint: the TLS that it sees ends before it";
  const bracket = key.indexOf("[");
  const meant = nearest(bracket < 0 ? key : key.substring(0, bracket), KEYS.concat(PREFIXES));
  const name = meant !== null && PREFIXES.includes(meant) ? meant + "[...]" : meant;
  return "unknown key" + (name === null ? "" : ", did you mean " + name + "?");
}

function readValues(key: string, values: ValueList, attributes: AttributeReader): void {
  switch (KEYS.indexOf(key)) {
    case Key.Principal:
      return attributes.principals(values);
    case Key.Namespace:
      return attributes.namespaces(values);
    case Key.ServiceAccount:
      return attributes.serviceAccounts(values);
    case Key.TrustDomain:
      return attributes.trustDomainNames(values);
    case Key.RemoteIp:
      return attributes.remoteIpBlocks(values);
    case Key.DestinationIp:
      return attributes.destinationIpBlocks(values);
    case Key.DestinationPort:
      return attributes.ports(values);
    case Key.RequestPrincipal:
      return attributes.requestPrincipals(values);
    case Key.Audiences:
      return attributes.claim(values, "[aud]");
    case Key.Presenter:
      return attributes.claim(values, "[azp]");
  }
  const name = nameIn(key);
  if (key.startsWith(HEADERS)) return attributes.header(values, headerOf(name));
  if (key.startsWith(CLAIMS)) return attributes.claim(values, claimOf(key));
  const filter = key.substring("experimental.".length, key.length - name.length - 2);
  attributes.metadata(values, filter, name);
}

/** What stands between the first `[` and the `]` at the end of a key; empty when nothing does. */
function nameIn(key: string): string {
  const open = key.indexOf("[");
  return open > 0 && key.endsWith("]") ? key.substring(open + 1, key.length - 1) : "";
}

/** The header that a name means, in lower case; empty when it means none. To Envoy `host` is another name of `:authority`. */
function headerOf(name: string): string {
  // Before case is folded: letters outside ASCII can have a lower case inside of it.
  if (PSEUDO_HEADERS.includes(name)) return name;
  if (!isHeaderName(Bytes.of(name))) return "";
  const lowerCase = name.toLowerCase();
  return lowerCase == "host" ? ":authority" : lowerCase;
}

/** `[a][b]` */
function claimOf(key: string): string {
  return key.substring(CLAIMS.length);
}

function isClaim(text: string): bool {
  const path = ClaimPath.parse(Bytes.of(text));
  if (path === null) return false;
  path.release();
  // Names have no brackets of their own.
  return text.split("[").length == text.split("][").length + 1;
}
