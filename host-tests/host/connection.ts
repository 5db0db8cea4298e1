/** A downstream connection: requests on it share its addresses, and filter state that lasts as long as it does. */
import { utf8Text } from "./bytes.ts";
import { givenObject, LifeSpan, type FilterStateObject } from "./filter-state.ts";
import type { ConnectionInit } from "./types.ts";

const DEFAULT_SOURCE = "127.0.0.1:50000";
const DEFAULT_DESTINATION = "127.0.0.1:10000";

export class Connection {
  readonly filterState: Map<string, FilterStateObject>;
  /** `ip:port` */
  readonly source: string;
  /** `ip:port` */
  readonly destination: string;

  constructor(
    readonly id: number,
    { source = DEFAULT_SOURCE, destination = DEFAULT_DESTINATION, filterState = {} }: ConnectionInit = {},
  ) {
    this.source = source;
    this.destination = destination;
    const span = LifeSpan.DownstreamConnection;
    this.filterState = new Map(
      Object.entries(filterState).map(([name, value]) => [
        utf8Text(name),
        { kind: "native", value: givenObject(value), span },
      ]),
    );
  }
}
