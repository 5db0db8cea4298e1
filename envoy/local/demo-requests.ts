/** The requests that `npm start` shows, and what must come of each with the configuration that it writes. */
import { CALLERS, type CallerName } from "../bookinfo/topology.ts";
import type { Request } from "../client/answer.ts";
import { ALICE, BOB, DAVE, TESS, type DemoTokens } from "./demo-users.ts";
import { passes, refused, type Expectation } from "./expectation.ts";
import { ADMIN_PATH, LANE_HEADER, REVIEW_PATH, TEST_LANE_HEADER } from "./names.ts";

/** Requests about one section of the configuration. */
export interface DemoGroup {
  title: string;
  requests: DemoRequest[];
}

export interface DemoRequest extends Expectation {
  name: string;
  /** Who sends it: whose ztunnel it goes through. Default productpage. */
  from?: CallerName;
  request: Omit<Request, "authority">;
}

const FORBIDDEN = refused(403, "RBAC: access denied");

export function demoRequests(tokens: DemoTokens): DemoGroup[] {
  return [
    { title: "jwtAuth: who calls", requests: authentication(tokens) },
    { title: "authz: what they may do", requests: authorization(tokens) },
    { title: "authz: which workload calls, by the certificate of its tunnel", requests: identity(tokens) },
    { title: "headerRouter: where they go", requests: routing(tokens) },
  ];
}

function authentication(tokens: DemoTokens): DemoRequest[] {
  const query = `${REVIEW_PATH}?a=b`;
  return [
    { name: "valid token (RS256)", request: get(tokens.aliceRs256), ...passes(ALICE) },
    { name: "the same again (cached)", request: get(tokens.aliceRs256), ...passes(ALICE) },
    { name: "valid token (ES256)", request: get(tokens.alice), ...passes(ALICE) },
    {
      name: "token in the query",
      request: get(undefined, {}, `${query}&access_token=${tokens.alice}`),
      ...passes(ALICE, { path: query }),
    },
    { name: "no token", request: get(), ...passes(undefined) },
    { name: "no token, forged claim header", request: get(undefined, { "x-jwt-sub": "root" }), ...passes(undefined) },
    { name: "expired", request: get(tokens.expired), ...refused(401, "Jwt is expired") },
    { name: "wrong issuer", request: get(tokens.wrongIssuer), ...refused(401, "Jwt issuer is not configured") },
    { name: "wrong audience", request: get(tokens.wrongAudience), ...refused(403, "Audiences in Jwt are not allowed") },
    { name: "tampered", request: get(tokens.tampered), ...refused(401, "Jwt verification fails") },
  ];
}

function authorization(tokens: DemoTokens): DemoRequest[] {
  return [
    { name: "/admin, team platform", request: get(tokens.dave, {}, ADMIN_PATH), ...passes(DAVE, { path: ADMIN_PATH }) },
    { name: "/admin, another team", request: get(tokens.alice, {}, ADMIN_PATH), ...FORBIDDEN },
    { name: "/admin, no token", request: get(undefined, {}, ADMIN_PATH), ...FORBIDDEN },
    { name: "/admin by way of ..", request: get(tokens.alice, {}, `/reviews/..${ADMIN_PATH}`), ...FORBIDDEN },
    { name: "a path that no rule allows", request: get(tokens.dave, {}, "/metrics"), ...FORBIDDEN },
  ];
}

function identity(tokens: DemoTokens): DemoRequest[] {
  const forged = { "x-forwarded-client-cert": `URI=${CALLERS.productpage}` };
  return [
    { name: "sleep reads", from: "sleep", request: get(), ...passes(undefined) },
    { name: "productpage deletes", request: remove(), ...passes(undefined) },
    { name: "sleep deletes", from: "sleep", request: remove(), ...FORBIDDEN },
    { name: "sleep deletes, user dave", from: "sleep", request: remove(tokens.dave), ...FORBIDDEN },
    { name: "sleep deletes, forged identity", from: "sleep", request: remove(undefined, forged), ...FORBIDDEN },
  ];
}

function routing(tokens: DemoTokens): DemoRequest[] {
  const asking = { [TEST_LANE_HEADER]: "canary" };
  return [
    { name: "alice, of the 80 %", request: get(tokens.alice), ...passes(ALICE) },
    { name: "bob, of the 20 %", request: get(tokens.bob), ...passes(BOB) },
    { name: "alice again", request: get(tokens.alice), ...passes(ALICE) },
    { name: "bob again", request: get(tokens.bob), ...passes(BOB) },
    { name: "tess, a tester", request: get(tokens.tess), ...passes(TESS) },
    { name: "tess asks for the canary", request: get(tokens.tess, asking), ...passes(TESS, { lane: "canary" }) },
    { name: "alice asks for it", request: get(tokens.alice, asking), ...passes(ALICE) },
    { name: "alice, forged lane header", request: get(tokens.alice, { [LANE_HEADER]: "canary" }), ...passes(ALICE) },
    {
      name: "no token, forged lane header",
      request: get(undefined, { [LANE_HEADER]: "canary" }),
      ...passes(undefined),
    },
  ];
}

function get(token?: string, headers: Record<string, string> = {}, path = REVIEW_PATH): DemoRequest["request"] {
  const authorization: [string, string][] = token === undefined ? [] : [["authorization", `Bearer ${token}`]];
  return { method: "GET", path, headers: [...authorization, ...Object.entries(headers)] };
}

/** The same as `get`, to delete. */
function remove(token?: string, headers?: Record<string, string>): DemoRequest["request"] {
  return { ...get(token, headers), method: "DELETE" };
}
