/** All conformance cases. */
import type { ConformanceCase } from "./case.ts";
import { BODY_CASES } from "./cases-bodies.ts";
import { CALL_CASES } from "./cases-calls.ts";
import { HEADER_CASES } from "./cases-headers.ts";
import { PROPERTY_CASES } from "./cases-properties.ts";
import { REPLY_CASES } from "./cases-replies.ts";

export const CONFORMANCE_CASES: readonly ConformanceCase[] = [
  ...HEADER_CASES,
  ...BODY_CASES,
  ...REPLY_CASES,
  ...CALL_CASES,
  ...PROPERTY_CASES,
];
