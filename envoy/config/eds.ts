/** Endpoints delivered by EDS from files: they come and go without a restart, and without a change of the cluster. */
import path from "node:path";
import { DiscoveryFile } from "./discovery-file.ts";
import { any, type Cluster, type Message } from "./types.ts";

/** One cluster's endpoints in a watched file. */
export class EdsFile {
  readonly #cluster: string;
  readonly #file: DiscoveryFile;

  /**
   * @param folder   for the watched file; must exist while Envoy runs
   * @param cluster  the cluster's name
   */
  constructor(folder: string, cluster: string) {
    this.#cluster = cluster;
    // A file for each cluster: Envoy takes no file with the endpoints of two.
    this.#file = new DiscoveryFile(path.join(folder, "eds", encodeURIComponent(cluster), "endpoints.json"));
  }

  /** A cluster with its endpoints from the file, in place of those that stand in it. */
  ofCluster({ load_assignment: _inline, ...cluster }: Cluster): Cluster {
    return { ...cluster, name: this.#cluster, type: "EDS", eds_cluster_config: { eds_config: this.#file.source } };
  }

  /** Publishes endpoints (`LbEndpoint`) in place of those before; the first before Envoy starts. */
  publish(endpoints: readonly Message[]): void {
    const assignment = { cluster_name: this.#cluster, endpoints: [{ lb_endpoints: [...endpoints] }] };
    this.#file.publish([any("envoy.config.endpoint.v3.ClusterLoadAssignment", assignment)]);
  }
}
