import { removeParameter } from "../../http/query";
import { HeaderSlots } from "../../matching/header-slots";
import { Bytes } from "../../sdk";
import { JwtAuthConfig, Rule } from "./config";
import { FoundToken } from "./found-token";
import { LocationKind } from "./location";

/**
 * Removes every header that some rule sets from a verified token, as far as the client sent it: whoever reads it behind
 * the proxy takes it for verified. For every request that goes on, with a token or without.
 */
export function sanitize(config: JwtAuthConfig): void {
  const sanitized = config.sanitizedSlots;
  for (let i = 0; i < sanitized.length; i++) {
    config.facts.headers.remove(unchecked(sanitized[i]));
  }
}

/**
 * Takes the tokens that rules accepted out of the request, but for those that they forward. Cookies stay, as with Envoy.
 * `accepted`: the rules, one bit each. `found`: what each location holds; one without a token may hold something else, such
 * as credentials for the upstream.
 */
export function removeTokens(config: JwtAuthConfig, accepted: u64, found: FoundToken[]): void {
  const headers = config.facts.headers;
  const path = config.facts.target;
  let remaining = path;
  const rules = config.rules;
  for (let i = 0; i < rules.length; i++) {
    const rule = unchecked(rules[i]);
    const isAccepted = (accepted & ((<u64>1) << rule.index)) != 0;
    if (isAccepted && !rule.forwardOriginalToken) remaining = removeTokensOf(headers, rule, found, remaining);
  }
  if (remaining.length != path.length) headers.set(config.facts.pathSlot, remaining);
}

/** Answers what remains of the path. */
function removeTokensOf(headers: HeaderSlots, rule: Rule, found: FoundToken[], path: Bytes): Bytes {
  let remaining = path;
  for (let i = 0; i < rule.locations.length; i++) {
    // eslint-disable-next-line waypost/no-index -- a rule names only locations that there are
    const token = unchecked(found[rule.locations[i]]);
    if (!token.present) continue;
    const location = token.location;
    if (location.kind == LocationKind.Header) {
      headers.remove(location.slot);
    } else if (location.kind == LocationKind.Parameter) {
      remaining = removeParameter(remaining, location.name);
    }
  }
  return remaining;
}
