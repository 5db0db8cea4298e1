/** The filters that are compared: Envoy's RBAC as istiod configures it, and authz with each source of claims. */
import path from "node:path";
import { makeKeys, makeToken } from "../../host-tests/scenario/tokens.ts";
import { wasmFilter, type FiltersByPlace, type HttpFilter } from "../config/index.ts";
import { rbacFilters } from "../istiod/authorization-policy.ts";
import { jwtAuthnFilter } from "../istiod/request-authentication.ts";
import type { PolicySet } from "./authz-random.ts";
import { ISSUERS } from "./authz-vocabulary.ts";

/** Of the plugins, and so of policies that name none. */
const NAMESPACE = "default";

const keys = makeKeys({ good: { alg: "ES256", kid: "good" } });
const jwks = JSON.stringify({ keys: [...keys.values()].map(({ jwk }) => jwk) });
const jwtRules = ISSUERS.map((issuer) => ({ issuer, jwks, spaceDelimitedClaims: ["roles"] }));

function plugin(module: string, configuration: object): HttpFilter {
  const file = path.resolve(`build/${module}.wasm`);
  return wasmFilter({ name: `${NAMESPACE}.${module}`, file, configuration: JSON.stringify(configuration) });
}

/** What stands before a service. */
export const CHAINS = {
  RBAC: ({ policies, mesh }: PolicySet): FiltersByPlace => ({
    JWT_AUTHN: [jwtAuthnFilter(jwtRules)],
    RBAC: rbacFilters(policies, { namespace: NAMESPACE, ...mesh }),
  }),
  "authz behind jwt_authn": ({ policies, mesh }: PolicySet): FiltersByPlace => ({
    JWT_AUTHN: [jwtAuthnFilter(jwtRules)],
    AUTHZ: [plugin("authz", { policies, ...mesh })],
  }),
  "authz behind jwt-auth": ({ policies, mesh }: PolicySet): FiltersByPlace => ({
    AUTHN: [plugin("jwt-auth", { jwtRules, publishPayload: true })],
    AUTHZ: [plugin("authz", { policies, ...mesh })],
  }),
  "authz in one context with jwt-auth": ({ policies, mesh }: PolicySet): FiltersByPlace => ({
    AUTHN: [plugin("waypoint", { jwtAuth: { jwtRules }, authz: { policies, ...mesh } })],
  }),
};

export type Chain = keyof typeof CHAINS;

/** All but the judge. */
export const VARIANTS = (Object.keys(CHAINS) as Chain[]).filter((chain) => chain !== "RBAC");

const tokens = new Map<object, string>();

/** A token with a signature that fits. The same claims give the same token, which jwt-auth then need not verify again. */
export function token(claims: object): string {
  const made = tokens.get(claims) ?? makeToken({ key: "good", payload: JSON.stringify(claims) }, keys, Date.now());
  tokens.set(claims, made);
  return made;
}
