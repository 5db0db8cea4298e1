/**
 * Workloads that Istio's own proxies know of both sides (filter state of the peer_metadata filter: a serialized
 * google.protobuf.Struct). No stock Envoy has them, so this is for the Node host alone.
 */
import { expect, it } from "vitest";
import { encodeStruct } from "../../host/proto.ts";
import { MetricsHost } from "./metrics-host.ts";

const ISTIO = { properties: { xds: { node: { metadata: { ISTIO_VERSION: "1.30.0" } } } } };

/** As `istio.peer_metadata` writes it. */
const SOURCE = {
  workload: "productpage-v1",
  namespace: "bookinfo",
  service: "productpage",
  revision: "v1",
  app: "productpage",
  version: "v1",
  cluster: "Kubernetes",
  type: "deployment",
  name: "productpage-v1-7d4",
};

const DESTINATION = {
  ...{
    workload: "reviews-v2",
    namespace: "default",
    service: "reviews",
    revision: "v2",
    app: "reviews",
    version: "v2",
  },
  ...{ cluster: "west", identity: "spiffe://cluster.local/ns/default/sa/reviews" },
};

/** Labels of the one series that a request makes. */
function labelsOf(filterState: Record<string, Buffer | string>, options: object = ISTIO): Record<string, string> {
  const metrics = new MetricsHost({ labels: "TAGGED" }, options);
  metrics.host.request({ connection: metrics.host.connection({ filterState }) });
  const [name = ""] = [...metrics.host.stats.counters.keys()].filter((one) => one.endsWith(";waypost_requests_total"));
  return Object.fromEntries(
    [...name.matchAll(/(\w+)=\.=(.*?);\.;/g)].map(([, label = "", value = ""]) => [label, value]),
  );
}

it("both sides are who the proxy says they are", () => {
  const labels = labelsOf({ downstream_peer: encodeStruct(SOURCE), upstream_peer: encodeStruct(DESTINATION) });
  expect(labels).toMatchObject({
    source_workload: "productpage-v1",
    source_canonical_service: "productpage",
    source_canonical_revision: "v1",
    source_workload_namespace: "bookinfo",
    source_app: "productpage",
    source_version: "v1",
    source_cluster: "Kubernetes",
    destination_workload: "reviews-v2",
    destination_workload_namespace: "default",
    destination_principal: "spiffe://cluster.local/ns/default/sa/reviews",
    destination_app: "reviews",
    destination_version: "v2",
    destination_canonical_service: "reviews",
    destination_canonical_revision: "v2",
    destination_cluster: "west",
  });
});

it("the namespace of a verified identity goes before that of a workload", () => {
  const principal = "spiffe://cluster.local/ns/verified/sa/a";
  const labels = labelsOf({ downstream_peer: encodeStruct(SOURCE), "io.istio.peer_principal": principal });
  expect(labels["source_workload_namespace"]).toBe("verified");
});

it("a proxy that is not one of Istio is not asked", () => {
  const labels = labelsOf({ downstream_peer: encodeStruct(SOURCE) }, {});
  expect(labels).toMatchObject({ source_workload: "unknown", source_canonical_revision: "latest" });
});

it.each([
  ["nothing", Buffer.alloc(0)],
  ["no message", Buffer.from("ff01ff", "hex")],
  ["a message that is cut off", encodeStruct(SOURCE).subarray(0, 20)],
  ["values that are no strings", encodeStruct({ workload: 1, namespace: null, service: ["a"] })],
])("filter state with %s is like none", (_, peer) => {
  const labels = labelsOf({ downstream_peer: peer, upstream_peer: peer });
  expect(labels).toMatchObject({ source_canonical_service: "unknown", destination_canonical_service: "unknown" });
});
