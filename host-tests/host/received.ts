/** A request as the other side of the proxy gets it. */
import type { HeaderMap } from "./header-map.ts";
import type { ReceivedRequest } from "./types.ts";

/** What a request leads to. */
type Target = Pick<ReceivedRequest, "cluster" | "protocol">;

export function received(
  { cluster, protocol }: Target,
  headers: HeaderMap,
  bodyBytes: Buffer,
  trailers: HeaderMap | undefined,
): ReceivedRequest {
  return {
    cluster,
    protocol,
    method: headers.first(":method") ?? "",
    path: headers.first(":path") ?? "",
    authority: headers.first(":authority") ?? "",
    headers,
    bodyBytes,
    get body(): string {
      return this.bodyBytes.toString("utf8");
    },
    trailers,
  };
}
