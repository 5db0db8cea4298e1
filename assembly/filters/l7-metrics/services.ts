import { NameTable } from "../../matching/name-table";
import { Bytes, ByteWriter, Property } from "../../sdk";
import * as ascii from "../../text/ascii";
import { EMPTY, orEmpty } from "../../text/bytes";
import { writeKeyText } from "./series-key";

/** Clusters whose services are remembered at a time: more than a waypoint has. */
const MAX_CLUSTERS = 4096;

/** What istiod says of the service that a cluster leads to. */
const HOST = new Property(["xds", "cluster_metadata", "filter_metadata", "istio", "services", "0", "host"]);
const NAME = new Property(["xds", "cluster_metadata", "filter_metadata", "istio", "services", "0", "name"]);
const NAMESPACE = new Property(["xds", "cluster_metadata", "filter_metadata", "istio", "services", "0", "namespace"]);

/** A service of the mesh. What is not known is empty. */
@final
export class Service {
  constructor(
    readonly host: Bytes,
    readonly name: Bytes,
    readonly namespace: Bytes,
  ) {}

  writeKey(writer: ByteWriter): void {
    writeKeyText(writer, this.host);
    writeKeyText(writer, this.name);
    writeKeyText(writer, this.namespace);
  }

  release(): void {
    this.host.release();
    this.name.release();
    this.namespace.release();
  }
}

/** A stream without a cluster leads to none. */
export const NO_SERVICE = new Service(EMPTY, EMPTY, EMPTY);

/**
 * The services that clusters lead to. The name of a cluster says what its service is (`inbound-vip|<port>|http|<host>`), and so
 * the proxy is asked once for each.
 */
@final
export class Services {
  private readonly clusters: NameTable = new NameTable();
  private readonly services: Service[] = [];

  /** The service that `cluster`, that of the stream at hand, leads to. */
  of(cluster: Bytes): Service {
    if (cluster.length == 0) return NO_SERVICE;
    const known = this.clusters.find(cluster);
    // eslint-disable-next-line waypost/no-index -- one for each name of the table
    if (known >= 0) return unchecked(this.services[known]);
    if (this.clusters.size >= MAX_CLUSTERS) this.forgetAll();
    this.clusters.add(cluster);
    const service = read();
    this.services.push(service);
    return service;
  }

  release(): void {
    this.forgetAll();
  }

  private forgetAll(): void {
    for (let i = 0; i < this.services.length; i++) unchecked(this.services[i]).release();
    this.services.length = 0;
    this.clusters.release();
  }
}

function read(): Service {
  const host = orEmpty(HOST.bytes());
  const name = NAME.bytes();
  // As Istio's own metrics: without a name, the host's first label.
  const dot = host.indexOf(ascii.DOT);
  const first = host.slice(0, dot < 0 ? host.length : dot);
  return new Service(host.persist(), (name === null ? first : name).persist(), orEmpty(NAMESPACE.bytes()).persist());
}
