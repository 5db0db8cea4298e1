/** The upstreams of a scenario beside a real Envoy, and the clusters that lead to them. */
import type { PreparedUpstream } from "../host-tests/scenario/expand.ts";
import type { UpstreamRequest } from "../host-tests/scenario/expect.ts";
import { clusterMetadata, endpointMetadata } from "../host-tests/scenario/runner-common.ts";
import { type Address, type Cluster, staticCluster } from "./config/index.ts";
import { defined } from "./config/types.ts";
import { EchoService } from "./services/echo.ts";
import { startService } from "./services/scripted.ts";
import { ScriptedUpstream } from "./services/scripted-upstream.ts";

export interface StartedUpstream {
  description: PreparedUpstream;
  /** What its cluster has as endpoints. */
  endpoints: readonly Address[];
  /** The request with this `x-request-id`, if it arrived whole. */
  request: (id: string) => Omit<UpstreamRequest, "name"> | undefined;
  stop: () => Promise<void>;
}

/** By name. */
export async function startUpstreams(descriptions: readonly PreparedUpstream[]): Promise<Map<string, StartedUpstream>> {
  const upstreams = new Map<string, StartedUpstream>();
  for (const description of descriptions) upstreams.set(description.name, await start(description));
  return upstreams;
}

export function upstreamCluster({ description, endpoints }: StartedUpstream): Cluster {
  return staticCluster({
    name: description.name,
    endpoints,
    protocol: "downstream",
    ...defined({ metadata: clusterMetadata(description), endpointMetadata: endpointMetadata(description) }),
  });
}

async function start(description: PreparedUpstream): Promise<StartedUpstream> {
  const { reach, answers } = description;
  if (reach !== undefined) {
    const { endpoints, stop } = await startService({ reach });
    return { description, endpoints, request: () => undefined, stop };
  }
  const service = await (answers === undefined ? EchoService.start() : ScriptedUpstream.start(answers));
  return {
    description,
    endpoints: [{ host: "127.0.0.1", port: service.port }],
    request: (id) => service.request(id),
    stop: () => service.stop(),
  };
}
