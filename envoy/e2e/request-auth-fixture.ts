/** What request-auth.test.ts is about: the configurations of docs/request-auth.md, and native jwt_authn to compare with. */
import path from "node:path";
import { parse } from "yaml";
import { makeKeys, makeToken } from "../../host-tests/scenario/tokens.ts";
import type { Answer } from "../client/answer.ts";
import {
  any,
  httpChain,
  routeTo,
  tcpListener,
  wasmFilter,
  type HttpFilter,
  type Listener,
  type Message,
  type NamedExtension,
  type Route,
} from "../config/index.ts";
import { rbacFilter, rbacOf, rbacPerRoute, type PolicySpec } from "../istiod/authorization-policy.ts";
import { jwtAuthnFilter } from "../istiod/request-authentication.ts";
import { codeBlocks } from "./page.ts";

const PAGE = "docs/request-auth.md";
const MODULE = path.resolve("build/jwt-auth.wasm");
const METADATA = "envoy.filters.http.jwt_authn";

export const CLUSTER = "inbound-vip|80|http|echo.default.svc.cluster.local";

/** A resource of Kubernetes, as the page shows it. */
interface Resource {
  kind: string;
  metadata: { name: string };
  spec: unknown;
}

interface EnvoyFilterSpec {
  configPatches: { patch: { value: HttpFilter } }[];
}

interface TelemetrySpec {
  accessLogging: { filter: { expression: string } }[];
}

interface PluginConfig extends Record<string, unknown> {
  payloadMetadataHeader: string;
  jwtRules: (Record<string, unknown> & { issuer: string; spaceDelimitedClaims: string[] })[];
}

const resources = codeBlocks(PAGE, "yaml").map((text) => parse(text) as Resource);

/** The spec of a resource of the page. */
function documented(kind: string, name: string): unknown {
  const found = resources.find((resource) => resource.kind === kind && resource.metadata.name === name);
  if (found === undefined) throw new Error(`${PAGE} has no ${kind} ${name}`);
  return found.spec;
}

export const { pluginConfig } = documented("WasmPlugin", "jwt-auth") as { pluginConfig: PluginConfig };
export const policy = documented("AuthorizationPolicy", "reviews") as PolicySpec;

const [rule] = pluginConfig.jwtRules;
if (rule === undefined) throw new Error(`${PAGE}: the plugin has no rule`);

/** The issuers that are believed: the page's, and one more. */
export const ISSUERS = [rule.issuer, "other-issuer"] as const;

const keys = makeKeys({ good: { alg: "ES256", kid: "good" } });
const jwks = JSON.stringify({ keys: [...keys.values()].map(({ jwk }) => jwk) });

/** A token with a signature that fits. `payload`: the claims, or their JSON as it is. */
export function token(payload: object | string): string {
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  return makeToken({ key: "good", payload: text }, keys, Date.now());
}

/** The page's jwt-auth, with a key set that is at hand, the other issuer too, and any audience. */
export function plugin(more: Record<string, unknown> = {}): HttpFilter {
  const jwtRules = ISSUERS.map((issuer) => ({
    ...rule,
    ...{ issuer, jwks, jwksUri: undefined, jwksCluster: undefined, audiences: undefined },
  }));
  const configuration = JSON.stringify({ ...pluginConfig, jwtRules, ...more });
  return wasmFilter({ name: "bookinfo.jwt-auth", file: MODULE, configuration });
}

/** The filter that an EnvoyFilter of the page inserts. */
export function inserted(name: string): HttpFilter {
  const { configPatches } = documented("EnvoyFilter", name) as EnvoyFilterSpec;
  const [patch, ...others] = configPatches;
  if (patch === undefined || others.length > 0) throw new Error(`${PAGE}: ${name} must have one patch`);
  return patch.patch.value;
}

/** jwt_authn as istiod configures it for the same rules. */
export function nativeJwtAuthn(): HttpFilter {
  const spaceDelimitedClaims = rule?.spaceDelimitedClaims ?? [];
  return jwtAuthnFilter(ISSUERS.map((issuer) => ({ issuer, jwks, spaceDelimitedClaims })));
}

/** An RBAC filter for a policy; without one, only what a route has decides. */
export function rbac(spec?: PolicySpec): HttpFilter {
  return rbacFilter(spec && rbacConfig(spec));
}

function rbacConfig(spec: PolicySpec): Message {
  return rbacOf(spec.action ?? "ALLOW", [{ name: "policy", ...spec }], { namespace: "default" });
}

/** What answers show of a request, by header. */
const SHOWN = {
  "x-metadata": `%DYNAMIC_METADATA(${METADATA})%`,
  "x-plain": "%FILTER_STATE(wasm.jwt_sub:PLAIN)%",
  "x-typed": "%FILTER_STATE(wasm.jwt_sub)%",
  "x-cel": '%CEL(filter_state["wasm.jwt_sub"])%',
};

/** A route for `prefix`, perhaps with a policy of its own. */
export function route(prefix: string, spec?: PolicySpec): Route {
  return {
    ...routeTo(CLUSTER, prefix),
    response_headers_to_add: Object.entries(SHOWN).map(([key, value]) => ({ header: { key, value } })),
    ...(spec && { typed_per_filter_config: rbacPerRoute(rbacConfig(spec)) }),
  };
}

/** What an answer shows; undefined: nothing. */
export function shown(answer: Answer, name: keyof typeof SHOWN): string | undefined {
  const text = answer.headers.find(([other]) => other === name)?.[1];
  return text === "-" ? undefined : text;
}

/** The namespace of dynamic metadata that native jwt_authn writes, as the request had it; undefined: none. */
export function metadataOf(answer: Answer): unknown {
  const text = shown(answer, "x-metadata");
  return text === undefined ? undefined : JSON.parse(text);
}

/** A listener with these filters in front of the fixed ones of a waypoint. */
export function chain(
  name: string,
  filters: readonly HttpFilter[],
  routes: readonly Route[] = [route("/")],
  accessLog: readonly NamedExtension[] = [],
): Listener {
  return tcpListener(name, [httpChain({ name: CLUSTER, places: { AUTHN: filters }, routes, accessLog })]);
}

/** An access log with the filter that istiod makes of the page's Telemetry. */
export function telemetryLog(file: string): NamedExtension {
  const { accessLogging } = documented("Telemetry", "blue-and-anonymous") as TelemetrySpec;
  const expression = any("envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter", accessLogging[0]?.filter);
  return {
    name: "envoy.access_loggers.file",
    filter: { extension_filter: { name: "envoy.access_loggers.extension_filters.cel", typed_config: expression } },
    typed_config: any("envoy.extensions.access_loggers.file.v3.FileAccessLog", {
      path: file,
      log_format: { text_format_source: { inline_string: "%REQ(:PATH)%\n" } },
    }),
  };
}
