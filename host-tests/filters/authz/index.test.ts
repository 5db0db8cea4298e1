/** Many rules that an index can tell apart: none is overlooked, and none that does not match decides. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { check } from "../../pure/property.ts";
import { AuthzHost } from "./authz-host.ts";
import { denialOf, type ModelRequest, type Policy, type Rule } from "./model.ts";

const REQUEST: ModelRequest = {
  method: "GET",
  path: "/",
  authority: "example.com",
  headers: [],
  principal: "",
  source: "127.0.0.1:50000",
  destination: "127.0.0.1:10000",
  metadata: {},
};

/** A rule that allows this operation. */
const to = (operation: Record<string, string[]>): Rule => ({ to: [{ operation }] });

// At the borders of words of a bit set, and beyond.
describe.each([1, 4, 5, 63, 64, 65, 128, 129, 1000])("of %i rules", (count) => {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const asked = [...new Set([0, count >> 1, count - 1])];

  it.each<[string, (number: number) => Rule, (number: number) => Partial<ModelRequest>]>([
    ["paths", (n) => to({ paths: [`/a/${n}`] }), (n) => ({ path: `/a/${n}?q` })],
    [
      "prefixes",
      (n) => to({ paths: [`/${"a".repeat(n % 7)}/${n}/*`] }),
      (n) => ({ path: `/${"a".repeat(n % 7)}/${n}/` }),
    ],
    ["hosts", (n) => to({ hosts: [`A${n}.Example`] }), (n) => ({ authority: `a${n}.eXample` })],
    ["methods", (n) => to({ methods: [`M${n}`] }), (n) => ({ method: `M${n}` })],
    [
      "principals",
      (n) => ({ from: [{ source: { principals: [`td/ns/a/sa/${n}`] } }] }),
      (n) => ({ principal: `spiffe://td/ns/a/sa/${n}` }),
    ],
    [
      "principals of conditions",
      (n) => ({ when: [{ key: "source.principal", values: [`td/ns/a/sa/${n}`] }] }),
      (n) => ({ principal: `spiffe://td/ns/a/sa/${n}` }),
    ],
  ])("each finds its request by %s", (_, ruleOf, requestOf) => {
    const rules = numbers.map(ruleOf);
    const allow = new AuthzHost({ policies: [{ name: "a", rules }] });
    const deny = new AuthzHost({ policies: [{ name: "d", action: "DENY", rules }] });
    for (const number of asked) {
      expect(allow.status(requestOf(number))).toBe(200);
      expect(deny.request(requestOf(number)).details).toBe(
        `rbac_access_denied_matched_policy[ns[default]-policy[d]-rule[${number}]]`,
      );
    }
    expect(allow.status(requestOf(count))).toBe(403);
    expect(deny.status(requestOf(count))).toBe(200);
  });
});

const few = (values: readonly string[]) => fc.subarray([...values], { minLength: 1, maxLength: 2 });
const operation = fc
  .record(
    {
      paths: few(["/a", "/a/*", "/a/b*", "/a/b/*", "/b", "/*", "*b", "/{*}"]),
      hosts: few(["one", "TWO", "*ee"]),
      methods: few(["GET", "PUT", "*"]),
      notPaths: few(["/a", "/a/b/*"]),
    },
    { requiredKeys: [] },
  )
  .filter((fields) => Object.keys(fields).length > 0);
const source = fc.constantFrom("td/ns/a/sa/x", "td/ns/a/sa/y", "td/ns/a/*").map((value) => ({ principals: [value] }));
const rule: fc.Arbitrary<Rule> = fc.record(
  {
    to: fc.array(
      operation.map((fields) => ({ operation: fields })),
      {
        minLength: 1,
        maxLength: 2,
      },
    ),
    from: fc.array(
      source.map((fields) => ({ source: fields })),
      { minLength: 1, maxLength: 2 },
    ),
    when: fc.constant([{ key: "source.principal", values: ["td/ns/a/sa/x"] }]),
  },
  { requiredKeys: ["to"] },
);
const action = fc.constantFrom<Policy["action"]>("ALLOW", "DENY");
const policies: fc.Arbitrary<Policy[]> = fc
  .array(fc.record({ action, rules: fc.array(rule, { minLength: 1, maxLength: 40 }) }), { minLength: 1, maxLength: 4 })
  .map((drawn) => drawn.map((policy, index) => ({ ...policy, name: `p${index}`, namespace: "default" })));

it("random rules decide as the plain model", () => {
  const requests = ["/a", "/a/", "/a/b", "/a/b/", "/b", "/c"].flatMap((path) =>
    ["one", "two", "three"].flatMap((authority) =>
      ["", "spiffe://td/ns/a/sa/x", "spiffe://td/ns/a/sa/z"].map((principal): ModelRequest => {
        return { ...REQUEST, path, authority, principal, method: path === "/b" ? "PUT" : "GET" };
      }),
    ),
  );
  check(60, [policies], (given) => {
    const authz = new AuthzHost({ policies: given });
    for (const { principal, ...request } of requests) {
      const denial = denialOf(given, ["cluster.local"], { ...request, principal });
      const { details } = authz.request({ ...request, ...(principal !== "" && { principal }) });
      expect(details).toBe(denial === undefined ? "via_upstream" : `rbac_access_denied_matched_policy[${denial}]`);
    }
  });
});
