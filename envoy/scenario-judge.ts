/** The judge: Envoy's own filters with the configuration that istiod would give them, on the same requests as ours. */
import type { PreparedScenario } from "../host-tests/scenario/expand.ts";
import { joined, type Observation } from "../host-tests/scenario/expect.ts";
import type { Scenario, Step } from "../host-tests/scenario/format.ts";
import { type FiltersByPlace, jwtAuthn, type Message } from "./config/index.ts";
import { type AuthorizationPolicy, rbacFilters } from "./istiod/authorization-policy.ts";

/** The members of authz's configuration that matter to a judge. */
interface AuthzConfiguration {
  policies?: AuthorizationPolicy[];
  mode?: AuthorizationPolicy["mode"];
  trustDomain?: string;
  trustDomainAliases?: string[];
}

/** Whether a scenario wants to be judged. */
export function hasJudge({ native, nativePolicies }: Pick<Scenario, "native" | "nativePolicies">): boolean {
  return native !== undefined || nativePolicies === true;
}

/** The judge's filters. */
export function judgeFilters(scenario: PreparedScenario): FiltersByPlace {
  const { native, nativePolicies } = scenario;
  return {
    JWT_AUTHN: native === undefined ? [] : [jwtAuthn(native as Message)],
    RBAC: nativePolicies === true ? policyFilters(scenario) : [],
  };
}

function policyFilters({ config, pipeline, chain }: PreparedScenario): FiltersByPlace["RBAC"] {
  const { policies = [], mode, ...trust } = (pipeline?.authz ?? config ?? {}) as AuthzConfiguration;
  const [namespace = ""] = chain[0]?.name.split(".") ?? [];
  const { trustDomain, trustDomainAliases } = trust;
  const all = policies.map((policy) => (mode === "SHADOW" ? { ...policy, mode } : policy));
  return rbacFilters(all, {
    namespace,
    ...(trustDomain !== undefined && { trustDomain }),
    ...(trustDomainAliases !== undefined && { trustDomainAliases }),
  });
}

/**
 * The differences that the step does not declare, one line each. A declared difference that is none any more is reported
 * too: documentation lists them.
 *
 * @param ours      what our filter did with the request
 * @param native    what Envoy's own filters did with it
 * @param declared  the difference that the step declares
 */
export function judge(ours: Observation, native: Observation, declared: Step["native"]): string[] {
  if (declared === undefined) return differences(ours, native);
  const { status, body = native.body, why } = declared;
  const problems = [...differ("status", status, native.status), ...differ("body", body, native.body)];
  if (problems.length > 0) return problems;
  return differences(ours, native).length > 0 ? [] : [`native: answers as we do, though the step says: ${why}`];
}

/** Of answers from the upstream only the status counts: what else they hold is the upstream's. */
function differences(ours: Observation, native: Observation): string[] {
  const status = differ("status", ours.status, native.status);
  const isRefused = ours.upstream === undefined;
  if (isRefused !== (native.upstream === undefined)) {
    const passed = (let_: boolean) => (let_ ? "refused the request" : "let the request pass");
    return [...status, `native: ${passed(!isRefused)}, we ${passed(isRefused)}`];
  }
  if (!isRefused) return status;
  return [
    ...status,
    ...differ("body", ours.body, native.body),
    ...differ("details", ours.details, native.details),
    ...differ("grpc-status", joined(ours.headers, "grpc-status"), joined(native.headers, "grpc-status")),
    ...differ("grpc-message", joined(ours.headers, "grpc-message"), joined(native.headers, "grpc-message")),
    ...differ("www-authenticate", challenge(ours), challenge(native)),
  ];
}

function differ(what: string, expected: unknown, native: unknown): string[] {
  return expected === native
    ? []
    : [`native ${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(native)}`];
}

/** jwt_authn's realm holds the query string, and with it an access token; ours does not, on purpose. */
function challenge(seen: Observation): string | null {
  return joined(seen.headers, "www-authenticate")?.replace(/(realm="[^"?]*)\?[^"]*"/, '$1"') ?? null;
}
