/** All demos, in the order of the documentation's table: traffic, security, observability. */
import type { Demo } from "../demo.ts";
import { accessLogs } from "./access-logs.ts";
import { canaryWeights } from "./canary-weights.ts";
import { circuitBreaking } from "./circuit-breaking.ts";
import { consistentHash } from "./consistent-hash.ts";
import { denyAll } from "./deny-all.ts";
import { headerMatch } from "./header-match.ts";
import { jwt } from "./jwt.ts";
import { loadBalancing } from "./load-balancing.ts";
import { methodsByIdentity } from "./methods-by-identity.ts";
import { metrics } from "./metrics.ts";
import { outlierDetection } from "./outlier-detection.ts";
import { retries } from "./retries.ts";
import { rewrite } from "./rewrite.ts";
import { stickyCanary } from "./sticky-canary.ts";
import { timeouts } from "./timeouts.ts";
import { tracing } from "./tracing.ts";

export const DEMOS: readonly Demo[] = [
  canaryWeights,
  stickyCanary,
  headerMatch,
  rewrite,
  retries,
  timeouts,
  circuitBreaking,
  outlierDetection,
  loadBalancing,
  consistentHash,
  methodsByIdentity,
  denyAll,
  jwt,
  accessLogs,
  tracing,
  metrics,
];
