import { isHeaderName, isHeaderValue } from "../../http/header";
import { Algorithm, algorithmNames, algorithmOf } from "../../jose/algorithms";
import { RequestFacts } from "../../matching/request-facts";
import { Bytes, ConfigObject } from "../../sdk";
import { readClaimDemands } from "./claim-demands-reader";
import { readClaimPath } from "../../matching/claim-path-reader";
import { ClaimHeader, JwtAuthConfig, MAX_RULES, Mode, PublishedClaim, Rule } from "./config";
import { readHeaderName } from "../../matching/header-name";
import { KeysListener } from "./keys";
import { readKeySource } from "./key-source-reader";
import { LocationKind, TokenLocation } from "./location";
import { JwtMetrics } from "./metrics";
import { SPACE_DELIMITED_CLAIMS } from "./payload-metadata";
import { readRequirements } from "./requirement-reader";

/** How filter state of our own begins: a claim there could pass for a decision, or for a verified payload. */
const OWN_PROPERTIES = "waypost_";

/** Outputs of a rule are numbered in one byte; nobody needs as many. */
const MAX_OUTPUTS = 64;

const MAX_CACHE_SIZE = 65_536;
const MAX_CLOCK_SKEW: i64 = 3_600_000;

const BEARER = "Bearer ";
const DEFAULT_PARAMETER = "access_token";

/** Reads the configuration of jwt-auth. Where `object` has a problem, it is noted there. */
export function readConfig(
  object: ConfigObject,
  facts: RequestFacts,
  listener: KeysListener,
  metrics: JwtMetrics,
): JwtAuthConfig {
  const config = new JwtAuthConfig(facts);
  new ConfigReader(config, listener, metrics).read(object);
  return config;
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
    config.publishPayload = root.bool("publishPayload", false);
    config.cacheSize = <i32>root.integer("cacheSize", 1024, 0, MAX_CACHE_SIZE);
    this.readPayloadMetadata(root);
    this.readPublished(root);
    const rules = root.objects("jwtRules");
    if (rules.length == 0) root.problem("jwtRules", "at least one rule is needed");
    if (rules.length > MAX_RULES)
      root.problem("jwtRules", "must not have more than " + MAX_RULES.toString() + " rules");
    for (let i = 0; i < rules.length; i++) config.rules.push(this.readRule(unchecked(rules[i]), i));
    readRequirements(root, rules, config);
  }

  private readPayloadMetadata(root: ConfigObject): void {
    if (!root.has("payloadMetadataHeader")) return;
    const name = readHeaderName(root, "payloadMetadataHeader");
    this.config.payloadMetadataSlot = this.sanitize(name);
  }

  private readPublished(root: ConfigObject): void {
    const entries = root.objects("publish", MAX_OUTPUTS);
    for (let i = 0; i < entries.length; i++) {
      const entry = unchecked(entries[i]);
      const property = entry.requiredString("property");
      if (property.startsWith(OWN_PROPERTIES))
        entry.problem(
          "property",
          "must not begin with " + OWN_PROPERTIES + ": such names are what Waypost says itself",
        );
      const path = readClaimPath(entry);
      if (path !== null) this.config.published.push(new PublishedClaim(this.config.kept.keep(property), path));
    }
  }

  private readRule(object: ConfigObject, index: i32): Rule {
    const name = object.string("name", "origins-" + index.toString());
    this.checkName(object, name);
    const issuer = object.string("issuer");
    const rule = new Rule(index, name, readKeySource(object, name, this.listener, this.metrics));
    if (issuer.length > 0) rule.issuer = this.config.kept.keep(issuer);
    else if (object.has("issuer")) object.problem("issuer", "must not be empty: leave it out to accept any issuer");
    const audiences = object.strings("audiences");
    for (let i = 0; i < audiences.length; i++) rule.audiences.push(this.config.kept.keep(unchecked(audiences[i])));
    rule.clockSkew = <f64>object.duration("clockSkew", 60_000, 0, MAX_CLOCK_SKEW) / 1000;
    rule.forwardOriginalToken = object.bool("forwardOriginalToken", false);
    this.readPresence(object, rule);
    this.readAlgorithms(object, rule);
    this.readLocations(object, rule);
    this.readOutputs(object, rule);
    this.readSpaceDelimitedClaims(object, rule);
    readClaimDemands(object, rule, this.config);
    return rule;
  }

  private readSpaceDelimitedClaims(object: ConfigObject, rule: Rule): void {
    for (let i = 0; i < SPACE_DELIMITED_CLAIMS.length; i++)
      rule.spaceDelimitedClaims.push(this.config.kept.keep(unchecked(SPACE_DELIMITED_CLAIMS[i])));
    const names = object.strings("spaceDelimitedClaims");
    for (let i = 0; i < names.length; i++) {
      const name = this.config.kept.keep(unchecked(names[i]));
      rule.spaceDelimitedClaims.push(name);
      rule.ownSpaceDelimitedClaims.push(name);
    }
  }

  private readPresence(object: ConfigObject, rule: Rule): void {
    rule.required = object.choice("presence", ["OPTIONAL", "REQUIRED"], 0) == 1;
    if (rule.required) this.config.tokenRequired = true;
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
        object.problem("algorithms[" + i.toString() + "]", "not supported: " + algorithmNames() + " are");
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
    const nameBytes = this.config.kept.keep(name);
    const prefixBytes = this.config.kept.keep(prefix);
    let index = 0;
    while (index < locations.length && !unchecked(locations[index]).is(kind, nameBytes, prefixBytes, prefixIsScheme))
      index++;
    if (index == locations.length) {
      const header = kind == LocationKind.Header ? name : kind == LocationKind.Parameter ? ":path" : "cookie";
      const slot = this.config.facts.headers.add(header);
      locations.push(new TokenLocation(kind, index, nameBytes, prefixBytes, prefixIsScheme, slot));
    }
    if (!rule.locations.includes(index)) rule.locations.push(index);
  }

  private readOutputs(object: ConfigObject, rule: Rule): void {
    if (object.has("outputPayloadToHeader")) {
      const name = this.readOutputHeader(object, "outputPayloadToHeader");
      rule.payloadSlot = this.sanitize(name);
    }
    const outputs = object.objects("outputClaimToHeaders", MAX_OUTPUTS);
    for (let i = 0; i < outputs.length; i++) {
      const output = unchecked(outputs[i]);
      const name = this.readOutputHeader(output, "header");
      const path = readClaimPath(output);
      if (path === null) continue;
      rule.claimHeaders.push(new ClaimHeader(this.sanitize(name), path));
    }
  }

  /** A claim in the header that header_to_metadata reads would be claims that the token's owner made up. */
  private readOutputHeader(object: ConfigObject, field: string): string {
    const name = readHeaderName(object, field);
    const taken = this.config.payloadMetadataSlot;
    if (taken >= 0 && this.config.facts.headers.add(name) == taken)
      object.problem(field, "is what payloadMetadataHeader names");
    return name;
  }

  /** Answers the header's slot. */
  private sanitize(header: string): i32 {
    const slot = this.config.facts.headers.add(header);
    if (!this.config.sanitizedSlots.includes(slot)) this.config.sanitizedSlots.push(slot);
    return slot;
  }
}
