/** All filters that look at a request, as a service with some rules has them. */
import { authenticating, type BenchCase } from "./case.ts";
import { jwtRules, type JwkSet } from "./filters.ts";
import { authz, callersPolicy, headerRouter, lastOf, refusing } from "./rules.ts";

/** How many policies and routes it has. */
export const PIPELINE_COUNT = 10;

/** Sections of root `waypoint` that decide about a request. */
export type PipelineSections = Record<"jwtAuth" | "authz" | "headerRouter", object>;

export function pipelineSections(jwks: JwkSet): PipelineSections {
  return {
    jwtAuth: { jwtRules: jwtRules(jwks) },
    authz: authz(callersPolicy(PIPELINE_COUNT)),
    headerRouter: headerRouter(PIPELINE_COUNT),
  };
}

/** Requests that it lets through, and some that it refuses. */
export function pipelineRequests(
  tokens: readonly string[],
): Required<Pick<BenchCase, "tokens" | "paths" | "headers" | "checks">> {
  return { tokens, ...lastOf(PIPELINE_COUNT), checks: [...authenticating(tokens), ...refusing(PIPELINE_COUNT)] };
}

/** Paths of so many requests that it lets through, the one of `pipelineRequests` first. */
export function pathsOf(items: number): readonly string[] {
  return lastOf(PIPELINE_COUNT, items).paths;
}
