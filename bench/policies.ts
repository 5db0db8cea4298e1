/** Policies and routes: one, ten and a thousand of them, by Waypost and by Envoy itself; and all filters of a request. */
import type { HttpFilter } from "../envoy/config/index.ts";
import { rbacFilters } from "../envoy/istiod/authorization-policy.ts";
import { BARE, NATIVE, type BenchCase } from "./case.ts";
import { native, wasm } from "./filters.ts";
import { pipelineRequests, pipelineSections, type PipelineSections } from "./pipeline.ts";
import { authz, callersPolicy, CLIENT, headerRouter, laneRoutes, lastOf, losing } from "./rules.ts";
import { nativeRoutes, policyOf, refusing, type Policy } from "./rules.ts";
import type { TokenFactory } from "./tokens.ts";

const COUNTS = [1, 10, 1000];

export function policyCases(factory: TokenFactory): BenchCase[] {
  const tokens = factory.make("RS256");
  const jwks = factory.jwks("RS256");
  const principal = `spiffe://${CLIENT}`;
  const shared = { tokens, principal, measuresMemory: false, rivals: [], checks: [{ status: 200 }] };
  const sections = pipelineSections(jwks);
  const pipeline = { ...shared, ...pipelineRequests(tokens), routes: laneRoutes(), rivals: [NATIVE] };
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
function plugins({ jwtAuth, authz, headerRouter }: PipelineSections): HttpFilter[] {
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
  request: Pick<BenchCase, "paths" | "headers">,
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
      routes: laneRoutes(),
      ...about,
      rivals: [nativeName],
    },
  ];
}

function rules(count: number): string {
  return count === 1 ? "1 rule" : `${count} rules`;
}

function routes(count: number): string {
  return count === 1 ? "1 route" : `${count} routes`;
}
