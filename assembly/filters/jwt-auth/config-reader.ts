import { isHeaderName, isHeaderValue } from "../../http/header";
import { algorithmOf, Algorithm } from "../../jose/algorithms";
import { ClaimPath } from "../../jose/claim-lookup";
import { Bytes, ConfigObject, Configuration } from "../../sdk";
import { ClaimHeader, JwtAuthConfig, Mode, PublishedClaim, Rule } from "./config";
import { KeysListener } from "./keys";
import { readKeySource } from "./key-source-reader";
import { LocationKind, TokenLocation } from "./location";
import { JwtMetrics } from "./metrics";

/** Rules, and outputs of a rule, are numbered in one byte; nobody needs as many. */
const MAX_RULES = 64;
const MAX_OUTPUTS = 64;

const MAX_CACHE_SIZE = 65_536;
const MAX_CLOCK_SKEW: i64 = 3_600_000;

const BEARER = "Bearer ";
const DEFAULT_PARAMETER = "access_token";

/** Reads the configuration of jwt-auth; null, with every problem logged, when it cannot be used. */
export function readConfig(text: Bytes, listener: KeysListener, metrics: JwtMetrics): JwtAuthConfig | null {
  const configuration = Configuration.parse(text);
  const config = new JwtAuthConfig();
  new ConfigReader(config, listener, metrics).read(configuration.root());
  if (configuration.finish()) return config;
  config.release();
  return null;
}

class ConfigReader {
  constructor(
    private readonly config: JwtAuthConfig,
    private readonly listener: KeysListener,
    private readonly metrics: JwtMetrics,
  ) {}

  read(root: ConfigObject): void {
    const config = this.config;
    config.mode = <Mode>root.choice("mode", ["ENFORCE", "SHADOW"], Mode.ENFORCE);
    config.tokenRequired = root.choice("presence", ["OPTIONAL", "REQUIRED"], 0) == 1;
    config.bypassCorsPreflight = root.bool("bypassCorsPreflight", true);
    config.cacheSize = <i32>root.integer("cacheSize", 1024, 0, MAX_CACHE_SIZE);
    this.readPublished(root);
    const rules = root.objects("jwtRules");
    if (rules.length == 0) root.problem("jwtRules", "at least one rule is needed");
    if (rules.length > MAX_RULES)
      root.problem("jwtRules", "must not have more than " + MAX_RULES.toString() + " rules");
    for (let i = 0; i < rules.length; i++) config.rules.push(this.readRule(unchecked(rules[i]), i));
  }

  private readPublished(root: ConfigObject): void {
    const entries = root.objects("publish");
    if (entries.length > MAX_OUTPUTS)
      root.problem("publish", "must not have more than " + MAX_OUTPUTS.toString() + " entries");
    for (let i = 0; i < entries.length; i++) {
      const entry = unchecked(entries[i]);
      const property = entry.requiredString("property");
      const path = readClaimPath(entry);
      if (path !== null) this.config.published.push(new PublishedClaim(this.config.own(property), path));
    }
  }

  private readRule(object: ConfigObject, index: i32): Rule {
    const name = object.string("name", "origins-" + index.toString());
    this.checkName(object, name);
    const issuer = object.string("issuer");
    const rule = new Rule(index, name, readKeySource(object, name, this.listener, this.metrics));
    if (issuer.length > 0) rule.issuer = this.config.own(issuer);
    else if (object.has("issuer")) object.problem("issuer", "must not be empty: leave it out to accept any issuer");
    const audiences = object.strings("audiences");
    for (let i = 0; i < audiences.length; i++) rule.audiences.push(this.config.own(unchecked(audiences[i])));
    rule.clockSkew = <f64>object.duration("clockSkew", 60_000, 0, MAX_CLOCK_SKEW) / 1000;
    rule.requireExpiration = object.bool("requireExpiration", false);
    rule.forwardOriginalToken = object.bool("forwardOriginalToken", false);
    this.readAlgorithms(object, rule);
    this.readLocations(object, rule);
    this.readOutputs(object, rule);
    // Istio turns these claims into lists for policies on claims; a header or property takes the claim's own text.
    object.strings("spaceDelimitedClaims");
    return rule;
  }

  private checkName(object: ConfigObject, name: string): void {
    if (name.length == 0) object.problem("name", "must not be empty");
    const rules = this.config.rules;
    for (let i = 0; i < rules.length; i++) {
      if (unchecked(rules[i]).name == name) object.problem("name", "another rule has this name");
    }
  }

  private readAlgorithms(object: ConfigObject, rule: Rule): void {
    const names = object.strings("algorithms");
    if (object.has("algorithms") && names.length == 0)
      object.problem("algorithms", "must not be empty: leave it out to allow all");
    for (let i = 0; i < names.length; i++) {
      const algorithm = algorithmOf(Bytes.of(unchecked(names[i])));
      if (algorithm == Algorithm.Unsupported) {
        object.problem(
          "algorithms[" + i.toString() + "]",
          "not supported: RS256, RS384, RS512, ES256, ES384 and ES512 are",
        );
      }
      rule.algorithms |= (<u64>1) << algorithm;
    }
  }

  /** Any location that is given takes the place of the default ones. */
  private readLocations(object: ConfigObject, rule: Rule): void {
    const headers = object.objects("fromHeaders");
    for (let i = 0; i < headers.length; i++) {
      const header = unchecked(headers[i]);
      const name = readHeaderName(header, "name");
      const prefix = header.string("prefix");
      if (!isHeaderValue(Bytes.of(prefix + "x"))) header.problem("prefix", "is not part of a header value");
      this.addLocation(rule, LocationKind.Header, name, prefix, false);
    }
    this.readNames(object, rule, "fromParams", LocationKind.Parameter);
    this.readNames(object, rule, "fromCookies", LocationKind.Cookie);
    this.checkCookies(object);
    if (rule.locations.length > 0) return;
    this.addLocation(rule, LocationKind.Header, "authorization", BEARER, true);
    this.addLocation(rule, LocationKind.Parameter, DEFAULT_PARAMETER, "", false);
  }

  private readNames(object: ConfigObject, rule: Rule, field: string, kind: LocationKind): void {
    const names = object.strings(field);
    for (let i = 0; i < names.length; i++) this.addLocation(rule, kind, unchecked(names[i]), "", false);
  }

  /** The name of a cookie is a token (RFC 6265 §4.1.1); what is none would never be found. */
  private checkCookies(object: ConfigObject): void {
    const names = object.strings("fromCookies");
    for (let i = 0; i < names.length; i++) {
      if (!isHeaderName(Bytes.of(unchecked(names[i]))))
        object.problem("fromCookies[" + i.toString() + "]", "is not the name of a cookie");
    }
  }

  private addLocation(rule: Rule, kind: LocationKind, name: string, prefix: string, prefixIsScheme: bool): void {
    const locations = this.config.locations;
    const nameBytes = this.config.own(name);
    const prefixBytes = this.config.own(prefix);
    let index = 0;
    while (index < locations.length && !unchecked(locations[index]).is(kind, nameBytes, prefixBytes, prefixIsScheme))
      index++;
    if (index == locations.length) {
      const header = kind == LocationKind.Header ? name : kind == LocationKind.Parameter ? ":path" : "cookie";
      const slot = this.config.slots.add(header);
      locations.push(new TokenLocation(kind, index, nameBytes, prefixBytes, prefixIsScheme, slot));
    }
    if (!rule.locations.includes(index)) rule.locations.push(index);
  }

  private readOutputs(object: ConfigObject, rule: Rule): void {
    if (object.has("outputPayloadToHeader")) {
      const name = readHeaderName(object, "outputPayloadToHeader");
      rule.payloadHeader = this.config.own(name);
      this.sanitize(name);
    }
    const outputs = object.objects("outputClaimToHeaders");
    if (outputs.length > MAX_OUTPUTS) {
      object.problem("outputClaimToHeaders", "must not have more than " + MAX_OUTPUTS.toString() + " entries");
    }
    for (let i = 0; i < outputs.length; i++) {
      const output = unchecked(outputs[i]);
      const name = readHeaderName(output, "header");
      const path = readClaimPath(output);
      if (path === null) continue;
      rule.claimHeaders.push(new ClaimHeader(this.config.own(name), path));
      this.sanitize(name);
    }
  }

  private sanitize(header: string): void {
    const slot = this.config.slots.add(header);
    if (!this.config.sanitizedSlots.includes(slot)) this.config.sanitizedSlots.push(slot);
  }
}

/** Headers that frame or route the message; a token or a claim in one of them would change what the request is. */
const RESERVED_HEADERS = [
  "connection",
  "content-length",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** A header's name in lower case. Pseudo headers and those that make up the message cannot be named. */
function readHeaderName(object: ConfigObject, field: string): string {
  const name = object.requiredString(field);
  // Before case is folded: letters outside ASCII can have a lower case inside of it.
  if (name.length > 0 && !isHeaderName(Bytes.of(name))) object.problem(field, "is not the name of a header");
  const lowerCase = name.toLowerCase();
  if (RESERVED_HEADERS.includes(lowerCase))
    object.problem(field, "must not be a header that frames or routes the message");
  return lowerCase;
}

function readClaimPath(object: ConfigObject): ClaimPath | null {
  const claim = object.requiredString("claim");
  if (claim.length == 0) return null;
  const path = ClaimPath.parse(Bytes.of(claim));
  if (path === null) object.problem("claim", 'is not a claim: write "a", "a.b" for a nested one, or "[a.b][c]"');
  return path;
}
