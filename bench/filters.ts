/** The filters that are measured, and how they are configured. */
import path from "node:path";
import { any, jwtAuthn, wasmFilter, type HttpFilter, type Message } from "../envoy/config/index.ts";
import type { Jwk } from "../host-tests/scenario/tokens.ts";
import type { Check } from "./case.ts";
import { AUDIENCE, ISSUER } from "./tokens.ts";

/** A key set (RFC 7517). */
export interface JwkSet {
  keys: Jwk[];
}

/** jwt-auth, with `jwtRules` as Istio's defaults have them. `owner`: the case that it belongs to. */
export function jwtAuth(owner: string, jwks: JwkSet, more: Message = {}): HttpFilter {
  return wasm(owner, "jwt-auth", JSON.stringify({ jwtRules: jwtRules(jwks), ...more }));
}

export function jwtRules(jwks: JwkSet): object[] {
  return [{ issuer: ISSUER, audiences: [AUDIENCE], jwks }];
}

/**
 * Native jwt_authn as istiod configures the same rule for a waypoint (pilot/pkg/security/authn/policy_applier.go). `more`:
 * fields of the provider.
 */
export function native(jwks: JwkSet, more: Message = {}): HttpFilter {
  const provider = {
    issuer: ISSUER,
    audiences: [AUDIENCE],
    local_jwks: { inline_string: JSON.stringify(jwks) },
    forward: false,
    payload_in_metadata: "payload",
    normalize_payload_in_metadata: { space_delimited_claims: ["scope", "permission"] },
    clear_route_cache: true,
    ...more,
  };
  const requires = { requires_any: { requirements: [{ provider_name: "origins-0" }, { allow_missing: {} }] } };
  return jwtAuthn({
    providers: { "origins-0": provider },
    rules: [{ match: { prefix: "/" }, requires }],
    bypass_cors_preflight: true,
  });
}

/** A module of `build/`, in a VM of its own: two cases that share one would share its caches. */
export function wasm(owner: string, module: string, configuration = ""): HttpFilter {
  const rootId = module.startsWith("examples/") ? "add_header" : "";
  return wasmFile(owner, path.resolve("build", `${module}.wasm`), configuration, rootId);
}

/** The same for a module from anywhere. */
export function wasmFile(owner: string, file: string, configuration: string, rootId = ""): HttpFilter {
  return wasmFilter({
    name: `default.${path.basename(file, ".wasm")}`,
    file,
    rootId,
    configuration,
    // Envoy tells VMs apart by their environment too.
    environment: { BENCH_CASE: owner },
  });
}

/** What the filters that add a header are configured with, and what shows that they do. */
export const HELLO = "world";
export const ADDS_HEADER: readonly Check[] = [{ status: 200, answer: { hello: HELLO } }];

/** The header between jwt-auth and `headerToMetadata`. */
export const METADATA_HEADER = "x-waypost-claims";

/** Takes claims from a header into dynamic metadata, as docs/request-auth.md has it. */
export function headerToMetadata(): HttpFilter {
  const present = {
    metadata_namespace: "envoy.filters.http.jwt_authn",
    key: "payload",
    type: "PROTOBUF_VALUE",
    encode: "BASE64",
  };
  const rule = { header: METADATA_HEADER, remove: true, on_header_present: present };
  return {
    name: "waypost.request-auth",
    typed_config: any("envoy.extensions.filters.http.header_to_metadata.v3.Config", { request_rules: [rule] }),
  };
}
