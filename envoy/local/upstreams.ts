/** Two versions of the service behind the waypoint, and the routes to them as an HTTPRoute would make them. */
import { routeTo, staticCluster, type Cluster, type Route } from "../config/index.ts";
import { EchoService, type Echo } from "../services/echo.ts";
import { LANE_HEADER, REVIEWS } from "./names.ts";

/** Name of an upstream, of its cluster and of the lane that leads to it. */
export type UpstreamName = "stable" | "canary";

/** A request, and which upstream got it. */
export interface Seen extends Echo {
  upstream: UpstreamName;
}

/** Requests that an upstream remembers; more than the demonstration looks at, and no more after hours of traffic. */
const REMEMBERED = 100;

export class Upstreams {
  private constructor(
    readonly stable: EchoService,
    readonly canary: EchoService,
  ) {}

  static async start(): Promise<Upstreams> {
    const options = { remembers: REMEMBERED };
    const [stable, canary] = await Promise.all([EchoService.start(options), EchoService.start(options)]);
    return new Upstreams(stable, canary);
  }

  get clusters(): Cluster[] {
    const cluster = (name: UpstreamName) =>
      staticCluster({
        name,
        endpoints: [{ host: "127.0.0.1", port: this[name].port }],
        protocol: "downstream",
        metadata: { istio: { services: [REVIEWS] } },
        endpointMetadata: { istio: { workload: `reviews-${name};default;reviews;${name};Kubernetes` } },
      });
    return [cluster("stable"), cluster("canary")];
  }

  /** The request with this `x-request-id`, if one of them got it. */
  seen(id: string): Seen | undefined {
    for (const upstream of ["stable", "canary"] as const) {
      const echo = this[upstream].request(id);
      if (echo !== undefined) return { ...echo, upstream };
    }
    return undefined;
  }

  async stop(): Promise<void> {
    await Promise.all([this.stable.stop(), this.canary.stop()]);
  }
}

/** The lane `canary` leads to the canary; all else is for the stable upstream, also requests without a lane. */
export function routesByLane(): Route[] {
  const canary = { prefix: "/", headers: [{ name: LANE_HEADER, string_match: { exact: "canary" } }] };
  return [{ ...saying("canary"), match: canary }, saying("stable")];
}

/** A route whose responses say where they come from, as with a ResponseHeaderModifier. */
function saying(upstream: UpstreamName): Route {
  return { ...routeTo(upstream), response_headers_to_add: [{ header: { key: "x-served-by", value: upstream } }] };
}
