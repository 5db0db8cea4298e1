/** l7-metrics in the flood. */
import { EnvoyHost, loadModule } from "../host/index.ts";
import { FLOOD_CONFIGURATION, floodRequest, MOST_METRICS } from "../scenario/flood.ts";
import type { Workload } from "./workload.ts";

/** Values of histograms are kept by the host, all of them, for tests that look at each. */
const FORGET_AFTER = 1_000;

export const METRICS_WORKLOAD: Workload = {
  name: "l7-metrics, no two requests alike, one in eight cut off",
  async start() {
    let code = 200;
    const host = new EnvoyHost({ logLevel: "off", upstream: () => ({ status: code }) });
    const module = await loadModule("build/l7-metrics.wasm");
    const configuration = JSON.stringify(FLOOD_CONFIGURATION);
    const filter = host.addFilter({ name: "soak.metrics", module, configuration });
    const send = (stream: number) => {
      const { principal, user, ...request } = floodRequest(stream);
      ({ code } = request);
      const filterState = {
        "io.istio.peer_principal": principal,
        "wasm.waypost_jwt_payload": JSON.stringify({ iss: "i", sub: user }),
      };
      const unfinished = stream % 8 === 0;
      const exchange = host.request({ ...request, unfinished, connection: host.connection({ filterState }) });
      if (unfinished) exchange.reset();
      if (stream % FORGET_AFTER === 0) for (const values of host.stats.histograms.values()) values.length = 0;
    };
    return { host, filter, send, mostMetrics: MOST_METRICS };
  },
};
