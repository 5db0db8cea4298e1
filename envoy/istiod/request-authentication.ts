/**
 * What istiod makes of RequestAuthentications (`pilot/pkg/security/authn/policy_applier.go`): Envoy's own jwt_authn filter, which
 * leaves verified claims where AuthorizationPolicies look for them.
 */
import { jwtAuthn, type HttpFilter, type Message } from "../config/index.ts";
import { defined } from "../config/types.ts";

/** JWTRule, with its keys: `jwksUri` is istiod's own to fetch. */
export interface JwtRule {
  issuer: string;
  /** JSON of a JWK set. */
  jwks: string;
  audiences?: readonly string[];
  fromHeaders?: readonly { name: string; prefix?: string }[];
  fromParams?: readonly string[];
  fromCookies?: readonly string[];
  forwardOriginalToken?: boolean;
  outputPayloadToHeader?: string;
  outputClaimToHeaders?: readonly { header: string; claim: string }[];
  spaceDelimitedClaims?: readonly string[];
}

/** Paths in `spec` of a RequestAuthentication that are translated, `targetRefs` aside. */
export const REQUEST_AUTHENTICATION_FIELDS = [
  ...["issuer", "jwks", "jwksUri", "audiences[]", "fromHeaders[].name", "fromHeaders[].prefix", "fromParams[]"],
  ...["fromCookies[]", "forwardOriginalToken", "outputPayloadToHeader", "outputClaimToHeaders[].header"],
  ...["outputClaimToHeaders[].claim", "spaceDelimitedClaims[]"],
].map((field) => `jwtRules[].${field}`);

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

function provider({ issuer, jwks, spaceDelimitedClaims = [], ...rule }: JwtRule): Message {
  return defined({
    issuer,
    audiences: rule.audiences,
    local_jwks: { inline_string: jwks },
    from_headers: rule.fromHeaders?.map(({ name, prefix }) => defined({ name, value_prefix: prefix })),
    from_params: rule.fromParams,
    from_cookies: rule.fromCookies,
    forward: rule.forwardOriginalToken,
    forward_payload_header: rule.outputPayloadToHeader,
    claim_to_headers: rule.outputClaimToHeaders?.map(({ header, claim }) => ({
      header_name: header,
      claim_name: claim,
    })),
    payload_in_metadata: "payload",
    normalize_payload_in_metadata: { space_delimited_claims: [...new Set([...spaceDelimitedClaims, ...WORDS])].sort() },
    clear_route_cache: true,
  });
}
