/** A downstream connection: requests on it share filter state that lasts as long as the connection. */
import type { FilterStateObject } from "./filter-state.ts";

export class Connection {
  readonly filterState = new Map<string, FilterStateObject>();

  constructor(readonly id: number) {}
}
