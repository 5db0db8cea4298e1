/** What is measured: filters in one place of a waypoint's chain, and the requests that they get. */
import type { FiltersByPlace, Route } from "../envoy/config/index.ts";
import { tampered } from "./tokens.ts";

export interface BenchCase {
  /** For `--only`, and in the results. */
  name: string;
  /** For the table. */
  title: string;
  filters: FiltersByPlace;
  /** SPIFFE id of the caller; default: none. */
  principal?: string;
  /** Default: one that answers 200 to everything. */
  routes?: readonly Route[];
  /** Sent in turn. */
  tokens: readonly string[];
  /** Sent in turn; default `/` alone. */
  paths?: readonly string[];
  /** Beside the token; default none. */
  headers?: Readonly<Record<string, string>>;
  /** What it must answer before it is measured: a filter that lets everything pass would be fast. */
  checks: readonly Check[];
  /** Whether its memory is of interest: it is another filter, and not just another configuration. */
  measuresMemory: boolean;
  /** Cases that do the same work; their names. */
  rivals: readonly string[];
  /** What the load must leave behind: else it was not what the title says. */
  leaves?: Counters;
}

/** A case that cannot be measured on this machine. */
export interface AbsentCase {
  name: string;
  title: string;
  reason: string;
}

/** So many counters of Envoy, each above zero. */
export interface Counters {
  /** A regular expression (RE2) that their names contain a match of. */
  named: string;
  count: number;
}

/** A request like those of the load, but for what is given. */
export interface Check {
  token?: string;
  path?: string;
  headers?: Readonly<Record<string, string>>;
  status: number;
  /** Headers that the answer must have. */
  answer?: Readonly<Record<string, string>>;
  /** A regular expression (RE2): the counters whose names contain a match must grow by one, all together. */
  counts?: string;
}

/** Cases that one Envoy has beside each other. */
export interface BenchGroup {
  name: "filters" | "policies" | "metrics" | "algorithms";
  cases: readonly BenchCase[];
  absent: readonly AbsentCase[];
  /** Whether each of the tokens must be new to the filter. */
  unseen: boolean;
}

/** The case without any filter, above which the others of its group are counted. */
export const BARE = "bare";

/** Native jwt_authn with its cache, and as Istio configures it: without. */
export const NATIVE_CACHE = "native-cache";
export const NATIVE = "native";

/** The filter of the Rust SDK. */
export const HEADER_RUST = "header-rust";

/** Whether a case is one of `AbsentCase`. */
export function isAbsent(one: BenchCase | AbsentCase): one is AbsentCase {
  return "reason" in one;
}

/** What a filter answers that verifies tokens. */
export function authenticating([token = ""]: readonly string[]): Check[] {
  return [{ status: 200 }, { token: tampered(token), status: 401 }];
}
