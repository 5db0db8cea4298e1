/** A request as the other side of the proxy gets it. */
import type { HeaderMap } from "./header-map.ts";
import type { ReceivedRequest } from "./types.ts";

export function received(
  cluster: string,
  headers: HeaderMap,
  bodyBytes: Buffer,
  trailers: HeaderMap | undefined,
): ReceivedRequest {
  return {
    cluster,
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
