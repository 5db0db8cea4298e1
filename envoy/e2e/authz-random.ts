/** Random policies, and random requests for them. */
import * as fc from "fast-check";
import type {
  AuthorizationPolicy,
  IstiodOptions,
  Operation,
  Rule,
  Source,
  When,
} from "../istiod/authorization-policy.ts";
import {
  CONDITIONS,
  opposite,
  OPERATIONS,
  REQUESTS,
  SOURCES,
  type Condition,
  type RequestPart,
} from "./authz-vocabulary.ts";

/** Policies that stand before one service, and the mesh that they are for. */
export interface PolicySet {
  policies: AuthorizationPolicy[];
  mesh: Omit<IstiodOptions, "namespace">;
}

/** A request, and how it comes. */
export interface AuthzRequest extends Required<Omit<RequestPart, "peer" | "claims">> {
  peer?: string;
  claims?: Record<string, unknown> | undefined;
  version: 1 | 2;
}

/** Lists are short and conditions few, or nothing would match. */
const some = (values: readonly string[]): fc.Arbitrary<string[]> =>
  fc.subarray([...values], { minLength: 1, maxLength: Math.min(values.length, 3) });
const isNegated: fc.Arbitrary<boolean> = fc.nat(3).map((number) => number === 0);

/** One or two conditions, or their opposites, as the fields of an object. */
function fields(conditions: readonly Condition[]): fc.Arbitrary<Record<string, string[]>> {
  const field = fc.constantFrom(...conditions).chain(({ name, values }) => {
    const names = isNegated.map((negated) => (negated ? opposite(name) : name));
    return fc.tuple(names, some(values));
  });
  return fc.array(field, { minLength: 1, maxLength: 2 }).map((entries) => Object.fromEntries(entries));
}

const source: fc.Arbitrary<Source> = fields(SOURCES).map((found) => {
  // Istio refuses them together.
  if (!Object.keys(found).some((name) => /serviceAccounts/i.test(name))) return found;
  return Object.fromEntries(Object.entries(found).filter(([name]) => !/^(not)?(principals|namespaces)$/i.test(name)));
});

const operation: fc.Arbitrary<Operation> = fields(OPERATIONS);

const when: fc.Arbitrary<When> = fc
  .constantFrom(...CONDITIONS)
  .chain(({ name, values }) =>
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ key: fc.constant(name), values: some(values) }) },
      { weight: 1, arbitrary: fc.record({ key: fc.constant(name), notValues: some(values) }) },
      { weight: 1, arbitrary: fc.record({ key: fc.constant(name), values: some(values), notValues: some(values) }) },
    ),
  );

const upToTwo = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.array(arbitrary, { minLength: 1, maxLength: 2 });
const from = upToTwo(fc.record({ source }));
const to = upToTwo(fc.record({ operation }));

const rule: fc.Arbitrary<Rule> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({}) },
  { weight: 5, arbitrary: fc.record({ from }) },
  { weight: 5, arbitrary: fc.record({ to }) },
  { weight: 6, arbitrary: fc.record({ when: upToTwo(when) }) },
  { weight: 4, arbitrary: fc.record({ from, to }) },
  { weight: 3, arbitrary: fc.record({ from, to, when: upToTwo(when) }) },
);

/** More than ten now and then: RBAC takes rules in the order of their names, `rule[10]` before `rule[2]`. */
const rules = fc.oneof(
  { weight: 16, arbitrary: fc.array(rule, { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.array(rule, { minLength: 11, maxLength: 12 }) },
  { weight: 1, arbitrary: fc.array(rule, { minLength: 40, maxLength: 60 }) },
);

const policy: fc.Arbitrary<AuthorizationPolicy> = fc
  .record({
    name: fc.constantFrom("a", "b", "a-b", "b.1"),
    namespace: fc.constantFrom(undefined, "default", "prod", "apps"),
    action: fc.constantFrom("ALLOW", "ALLOW", "ALLOW", "DENY", "DENY", "DENY", "AUDIT", undefined),
    mode: fc.constantFrom(undefined, undefined, undefined, undefined, "ENFORCE", "SHADOW"),
    rules: fc.option(rules, { nil: undefined, freq: 12 }),
  })
  // Without rules there is nothing that DENY could deny: Istio refuses it.
  .map((found) => ({ ...found, rules: found.rules ?? ((found.action ?? "ALLOW") === "ALLOW" ? undefined : [{}]) }))
  .map((found) => JSON.parse(JSON.stringify(found)) as AuthorizationPolicy);

export const RANDOM_SET: fc.Arbitrary<PolicySet> = fc.record({
  policies: fc.uniqueArray(policy, {
    minLength: 1,
    maxLength: 4,
    selector: ({ name, namespace = "default" }) => `${namespace}/${name}`,
  }),
  mesh: fc.constantFrom<PolicySet["mesh"][]>(
    {},
    { trustDomain: "td1", trustDomainAliases: ["td2"] },
    { trustDomain: "td1", trustDomainAliases: ["cluster.local", "td2"] },
    { trustDomainAliases: ["other.local"] },
  ),
});

/** Some are gRPC requests, or look like it; those that are come over HTTP/2. */
const contentTypes = ["application/grpc", "application/grpc+proto", "application/grpc-web"].map(
  (value): RequestPart => ({ headers: [["content-type", value]] }),
);
const transport = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ type: {}, version: 2 as const }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom(...contentTypes), version: fc.constant(2 as const) }) },
  { weight: 1, arbitrary: fc.constant({ type: {}, version: 1 as const }) },
);

/** Forms that only HTTP/1.1 has, or that only it has in this way. */
const odd = fc
  .constantFrom<RequestPart[]>(
    // jwt_authn as istiod configures it looks at no request without a path, jwt-auth does.
    { method: "CONNECT", path: "a.test:80", host: "a.test:80", claims: undefined },
    { method: "GET", path: "http://a.test/x/../admin?q", host: "b.test" },
    { method: "OPTIONS", path: "*" },
    { method: "HEAD", path: "/admin" },
    { host: "b.test", headers: [["host", "a.test"]] },
  )
  .map((type) => ({ type, version: 1 as const }));

export const RANDOM_REQUEST: fc.Arbitrary<AuthzRequest> = fc
  .oneof({ weight: 20, arbitrary: transport }, { weight: 1, arbitrary: odd })
  .chain(({ type, version }) =>
    fc
      .tuple(...Object.values(REQUESTS).map((parts) => fc.constantFrom(...parts)))
      .map((parts) => requestOf([...parts, type], version)),
  );

/** The first part of each aspect, but for these. */
export function requestOf(parts: readonly RequestPart[], version: 1 | 2 = 2): AuthzRequest {
  const all = [...Object.values(REQUESTS).map(([first]) => first), ...parts];
  const merged = Object.assign({}, ...all) as Required<RequestPart>;
  return { ...merged, headers: parts.flatMap(({ headers = [] }) => headers), version };
}
