/** The policies and routes that filters are configured with: rule and route number n are those of service n. */
import type { AuthorizationPolicy } from "../envoy/istiod/authorization-policy.ts";
import type { Message, Route } from "../envoy/config/index.ts";
import { directRoute, NO_ROUTE } from "./answers.ts";
import type { BenchCase, Check } from "./case.ts";

/** Who sends the load. */
export const CLIENT = "cluster.local/ns/clients/sa/web";

/** Of all services the load asks for the last one, so that whoever looks at one after the other looks at all. */
const SERVICE_HEADER = "x-tenant";
const LANE_HEADER = "x-waypost-lane";
const CHOSEN_LANE = "blue";

export type Policy = AuthorizationPolicy & { namespace: string };

export function policyOf(count: number): Policy {
  const rules = Array.from({ length: count }, (_, index) => ({
    to: [{ operation: { methods: ["GET"], paths: [`${prefixOf(index)}*`] } }],
  }));
  return { name: "bench", namespace: "default", action: "ALLOW", rules };
}

/** The same, and each rule wants the caller to be one of some. */
export function callersPolicy(count: number): Policy {
  const { rules = [], ...policy } = policyOf(count);
  const from = [{ source: { principals: [CLIENT, `${CLIENT}-2`] } }];
  return { ...policy, rules: rules.map((rule) => ({ ...rule, from })) };
}

export function authz(policy: Policy): object {
  return { policies: [policy] };
}

/** The lane header, which chooses Envoy's route, comes from the filter alone. */
export function headerRouter(count: number): object {
  return {
    routes: Array.from({ length: count }, (_, index) => ({
      name: `route-${index}`,
      match: [{ uri: { prefix: prefixOf(index) }, headers: { [SERVICE_HEADER]: { exact: tenantOf(index) } } }],
      headers: { request: { set: { [LANE_HEADER]: CHOSEN_LANE } } },
    })),
  };
}

/** One route for the lane that `headerRouter` chooses, and none for the others. */
export function laneRoutes(route: (match: Message) => Route = directRoute): Route[] {
  return [route({ prefix: "/", headers: [exactly(LANE_HEADER, CHOSEN_LANE)] }), NO_ROUTE];
}

/** The same choice as `headerRouter` makes, by Envoy alone. */
export function nativeRoutes(count: number): Route[] {
  const matching = Array.from({ length: count }, (_, index) =>
    directRoute({ prefix: prefixOf(index), headers: [exactly(SERVICE_HEADER, tenantOf(index))] }),
  );
  return [...matching, NO_ROUTE];
}

function exactly(name: string, value: string): Message {
  return { name, string_match: { exact: value } };
}

function prefixOf(index: number): string {
  return `/service-${index}/`;
}

function tenantOf(index: number): string {
  return `tenant-${index}`;
}

/** Requests for the last of so many services, for so many of its items in turn. */
export function lastOf(count: number, items = 1): Required<Pick<BenchCase, "paths" | "headers">> {
  const paths = Array.from({ length: items }, (_, item) => `${prefixOf(count - 1)}items/${item + 1}`);
  return { paths, headers: { [SERVICE_HEADER]: tenantOf(count - 1) } };
}

/** Another path is refused. */
export function refusing(count: number): Check[] {
  return [{ path: `${prefixOf(count)}items/1`, status: 403 }];
}

/** Another tenant has no route. */
export function losing(count: number): Check[] {
  return [
    { headers: { [SERVICE_HEADER]: "nobody" }, status: 404 },
    { path: `${prefixOf(count)}items/1`, status: 404 },
  ];
}
