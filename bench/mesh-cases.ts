/** A waypoint in the shape that it has in a mesh: with all filters, without any, and what Envoy has by itself. */
import { routeTo, type FiltersByPlace, type Message, type Route } from "../envoy/config/index.ts";
import { rbacFilters } from "../envoy/istiod/authorization-policy.ts";
import { clusterName, type ServicePort } from "../envoy/mesh/index.ts";
import type { Checked } from "./check.ts";
import { native, wasm } from "./filters.ts";
import { BUILTIN_COUNTER } from "./metrics.ts";
import { PIPELINE_COUNT, pipelineRequests, pipelineSections } from "./pipeline.ts";
import { callersPolicy, laneRoutes } from "./rules.ts";
import { TokenFactory } from "./tokens.ts";

/** What is measured in Envoys of its own. */
export interface MeshCase extends Required<Checked> {
  title: string;
  filters: FiltersByPlace;
  routes: readonly Route[];
  /** False: an Envoy that gets plain HTTP from its client and sends plain HTTP to the application. */
  isWaypoint: boolean;
}

/** The service that requests are for. */
export const CALLED: ServicePort = { name: "cart", namespace: "shop", port: 80 };

/** The case above which the filters of the others are counted. */
export const WITHOUT_FILTERS = "mesh-waypoint";

/** All of them get the same requests: one token again and again, the last of ten services. */
export function meshCases(): MeshCase[] {
  const factory = new TokenFactory();
  const jwks = factory.jwks("RS256");
  const { checks: decisions, ...requests } = pipelineRequests(factory.make("RS256"));
  const sections = pipelineSections(jwks);
  const policy = callersPolicy(PIPELINE_COUNT);
  const passes = { ...requests, checks: [{ status: 200 }], filters: {}, routes: [serviceRoute()], isWaypoint: true };
  const counts = { ...passes, checks: [{ status: 200, counts: BUILTIN_COUNTER }, ...decisions] };
  const routes = laneRoutes(serviceRoute);
  const plugin = (owner: string, module: string, config: object) => wasm(owner, module, JSON.stringify(config));
  return [
    { name: "mesh-bare", title: "Envoy alone, plain HTTP", ...passes, isWaypoint: false },
    { name: WITHOUT_FILTERS, title: "waypoint without filters", ...passes },
    {
      name: "mesh-native",
      title: "native jwt_authn and RBAC",
      ...passes,
      checks: decisions,
      filters: {
        JWT_AUTHN: [native(jwks)],
        RBAC: rbacFilters([policy], { namespace: policy.namespace }),
      },
    },
    {
      name: "mesh-filters",
      title: "jwtAuth, authz, headerRouter and l7Metrics in one plugin",
      ...counts,
      routes,
      filters: { AUTHZ: [plugin("mesh-filters", "waypoint", { ...sections, l7Metrics: {} })] },
    },
    {
      name: "mesh-plugins",
      title: "the first three in one plugin, l7-metrics in another",
      ...counts,
      routes,
      filters: {
        AUTHZ: [plugin("mesh-plugins", "waypoint", sections)],
        STATS: [plugin("mesh-plugins", "l7-metrics", {})],
      },
    },
  ];
}

function serviceRoute(match: Message = { prefix: "/" }): Route {
  return { ...routeTo(clusterName(CALLED)), match };
}
