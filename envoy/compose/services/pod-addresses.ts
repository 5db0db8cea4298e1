/** The addresses of pods, which are those of their containers: they change whenever a container comes back. */
import { lookup } from "node:dns/promises";
import { isDeepStrictEqual } from "node:util";
import type { Addresses } from "../../bookinfo/services.ts";
import type { WorkloadName } from "../../bookinfo/topology.ts";
import type { Address } from "../../config/index.ts";
import { PODS } from "./addresses.ts";

const WORKLOADS = Object.keys(PODS) as WorkloadName[];

export class PodAddresses {
  #current = Object.fromEntries(WORKLOADS.map((workload) => [workload, []])) as unknown as Addresses;

  /** As they were found last. */
  get current(): Addresses {
    return this.#current;
  }

  /** Looks for all pods. Answers whether one has moved; one that is not found counts as where it was. */
  async look(): Promise<boolean> {
    const found = await Promise.all(WORKLOADS.map(async (workload) => [workload, await this.#find(workload)] as const));
    const before = this.#current;
    this.#current = Object.fromEntries(found) as Record<WorkloadName, Address[]>;
    return !isDeepStrictEqual(this.#current, before);
  }

  async #find(workload: WorkloadName): Promise<readonly Address[]> {
    const { host, port } = PODS[workload];
    try {
      const addresses = await lookup(host, { family: 4, all: true });
      return addresses.map(({ address }) => ({ host: address, port })).sort((a, b) => a.host.localeCompare(b.host));
    } catch {
      return this.#current[workload];
    }
  }
}
