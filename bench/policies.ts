/** Policies and routes: one, ten and a thousand of them, by Waypost and by Envoy itself; and all filters of a request. */
import type { AuthorizationPolicy } from "../envoy/istiod/authorization-policy.ts";
import { rbacFilters } from "../envoy/istiod/authorization-policy.ts";
import type { HttpFilter, Route } from "../envoy/config/index.ts";
import { authenticating, BARE, NATIVE, type BenchCase, type Check } from "./case.ts";
import { jwtRules, native, wasm } from "./filters.ts";
import type { TokenFactory } from "./tokens.ts";

const COUNTS = [1, 10, 1000];

/** How many policies and routes the whole pipeline has. */
const PIPELINE_COUNT = 10;

/** Who sends the load. */
const CLIENT = "cluster.local/ns/clients/sa/web";

/** Of all services the load asks for the last one, so that whoever looks at one after the other looks at all. */
const SERVICE_HEADER = "x-tenant";
const LANE_HEADER = "x-waypost-lane";
const CHOSEN_LANE = "blue";

export function policyCases(factory: TokenFactory): BenchCase[] {
  const tokens = factory.make("RS256");
  const jwks = factory.jwks("RS256");
  const principal = `spiffe://${CLIENT}`;
  const shared = { tokens, principal, measuresMemory: false, rivals: [], checks: [{ status: 200 }] };
  const jwtAuth = { jwtRules: jwtRules(jwks) };
  const sections = { jwtAuth, authz: authz(callersPolicy(PIPELINE_COUNT)), headerRouter: headerRouter(PIPELINE_COUNT) };
  const pipeline = {
    ...shared,
    ...lastOf(PIPELINE_COUNT),
    routes: LANE_ROUTES,
    rivals: [NATIVE],
    checks: [...authenticating(tokens), ...refusing(PIPELINE_COUNT)],
  };
  return [
    { name: BARE, title: "bare Envoy", filters: {}, ...shared },
    { name: NATIVE, title: "native jwt_authn", filters: { JWT_AUTHN: [native(jwks)] }, ...shared },
    ...COUNTS.flatMap((count) => authzCases(`${count}`, rules(count), policyOf(count), lastOf(count), shared)),
    ...authzCases("callers", "10 rules with callers", callersPolicy(10), lastOf(10), shared),
    ...COUNTS.flatMap((count) => routeCases(count, shared)),
    {
      name: "pipeline",
      title: "jwtAuth, authz, headerRouter in one context",
      filters: { AUTHN: [wasm("pipeline", "waypoint", JSON.stringify(sections))] },
      ...pipeline,
    },
    {
      name: "pipeline-plugins",
      title: "the same as three plugins",
      filters: { AUTHN: plugins(sections) },
      ...pipeline,
    },
  ];
}

/** What a section's plugin is when each has a module of its own. */
function plugins({ jwtAuth, authz, headerRouter }: Record<"jwtAuth" | "authz" | "headerRouter", object>): HttpFilter[] {
  const owner = "pipeline-plugins";
  return [
    wasm(owner, "jwt-auth", JSON.stringify({ ...jwtAuth, publishPayload: true })),
    wasm(owner, "authz", JSON.stringify(authz)),
    wasm(owner, "header-router", JSON.stringify(headerRouter)),
  ];
}

type Shared = Pick<BenchCase, "tokens" | "principal" | "measuresMemory" | "rivals" | "checks">;

function authzCases(
  name: string,
  title: string,
  policy: Policy,
  request: Pick<BenchCase, "path" | "headers">,
  shared: Shared,
): BenchCase[] {
  const about = { ...shared, ...request, checks: [{ status: 200 }, ...refusing(policy.rules?.length ?? 0)] };
  const nativeName = `native-rbac-${name}`;
  const ours = `authz-${name}`;
  return [
    {
      name: nativeName,
      title: `native RBAC, ${title}`,
      filters: { RBAC: rbacFilters([policy], { namespace: policy.namespace }) },
      ...about,
    },
    {
      name: ours,
      title: `authz, ${title}`,
      filters: { AUTHZ: [wasm(ours, "authz", JSON.stringify(authz(policy)))] },
      ...about,
      rivals: [nativeName],
    },
  ];
}

function routeCases(count: number, shared: Shared): BenchCase[] {
  const about = { ...shared, ...lastOf(count), checks: [{ status: 200 }, ...losing(count)] };
  const nativeName = `native-routes-${count}`;
  const ours = `header-router-${count}`;
  return [
    { name: nativeName, title: `${routes(count)} of Envoy`, filters: {}, routes: nativeRoutes(count), ...about },
    {
      name: ours,
      title: `header-router, ${routes(count)}`,
      filters: { AUTHN: [wasm(ours, "header-router", JSON.stringify(headerRouter(count)))] },
      routes: LANE_ROUTES,
      ...about,
      rivals: [nativeName],
    },
  ];
}

type Policy = AuthorizationPolicy & { namespace: string };

function policyOf(count: number): Policy {
  const rules = Array.from({ length: count }, (_, index) => ({
    to: [{ operation: { methods: ["GET"], paths: [`${prefixOf(index)}*`] } }],
  }));
  return { name: "bench", namespace: "default", action: "ALLOW", rules };
}

/** The same, and each rule wants the caller to be one of some. */
function callersPolicy(count: number): Policy {
  const { rules = [], ...policy } = policyOf(count);
  const from = [{ source: { principals: [CLIENT, `${CLIENT}-2`] } }];
  return { ...policy, rules: rules.map((rule) => ({ ...rule, from })) };
}

function authz(policy: Policy): object {
  return { policies: [policy] };
}

/** The lane header, which chooses Envoy's route, comes from the filter alone. */
function headerRouter(count: number): object {
  return {
    routes: Array.from({ length: count }, (_, index) => ({
      name: `route-${index}`,
      match: [{ uri: { prefix: prefixOf(index) }, headers: { [SERVICE_HEADER]: { exact: tenantOf(index) } } }],
      headers: { request: { set: { [LANE_HEADER]: CHOSEN_LANE } } },
    })),
  };
}

const OK = { status: 200, body: { inline_string: "ok\n" } };
const NO_ROUTE: Route = { match: { prefix: "/" }, direct_response: { status: 404 } };

const LANE_ROUTES: readonly Route[] = [
  { match: { prefix: "/", headers: [exactly(LANE_HEADER, CHOSEN_LANE)] }, direct_response: OK },
  NO_ROUTE,
];

function nativeRoutes(count: number): Route[] {
  const matching = Array.from({ length: count }, (_, index) => ({
    match: { prefix: prefixOf(index), headers: [exactly(SERVICE_HEADER, tenantOf(index))] },
    direct_response: OK,
  }));
  return [...matching, NO_ROUTE];
}

function exactly(name: string, value: string): object {
  return { name, string_match: { exact: value } };
}

function prefixOf(index: number): string {
  return `/service-${index}/`;
}

function tenantOf(index: number): string {
  return `tenant-${index}`;
}

/** Requests for the last of so many services. */
function lastOf(count: number): Pick<BenchCase, "path" | "headers"> {
  return { path: `${prefixOf(count - 1)}items/1`, headers: { [SERVICE_HEADER]: tenantOf(count - 1) } };
}

/** Another path is refused. */
function refusing(count: number): Check[] {
  return [{ path: `${prefixOf(count)}items/1`, status: 403 }];
}

/** Another tenant has no route. */
function losing(count: number): Check[] {
  return [
    { headers: { [SERVICE_HEADER]: "nobody" }, status: 404 },
    { path: `${prefixOf(count)}items/1`, status: 404 },
  ];
}

function rules(count: number): string {
  return count === 1 ? "1 rule" : `${count} rules`;
}

function routes(count: number): string {
  return count === 1 ? "1 route" : `${count} routes`;
}
