/** What a soak consists of. */
import type { EnvoyHost, Filter } from "../host/index.ts";

/** A kind of traffic that could leave something behind. */
export interface Workload {
  name: string;
  start(): Promise<Running>;
}

/** A host with a filter. */
export interface Running {
  host: EnvoyHost;
  filter: Filter;
  /** Sends the stream with that number through it. */
  send: (stream: number) => void;
  /** Lets streams that are still open come to their end. */
  finish?: () => void;
  /** How many metrics the filter may have at most; undefined: as many as after the first tenth. */
  mostMetrics?: number;
}
