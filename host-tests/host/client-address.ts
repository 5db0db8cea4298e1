/** Where a request comes from, as Envoy sees it without `use_remote_address` and without trusted hops: a waypoint's setting. */
import { isIP, SocketAddress } from "node:net";
import type { HeaderMap } from "./header-map.ts";

/**
 * The last entry of X-Forwarded-For when it is an address, with port 0; else the address of the connection. Anybody can
 * write that header.
 *
 * @param connection  `ip:port`
 */
export function clientAddress(headers: HeaderMap, connection: string): string {
  const forwarded = headers.first("x-forwarded-for");
  // Behind a comma at the end there is no entry, and Envoy does not go back to the one before.
  const last = forwarded?.endsWith(",") === true ? "" : (forwarded?.split(",").at(-1)?.trim() ?? "");
  switch (isIP(last)) {
    case 4:
      return `${last}:0`;
    case 6:
      return `[${new SocketAddress({ address: last, family: "ipv6" }).address}]:0`;
    default:
      return connection;
  }
}
