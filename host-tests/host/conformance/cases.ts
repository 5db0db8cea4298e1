/**
 * How we know that the Node host behaves as Envoy does. A conformance case makes a filter do something and sends requests
 * through it. It runs in a real Envoy and in the Node host, and what can be seen from outside (what the filter was told,
 * what the client and the upstream got, response code details, filter state) must be the same.
 *
 * - `case.ts`: what a case is. `cases-*.ts`: the cases, as data, by subject.
 * - The filter is always the probe (`assembly/test/host-probe.ts`), which runs the case's script: a line is the name of a
 *   callback, the lines indented below it are raw hostcalls to make there, and each logs its result. So
 *   `on_request_headers⏎ get 0 a` logs `on_request_headers 1` and `get 0 a => 0 1`: map 0, header `a`, status Ok, value 1.
 * - `record.ts`: what a case comes to, with what differs from run to run hidden. `recorded.json`, `recording.ts`: what it
 *   came to in Envoy.
 * - `node.ts` runs cases in the Node host, and `conformance.test.ts` compares with the recording: no Envoy needed.
 *   `envoy/conformance/` runs them in Envoy, and `envoy/e2e/conformance.test.ts` compares with the recording, so that it
 *   cannot grow stale.
 *
 * To add a case: write it, record it with `npx tsx envoy/record-conformance.ts <part of its name>`, look at what Envoy did
 * (the difference in `recorded.json`), and make the Node host do the same.
 */
import type { ConformanceCase } from "./case.ts";
import { BODY_CASES } from "./cases-bodies.ts";
import { CALL_CASES } from "./cases-calls.ts";
import { HEADER_CASES } from "./cases-headers.ts";
import { LOG_CASES } from "./cases-log.ts";
import { PROPERTY_CASES } from "./cases-properties.ts";
import { REPLY_CASES } from "./cases-replies.ts";
import { WAYPOINT_CASES } from "./cases-waypoint.ts";

export const CONFORMANCE_CASES: readonly ConformanceCase[] = [
  ...HEADER_CASES,
  ...BODY_CASES,
  ...REPLY_CASES,
  ...CALL_CASES,
  ...PROPERTY_CASES,
  ...WAYPOINT_CASES,
  ...LOG_CASES,
];
