/** Configurations of authz: good ones, bad ones, and those of which only the reader knows that they are bad. */
import type { ReaderRule } from "./agreement.ts";

/** A configuration of one policy with these fields besides its name. */
export function policy(more: Record<string, unknown> = {}): Record<string, unknown> {
  return { policies: [{ name: "a", ...more }] };
}

/** A configuration of one policy with this rule. */
export function rule(given: unknown): Record<string, unknown> {
  return policy({ rules: [given] });
}

export function source(given: unknown): Record<string, unknown> {
  return rule({ from: [{ source: given }] });
}

export function operation(given: unknown): Record<string, unknown> {
  return rule({ to: [{ operation: given }] });
}

export function when(key: unknown, ...values: unknown[]): Record<string, unknown> {
  return rule({ when: [{ key, values }] });
}

/** Accepted, by what they show. */
export const GOOD: Record<string, unknown> = {
  "the least": policy(),
  "an empty rule": rule({}),
  "every field of a policy": policy({ namespace: "shop", action: "AUDIT", rules: [{}], mode: "SHADOW" }),
  "a policy of nulls": policy({ namespace: null, action: null, rules: null, mode: null }),
  "every top-level field": {
    ...rule({}),
    mode: "SHADOW",
    publishDecision: true,
    trustDomain: "td.example",
    trustDomainAliases: ["old.example", "td-2"],
  },
  "top-level nulls": { ...rule({}), mode: null, publishDecision: null, trustDomain: null, trustDomainAliases: null },
  "two namespaces with one name": {
    policies: [
      { name: "a.b-1", namespace: "one" },
      { name: "a.b-1", namespace: "two" },
    ],
  },
  "DENY with a rule": policy({ action: "DENY", rules: [{}] }),
  "a rule of nulls": rule({ from: null, to: null, when: null }),
  "an empty when": rule({ when: [] }),
  "every field of a source": rule({
    from: [
      {
        source: {
          principals: ["cluster.local/ns/a/sa/b", "*", "a*", "*a"],
          notPrincipals: ["a"],
          requestPrincipals: ["https://i.example/*", "*/a", "*", "a"],
          notRequestPrincipals: ["a/b"],
          namespaces: ["a", "a*b*", "*"],
          notNamespaces: ["b"],
          trustDomains: ["*", "td", "*.b", "a*"],
          notTrustDomains: ["x"],
          remoteIpBlocks: ["10.0.0.0/8", "10.0.0.1", "::/0", "2001:db8::1", "::ffff:1.2.3.4/100", "0.0.0.0/0"],
          notRemoteIpBlocks: ["192.0.2.0/24"],
        },
      },
      { source: { serviceAccounts: ["a", "b/c"], notServiceAccounts: ["d"] } },
    ],
  }),
  "every field of an operation": operation({
    hosts: ["a.example", "*.example", "a*", "*"],
    notHosts: ["b"],
    ports: ["0", "80", "65535", "0080"],
    notPorts: ["443"],
    methods: ["GET", "P*"],
    notMethods: ["PUT"],
    paths: ["/a", "/a*", "*.css", "*", "/a/{*}/b/{**}", "/{**}/c"],
    notPaths: ["/b"],
  }),
  "lists that are empty beside others": source({ principals: ["a"], namespaces: [], notPrincipals: null }),
  "a value that is repeated": source({ principals: ["a", "a"] }),
  "every key": rule({
    when: [
      ...["source.principal", "source.namespace", "source.serviceAccount", "source.trustDomain"],
      ...["request.auth.principal", "request.auth.audiences", "request.auth.presenter"],
      ...["request.headers[X-A]", "request.headers[:path]", "request.headers[host]", "request.auth.claims[a]"],
      ...["request.auth.claims[a][https://b.example/c]", "experimental.envoy.filters.a.b[c]"],
    ].map((key) => ({ key, values: ["a"] })),
  }),
  "keys with values of their own": rule({
    when: [
      { key: "remote.ip", values: ["10.0.0.0/8"] },
      { key: "destination.ip", notValues: ["10.96.0.10", "::1"] },
      { key: "destination.port", values: ["80"], notValues: ["443"] },
      { key: "experimental.envoy.filters.a[b]", values: ["[c]", "d*"], notValues: null },
    ],
  }),
  "stars that stand for themselves": when("request.headers[accept]", "*/*", "a*b", "**"),
};

/** Refused by both. */
export const BAD: Record<string, unknown> = {
  nothing: {},
  "no policies": { policies: [] },
  "policies that are no list": { policies: {} },
  "a policy that is none": { policies: ["a"] },
  "a policy without a name": { policies: [{}] },
  "an empty name": policy({ name: "" }),
  "a name in upper case": policy({ name: "A" }),
  "a name with an underscore": policy({ name: "a_b" }),
  "a name that ends with a dot": policy({ name: "a." }),
  "a name that is too long": policy({ name: "a".repeat(254) }),
  "a namespace with a dot": policy({ namespace: "a.b" }),
  "an empty namespace": policy({ namespace: "" }),
  "a namespace that is too long": policy({ namespace: "a".repeat(64) }),
  CUSTOM: policy({ action: "CUSTOM", rules: [{}] }),
  "another action": policy({ action: "allow" }),
  "DENY without rules": policy({ action: "DENY" }),
  "DENY with an empty list of rules": policy({ action: "DENY", rules: [] }),
  "DENY with rules that are null": policy({ action: "DENY", rules: null }),
  "another mode": policy({ mode: "DRY_RUN" }),
  "a mode of the filter that is none": { ...rule({}), mode: "shadow" },
  "a selector": policy({ selector: {} }),
  "target references": policy({ targetRefs: [] }),
  "a provider": policy({ provider: { name: "a" } }),
  "an empty trust domain": { ...rule({}), trustDomain: "" },
  "a trust domain with a slash": { ...rule({}), trustDomain: "a/b" },
  "a trust domain with a star": { ...rule({}), trustDomainAliases: ["*"] },
  "rules that are no list": policy({ rules: {} }),
  "a rule that is null": rule(null),
  "an empty from": rule({ from: [] }),
  "an empty to": rule({ to: [] }),
  "from without a source": rule({ from: [{}] }),
  "a source that is null": source(null),
  "to without an operation": rule({ to: [{}] }),
  "a field of a rule that there is not": rule({ form: [] }),
  "a field of a source that there is not": source({ principal: ["a"] }),
  "a field of an operation that there is not": operation({ path: ["/a"] }),
  ipBlocks: source({ ipBlocks: ["10.0.0.1"] }),
  notIpBlocks: source({ notIpBlocks: ["10.0.0.1"] }),
  "an empty value": source({ principals: [""] }),
  "a value that is no string": operation({ ports: [80] }),
  "values that are no list": operation({ methods: "GET" }),
  "a star within a principal": source({ principals: ["a*b"] }),
  "two stars in a request principal": source({ requestPrincipals: ["*/*"] }),
  "a star in a service account": source({ serviceAccounts: ["a*"] }),
  "a service account of three parts": source({ serviceAccounts: ["a/b/c"] }),
  "a service account without a name": source({ serviceAccounts: ["a/"] }),
  "too many service accounts": source({ serviceAccounts: Array.from("abcdefghijklmnopq") }),
  "a service account that is too long": source({ serviceAccounts: ["a".repeat(321)] }),
  "a trust domain of a source with a slash": source({ trustDomains: ["a/b"] }),
  "a trust domain of a source with two stars": source({ trustDomains: ["*a*"] }),
  "a star within a host": operation({ hosts: ["a*b"] }),
  "two stars in a method": operation({ methods: ["**"] }),
  "a port that is too large": operation({ ports: ["65536"] }),
  "a port with a sign": operation({ ports: ["+80"] }),
  "a port by name": operation({ ports: ["http"] }),
  "a path without a slash": operation({ paths: ["a"] }),
  "a path with a query": operation({ paths: ["/a?b"] }),
  "a star within a path": operation({ paths: ["/*/a"] }),
  "a template by name": operation({ paths: ["/{id}"] }),
  "two rests in a template": operation({ paths: ["/{**}/{**}"] }),
  "a star in a template": operation({ paths: ["/*/{*}"] }),
  "an empty segment in a template": operation({ paths: ["//{*}"] }),
  "a condition without a key": rule({ when: [{ values: ["a"] }] }),
  "an empty key": when("", "a"),
  "a condition without values": rule({ when: [{ key: "source.principal" }] }),
  "a condition with empty lists": rule({ when: [{ key: "source.principal", values: [], notValues: [] }] }),
  "an unknown key": when("source.principals", "a"),
  "source.ip": when("source.ip", "10.0.0.1"),
  "connection.sni": when("connection.sni", "a"),
  "a header without a name": when("request.headers[]", "a"),
  "a header without brackets": when("request.headers", "a"),
  "a header that is none": when("request.headers[a b]", "a"),
  "a header with text before its name": when("request.headersx[a]", "a"),
  "another pseudo header": when("request.headers[:status]", "a"),
  "a claim without a name": when("request.auth.claims[a][]", "a"),
  "a claim with brackets in its name": when("request.auth.claims[a[b]]", "a"),
  "text behind a claim": when("request.auth.claims[a]b", "a"),
  "metadata without a key": when("experimental.envoy.filters.a", "a"),
};

export const READER_ONLY: readonly ReaderRule[] = [
  {
    rule: "names are unique in their namespace",
    message: /another policy has this name/,
    cases: {
      "two alike": { policies: [{ name: "a" }, { name: "a" }] },
      "one with the plugin's namespace": { policies: [{ name: "a" }, { name: "a", namespace: "default" }] },
    },
  },
  {
    rule: "a source or an operation says something",
    message: /must not be empty: leave the whole entry out for any/,
    cases: {
      "an empty source": source({}),
      "a source of empty lists": source({ principals: [], notNamespaces: null }),
      "an empty operation": operation({}),
      "an operation of empty lists": operation({ paths: [] }),
    },
  },
  {
    rule: "service accounts stand without other identities",
    message: /must not stand with principals or namespaces/,
    cases: {
      "with principals": source({ serviceAccounts: ["a"], principals: ["b"] }),
      "with notNamespaces": source({ notServiceAccounts: ["a"], notNamespaces: ["b"] }),
    },
  },
  {
    rule: "addresses and ranges of addresses",
    message: /must be an IP address, or a range/,
    cases: {
      "a name": source({ remoteIpBlocks: ["a.example"] }),
      "a prefix that is too long": source({ notRemoteIpBlocks: ["10.0.0.0/33"] }),
      "an octet that is too large": when("remote.ip", "10.0.0.256"),
      "a leading zero": when("remote.ip", "010.0.0.1"),
      "two gaps": when("destination.ip", "1::2::3"),
      "too many groups": when("destination.ip", "1:2:3:4:5:6:7:8:9"),
      "a zone": when("destination.ip", "fe80::1%eth0"),
      "an address with a port": when("remote.ip", "10.0.0.1:80"),
    },
  },
  {
    rule: "values of a key are those of its field",
    message: /must be a port|must not have more than one \*|must be "<service account>"|must be a trust domain/,
    cases: {
      "a port": when("destination.port", "http"),
      "a principal": when("source.principal", "a*b"),
      "a request principal": when("request.auth.principal", "*/*"),
      "a service account": when("source.serviceAccount", "a/b/c"),
      "a trust domain": when("source.trustDomain", "a*b"),
      "a trust domain with a slash": when("source.trustDomain", "a/b"),
    },
  },
  {
    rule: "a key has as many service accounts as the field",
    message: /must not have more than 16 entries/,
    cases: { "17": when("source.serviceAccount", ...Array.from("abcdefghijklmnopq")) },
  },
  {
    rule: "a member of a list in metadata has a text",
    message: /must name a member between \[ and \]/,
    cases: { none: when("experimental.envoy.filters.a[b]", "[]") },
  },
];
