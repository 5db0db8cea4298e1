import { ConfigObject } from "../../sdk";
import { DecisionLog } from "./decision-log";

/** Which requests get a line. */
enum LoggedRequests {
  DENIED,
  ALL,
}
const LOGGED_REQUESTS = ["DENIED", "ALL"];

const LEAST_PERCENT: f64 = 0.01;
const MOST_PERCENT: f64 = 100;

/** Reads the field `decisionLog`, whose problems are noted there. Null: it is absent, and nothing is logged. */
export function readDecisionLog(object: ConfigObject): DecisionLog | null {
  const section = object.object("decisionLog");
  if (section === null) return null;
  const requests: LoggedRequests = section.choice("requests", LOGGED_REQUESTS, LoggedRequests.DENIED);
  const percent = section.number("samplePercent", MOST_PERCENT, LEAST_PERCENT, MOST_PERCENT);
  return new DecisionLog(requests == LoggedRequests.DENIED, percent);
}
