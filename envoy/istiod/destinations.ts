/** Where an HTTP route leads to (`pilot/pkg/networking/core/route/route.go`, for waypoints `listener_waypoint.go`). */
import { defined, type Message } from "../config/types.ts";
import { duration } from "./duration.ts";
import { type HttpRetry, retryPolicy } from "./retries.ts";

/** Destination of a VirtualService. */
export interface Destination {
  /** Name in the resource's namespace, or in DNS. */
  host: string;
  subset?: string;
  port?: { number: number };
}

/** HTTPRouteDestination. */
export interface HttpRouteDestination {
  destination: Destination;
  /** Its part of the sum of weights; 0 beside others: none. */
  weight?: number;
}

/** What a mesh knows of a destination. */
export interface Resolved {
  cluster: string;
  /** `hash_policy` by its DestinationRule. */
  hash?: Message | undefined;
}

/** What of an HttpRoute says how it leads to where. */
export interface Forwarding {
  route?: HttpRouteDestination[];
  timeout?: string;
  retries?: HttpRetry;
}

/**
 * Members of `envoy.config.route.v3.RouteAction`.
 *
 * @param where  of the route, for errors
 */
export function forwarding(
  { route = [], timeout = "0s", retries }: Forwarding,
  resolve: (destination: Destination, index: number) => Resolved,
  where: string,
): Message {
  const all = route.map(({ destination, weight = 0 }, index) => ({ weight, ...resolve(destination, index) }));
  const [only] = all;
  const isOne = all.length === 1 && only !== undefined;
  const used = isOne ? all : all.filter(({ weight }) => weight > 0);
  const hashes = used.flatMap(({ hash }) => hash ?? []);
  const clusters = used.map(({ cluster, weight }) => ({ name: cluster, weight }));
  return defined({
    ...(isOne ? { cluster: only.cluster } : { weighted_clusters: { clusters } }),
    timeout: duration(timeout, `${where}.timeout`),
    retry_policy: retryPolicy(retries, isOne && hashes.length > 0, `${where}.retries`),
    hash_policy: hashes.length > 0 ? hashes : undefined,
  });
}
