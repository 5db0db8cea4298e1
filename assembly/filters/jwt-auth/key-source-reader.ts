import { Url, UrlStatus, urlStatusText } from "../../http/url";
import { JwkSet } from "../../jose/jwk-set";
import { JwksStatus, jwksStatusText, jwkStatusText } from "../../jose/jwk-status";
import { JsonKind } from "../../json/document";
import { Bytes, ConfigObject, log } from "../../sdk";
import { Discovery, documentPath, isDiscoverable } from "./discovery";
import { HttpLocation, defaultCluster } from "./http-location";
import { InlineKeys, KeySource, KeysListener } from "./keys";
import { JwtMetrics } from "./metrics";
import { KeysConfig, RemoteKeys } from "./remote-keys";

/** Milliseconds. */
const DEFAULT_TIMEOUT: i64 = 5_000;
const MAX_TIMEOUT: i64 = 60_000;
const DEFAULT_CACHE_DURATION: i64 = 300_000;
const MIN_CACHE_DURATION: i64 = 1_000;
const MAX_CACHE_DURATION: i64 = 86_400_000;
const DEFAULT_STALE_DURATION: i64 = 86_400_000;
/** 30 days. */
const MAX_STALE_DURATION: i64 = 2_592_000_000;

/** Where a rule's keys come from: `jwks`, `jwksUri` or discovery, with what belongs to it. */
export function readKeySource(
  rule: ConfigObject,
  name: string,
  listener: KeysListener,
  metrics: JwtMetrics,
): KeySource {
  // Known in any case, so that a wrong value is told even where it has no effect.
  const timeout = rule.duration("timeout", DEFAULT_TIMEOUT, 1, MAX_TIMEOUT);
  const cacheDuration = rule.duration(
    "jwksCacheDuration",
    DEFAULT_CACHE_DURATION,
    MIN_CACHE_DURATION,
    MAX_CACHE_DURATION,
  );
  const staleDuration = rule.duration("jwksStaleDuration", DEFAULT_STALE_DURATION, 0, MAX_STALE_DURATION);
  const jwksCluster = readCluster(rule, "jwksCluster");
  const discoveryCluster = readCluster(rule, "discoveryCluster");
  const inline = rule.get("jwks");
  const hasUri = rule.has("jwksUri");
  if (inline !== null && hasUri) rule.problem("jwks", "jwks and jwksUri exclude each other");
  if (inline !== null) {
    const isText = inline.kind == JsonKind.String;
    return readInline(rule, isText ? Bytes.of(inline.text) : rule.configuration.text.slice(inline.start, inline.end));
  }
  let discovery: Discovery | null = null;
  if (!hasUri) discovery = readDiscovery(rule, discoveryCluster, jwksCluster);
  const location = discovery === null ? readLocation(rule, jwksCluster) : discovery.document;
  const config = new KeysConfig(name, location, discovery, timeout, cacheDuration, staleDuration);
  return new RemoteKeys(config, listener, metrics);
}

/** The name of a cluster; empty when it is not configured. */
function readCluster(rule: ConfigObject, field: string): string {
  const cluster = rule.string(field);
  if (rule.has(field) && cluster.length == 0) rule.problem(field, "must not be empty");
  return cluster;
}

function readLocation(rule: ConfigObject, cluster: string): HttpLocation {
  const url = new Url();
  const status = url.parse(Bytes.of(rule.string("jwksUri")));
  if (rule.has("jwksUri") && status != UrlStatus.Ok) rule.problem("jwksUri", "invalid URL: " + urlStatusText(status));
  const reachedBy = cluster.length > 0 ? cluster : defaultCluster(url);
  return new HttpLocation(reachedBy, url.authority.toString(), url.path.toString());
}

/** The issuer's discovery document; null, with a problem, when the issuer is no URL that has one. */
function readDiscovery(rule: ConfigObject, cluster: string, jwksCluster: string): Discovery | null {
  const issuer = rule.get("issuer");
  const text = issuer !== null && issuer.kind == JsonKind.String ? issuer.text : "";
  const url = new Url();
  if (url.parse(Bytes.of(text)) != UrlStatus.Ok || !isDiscoverable(url)) {
    rule.problem("jwks", "missing: jwks or jwksUri is needed, or an issuer that is a URL without query");
    return null;
  }
  const reachedBy = cluster.length > 0 ? cluster : defaultCluster(url);
  return new Discovery(new HttpLocation(reachedBy, url.authority.toString(), documentPath(url)), text, jwksCluster);
}

function readInline(rule: ConfigObject, text: Bytes): KeySource {
  const keys = JwkSet.parse(text);
  if (keys.status != JwksStatus.Ok) rule.problem("jwks", jwksStatusText(keys.status));
  for (let i = 0; i < keys.skipped.length; i++) {
    const skipped = unchecked(keys.skipped[i]);
    const why = "keys[" + skipped.index.toString() + "] " + jwkStatusText(skipped.status);
    // Among usable keys an unusable one is no mistake: sets have keys for other purposes.
    if (keys.status == JwksStatus.Ok) log.info("configuration: " + rule.pathOf("jwks") + ": skipped " + why);
    else rule.problem("jwks", why);
  }
  return new InlineKeys(keys);
}
