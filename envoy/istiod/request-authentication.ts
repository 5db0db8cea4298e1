/**
 * What istiod makes of RequestAuthentications (`pilot/pkg/security/authn/policy_applier.go`): Envoy's own jwt_authn filter, which
 * leaves verified claims where AuthorizationPolicies look for them.
 */
import { jwtAuthn, type HttpFilter, type Message } from "../config/index.ts";

/** What the tests need of a JWTRule. */
export interface JwtRule {
  issuer: string;
  /** JSON of a JWK set. */
  jwks: string;
  spaceDelimitedClaims?: readonly string[];
}

/** Claims that are lists of words for every rule. */
const WORDS = ["permission", "scope"];

/** A request passes without a token, and with one that fits any of the rules. */
export function jwtAuthnFilter(rules: readonly JwtRule[]): HttpFilter {
  const sorted = [...rules].sort((a, b) => (a.issuer < b.issuer ? -1 : 1));
  const providers = sorted.map((rule, index): [string, Message] => [`origins-${index}`, provider(rule)]);
  const names = providers.map(([name]) => ({ provider_name: name }));
  const orMissing = names.map((name) => ({ requires_any: { requirements: [name, { allow_missing: {} }] } }));
  const all = { requires_all: { requirements: orMissing } };
  return jwtAuthn({
    providers: Object.fromEntries(providers),
    rules: [
      {
        match: { prefix: "/" },
        requires: orMissing.length === 1 ? orMissing[0] : { requires_any: { requirements: [...names, all] } },
      },
    ],
    bypass_cors_preflight: true,
  });
}

function provider({ issuer, jwks, spaceDelimitedClaims = [] }: JwtRule): Message {
  return {
    issuer,
    local_jwks: { inline_string: jwks },
    payload_in_metadata: "payload",
    normalize_payload_in_metadata: { space_delimited_claims: [...new Set([...spaceDelimitedClaims, ...WORDS])].sort() },
    clear_route_cache: true,
  };
}
