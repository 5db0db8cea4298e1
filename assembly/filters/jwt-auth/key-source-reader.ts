import { Url, UrlStatus, urlStatusText } from "../../http/url";
import { JwkSet } from "../../jose/jwk-set";
import { JwksStatus, jwksStatusText, jwkStatusText } from "../../jose/jwk-status";
import { JsonKind } from "../../json/document";
import { Bytes, ConfigObject, log } from "../../sdk";
import { InlineKeys, KeySource, KeysListener, RemoteKeys } from "./keys";
import { JwtMetrics } from "./metrics";

/** Milliseconds. */
const DEFAULT_TIMEOUT: i64 = 5_000;
const MAX_TIMEOUT: i64 = 60_000;
const DEFAULT_CACHE_DURATION: i64 = 300_000;
const MIN_CACHE_DURATION: i64 = 1_000;
const MAX_CACHE_DURATION: i64 = 86_400_000;

/** Where a rule's keys come from: `jwks` or `jwksUri` with what belongs to it. */
export function readKeySource(
  rule: ConfigObject,
  name: string,
  listener: KeysListener,
  metrics: JwtMetrics,
): KeySource {
  // Known in either case, so that a wrong value is told even where it has no effect.
  const timeout = rule.duration("timeout", DEFAULT_TIMEOUT, 1, MAX_TIMEOUT);
  const cacheDuration = rule.duration(
    "jwksCacheDuration",
    DEFAULT_CACHE_DURATION,
    MIN_CACHE_DURATION,
    MAX_CACHE_DURATION,
  );
  const cluster = rule.string("jwksCluster");
  if (rule.has("jwksCluster") && cluster.length == 0) rule.problem("jwksCluster", "must not be empty");
  const inline = rule.get("jwks");
  if (inline !== null && rule.has("jwksUri")) rule.problem("jwks", "jwks and jwksUri exclude each other");
  if (inline !== null) {
    const isText = inline.kind == JsonKind.String;
    return readInline(rule, isText ? Bytes.of(inline.text) : rule.configuration.text.slice(inline.start, inline.end));
  }
  if (!rule.has("jwksUri")) rule.problem("jwks", "missing: jwks or jwksUri is needed");
  const url = new Url();
  const uri = Bytes.of(rule.string("jwksUri"));
  const status = url.parse(uri);
  if (rule.has("jwksUri") && status != UrlStatus.Ok) rule.problem("jwksUri", "invalid URL: " + urlStatusText(status));
  const authority = url.authority.toString();
  return new RemoteKeys(
    name,
    cluster.length > 0 ? cluster : defaultCluster(url),
    authority,
    url.path.toString(),
    <u32>timeout,
    cacheDuration,
    listener,
    metrics,
  );
}

/** The cluster that a waypoint has for a host that is attached to it. */
function defaultCluster(url: Url): string {
  return "inbound-vip|" + url.port.toString() + "|http|" + url.host.toString();
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
