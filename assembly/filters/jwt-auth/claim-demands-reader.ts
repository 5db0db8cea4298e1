import { Bytes, ConfigObject } from "../../sdk";
import { RequiredClaim } from "./claim-demands";
import { readClaimPath } from "../../matching/claim-path-reader";
import { JwtAuthConfig, Rule } from "./config";
import { readTextMatch } from "../../matching/text-match-reader";

/** Milliseconds: a second, and ten years. */
const MIN_LIFETIME: i64 = 1_000;
const MAX_LIFETIME: i64 = 315_360_000_000;

const MAX_ENTRIES = 64;

/** Reads what a rule demands of claims. For after its `spaceDelimitedClaims`. */
export function readClaimDemands(object: ConfigObject, rule: Rule, config: JwtAuthConfig): void {
  const demands = rule.demands;
  demands.requireExpiration = object.bool("requireExpiration", false);
  const lifetime = object.duration("maxLifetime", 0, MIN_LIFETIME, MAX_LIFETIME);
  if (lifetime > 0) demands.maxLifetime = <f64>lifetime / 1000;
  const subjects = readEntries(object, "subjects");
  for (let i = 0; i < subjects.length; i++) {
    const match = readTextMatch(unchecked(subjects[i]), config.kept, false);
    if (match !== null) demands.subjects.push(match);
  }
  const required = readEntries(object, "requiredClaims");
  for (let i = 0; i < required.length; i++) {
    const claim = readRequiredClaim(unchecked(required[i]), rule, config);
    if (claim !== null) demands.required.push(claim);
  }
}

/** An empty list would demand nothing, and look as if it demanded something. */
function readEntries(object: ConfigObject, field: string): ConfigObject[] {
  const entries = object.objects(field, MAX_ENTRIES);
  if (object.has(field) && entries.length == 0)
    object.problem(field, "must not be empty: leave it out to demand nothing");
  return entries;
}

function readRequiredClaim(object: ConfigObject, rule: Rule, config: JwtAuthConfig): RequiredClaim | null {
  const texts = object.strings("values");
  if (object.has("values") && texts.length == 0)
    object.problem("values", "must not be empty: leave it out to accept any value");
  const path = readClaimPath(object);
  if (path === null) return null;
  const values: Bytes[] = [];
  for (let i = 0; i < texts.length; i++) values.push(config.kept.keep(unchecked(texts[i])));
  return new RequiredClaim(path, values, path.next === null && path.name.isOneOf(rule.spaceDelimitedClaims));
}
