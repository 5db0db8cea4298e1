/** Command lines to try the waypoint with. */
import type { CallerName } from "../bookinfo/topology.ts";
import type { DemoTokens } from "./demo-users.ts";
import { ADMIN_PATH, REVIEW_PATH, TEST_LANE_HEADER } from "./names.ts";

/** What a line shows, and the line. `origins`: `http://<host>:<port>` for calls as each caller. */
export function curlLines(origins: Record<CallerName, string>, tokens: DemoTokens): [name: string, line: string][] {
  const curl = (path: string, token?: string, ...headers: string[]) => {
    const all = [...headers, ...(token === undefined ? [] : [`authorization: Bearer ${token}`])];
    return ["curl -i", ...all.map((header) => `-H '${header}'`), origins.productpage + path].join(" ");
  };
  const remove = (caller: CallerName) => `curl -i -X DELETE ${origins[caller]}${REVIEW_PATH}`;
  const asking = `${TEST_LANE_HEADER}: canary`;
  return [
    ["valid token", curl(REVIEW_PATH, tokens.alice)],
    ["expired", curl(REVIEW_PATH, tokens.expired)],
    ["wrong issuer", curl(REVIEW_PATH, tokens.wrongIssuer)],
    ["tampered", curl(REVIEW_PATH, tokens.tampered)],
    ["no token", curl(REVIEW_PATH)],
    ["/admin, team platform", curl(ADMIN_PATH, tokens.dave)],
    ["/admin, another team", curl(ADMIN_PATH, tokens.alice)],
    ["productpage deletes", remove("productpage")],
    ["sleep deletes", remove("sleep")],
    ["a user of the canary", curl(REVIEW_PATH, tokens.bob)],
    ["a tester asks for the canary", curl(REVIEW_PATH, tokens.tess, asking)],
    ["somebody else asks for it", curl(REVIEW_PATH, tokens.alice, asking)],
  ];
}
