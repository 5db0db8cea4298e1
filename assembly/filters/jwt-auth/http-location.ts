import { Url } from "../../http/url";

/** Something to be had by HTTP: the cluster of the proxy that reaches it, and what to ask for there. */
@final
export class HttpLocation {
  constructor(
    readonly cluster: string,
    readonly authority: string,
    readonly path: string,
  ) {}

  /** All three, as one text that no other location has. */
  toString(): string {
    return this.cluster + "\n" + this.authority + "\n" + this.path;
  }
}

/** The cluster that a waypoint has for a host that is attached to it. */
export function defaultCluster(url: Url): string {
  return "inbound-vip|" + url.port.toString() + "|http|" + url.host.toString();
}
