/** What must come of a request of the demonstration. */
import type { Answer } from "../client/answer.ts";
import type { Echo } from "../services/echo.ts";
import type { User } from "./demo-users.ts";
import { LANE_HEADER, type LaneName, LANES, REVIEW_PATH, TEST_LANE_HEADER } from "./names.ts";

/** A request as a pod got it. */
export interface Seen extends Echo {
  /** The pod's name. */
  pod: string;
}

export interface Expectation {
  /** Whether the request reaches a pod. */
  passes: boolean;
  /** Status and what the pod must see, in words. */
  expected: string;
  /** What is wrong with the outcome; undefined: nothing. */
  check: (answer: Answer, seen: Seen | undefined) => string | undefined;
}

const CLAIM_HEADERS = ["x-jwt-sub", "x-jwt-team"] as const;

/** The request reaches a pod, `lane`'s, with the user's claims and lane in headers, and nothing that a client may not say. */
export function passes(
  user: User | undefined,
  { path = REVIEW_PATH, lane = user?.lane ?? "stable" }: { path?: string; lane?: LaneName } = {},
): Expectation {
  const wanted: Record<string, string | undefined> = {
    "x-jwt-sub": user?.sub,
    "x-jwt-team": user?.team,
    // Nobody's key is no key, and so no lane.
    [LANE_HEADER]: user && lane,
    [TEST_LANE_HEADER]: undefined,
    authorization: undefined,
  };
  return {
    passes: true,
    expected: `200 from ${LANES[lane]}, ${user === undefined ? "no claims" : `x-jwt-sub: ${user.sub}`}`,
    check(answer, seen) {
      if (answer.status !== 200 || seen === undefined) return "did not pass";
      if (seen.pod !== LANES[lane]) return `went to ${seen.pod}`;
      if (seen.path !== path) return `${seen.pod} saw path ${seen.path}`;
      const wrong = Object.entries(wanted).find(([name, value]) => header(seen, name) !== value);
      return wrong && `${seen.pod} saw a wrong ${wrong[0]}`;
    },
  };
}

/** The request is answered by the waypoint, and reaches no pod. */
export function refused(status: number, body: string): Expectation {
  return {
    passes: false,
    expected: `${status} ${body}`,
    check(answer, seen) {
      if (answer.status !== status || answer.body !== body) return "not refused like that";
      return seen && `${seen.pod} saw it`;
    },
  };
}

/** Which pod saw the request, and what of it, in a few words. */
export function describeSeen(seen: Seen | undefined): string {
  if (seen === undefined) return "nothing";
  const claims = CLAIM_HEADERS.filter((name) => header(seen, name) !== undefined);
  const what = seen.method === "GET" ? seen.path : `${seen.method} ${seen.path}`;
  const shown = claims.map((name) => `${name}: ${header(seen, name)}`);
  return `${seen.pod}: ${[what, ...shown].join(", ")}`;
}

/** All values of a header, joined by commas; undefined when there is none. */
function header(seen: Seen, name: string): string | undefined {
  const values = seen.headers.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(",");
}
