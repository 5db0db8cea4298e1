/** Retries of an HTTP route (`pilot/pkg/networking/core/route/retry/retry.go`). */
import { any, defined, type Message } from "../config/types.ts";
import { duration } from "./duration.ts";

/** HTTPRetry of a VirtualService. */
export interface HttpRetry {
  /** Retries beyond the first try; 0: none. */
  attempts: number;
  /** Duration, `100ms`; default: the route's `timeout`. */
  perTryTimeout?: string;
  /** Envoy's conditions and statuses, with commas. */
  retryOn?: string;
  /** Least duration before a retry; default 25ms. */
  backoff?: string;
}

export const HTTP_RETRY_FIELDS = ["attempts", "perTryTimeout", "retryOn", "backoff"];

const RETRY_ON = "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes";
const BY_STATUS = "retriable-status-codes";

/** A retry looks so many times for a host that the request has not been to. */
const HOST_SELECTION_ATTEMPTS = 5;

/**
 * `envoy.config.route.v3.RetryPolicy`; undefined: no retries.
 *
 * @param retry     default: two retries, as the mesh's
 * @param isHashed  the request belongs to one host by its hash: a retry goes there, too
 * @param where     of the retry, for errors
 */
export function retryPolicy(retry: HttpRetry | undefined, isHashed: boolean, where: string): Message | undefined {
  const { attempts = 2, perTryTimeout, retryOn, backoff } = retry ?? {};
  if (attempts <= 0) return undefined;
  return defined({
    ...(retryOn === undefined || retryOn === "" ? { retry_on: RETRY_ON } : conditions(retryOn)),
    num_retries: attempts,
    per_try_timeout: perTryTimeout && duration(perTryTimeout, `${where}.perTryTimeout`),
    retry_back_off: backoff && { base_interval: duration(backoff, `${where}.backoff`) },
    host_selection_retry_max_attempts: HOST_SELECTION_ATTEMPTS,
    retry_host_predicate: isHashed ? undefined : [previousHosts()],
  });
}

/** What is a status goes to a list of its own, and the condition that reads it is added. */
function conditions(retryOn: string): Message {
  const words = retryOn.split(",").flatMap((word) => word.trim() || []);
  const statuses = words.filter((word) => /^\d{3}$/.test(word)).map(Number);
  const names = words.filter((word) => !/^\d{3}$/.test(word));
  if (statuses.length === 0) return { retry_on: names.join(",") };
  const all = names.includes(BY_STATUS) ? names : [...names, BY_STATUS];
  return { retry_on: all.join(","), retriable_status_codes: statuses };
}

function previousHosts(): Message {
  const name = "envoy.retry_host_predicates.previous_hosts";
  const type = "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate";
  return { name, typed_config: any(type) };
}
