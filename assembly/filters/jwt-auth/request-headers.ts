import { removeParameter } from "../../http/query";
import { Bytes, requestHeaders } from "../../sdk";
import { JwtAuthConfig, Rule } from "./config";
import { FoundToken } from "./found-token";
import { LocationKind } from "./location";

const PATH = Bytes.constant(":path");

/**
 * Removes every header that some rule sets from a verified token, as far as the client sent it: whoever reads it behind
 * the proxy takes it for verified. For every request that goes on, with a token or without.
 */
export function sanitize(config: JwtAuthConfig): void {
  const sanitized = config.sanitizedSlots;
  for (let i = 0; i < sanitized.length; i++) {
    const slot = unchecked(sanitized[i]);
    if (config.slots.count(slot) > 0) requestHeaders.removeBytes(config.slots.name(slot));
  }
}

/**
 * Takes the tokens that a rule accepted out of the request, unless it forwards them. Cookies stay, as with Envoy. `found`:
 * what each location holds; one without a token may hold something else, such as credentials for the upstream.
 */
export function removeTokens(config: JwtAuthConfig, rule: Rule, found: FoundToken[]): void {
  if (rule.forwardOriginalToken) return;
  let path = config.slots.value(config.pathSlot);
  let changed = false;
  for (let i = 0; i < rule.locations.length; i++) {
    // eslint-disable-next-line waypost/no-index -- a rule names only locations that there are
    const token = unchecked(found[rule.locations[i]]);
    if (!token.present) continue;
    const location = token.location;
    if (location.kind == LocationKind.Header) {
      requestHeaders.removeBytes(location.name);
    } else if (location.kind == LocationKind.Parameter && path !== null) {
      const without = removeParameter(path, location.name);
      changed = changed || without.length != path.length;
      path = without;
    }
  }
  if (changed && path !== null) requestHeaders.setBytes(PATH, path);
}
