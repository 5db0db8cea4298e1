/** Policies that speak of tokens in every way that an AuthorizationPolicy has, and claims to meet them. */
import * as fc from "fast-check";
import type { Rule } from "../istiod/authorization-policy.ts";
import { ISSUERS } from "./request-auth-fixture.ts";

const [ISSUER, OTHER] = ISSUERS;

const principals = (...requestPrincipals: string[]): Rule => ({ from: [{ source: { requestPrincipals } }] });
const when = (key: string, ...values: string[]): Rule => ({ when: [{ key, values }] });
const whenNot = (key: string, ...notValues: string[]): Rule => ({ when: [{ key, notValues }] });

export const RULES: Record<string, Rule> = {
  "any principal": principals("*"),
  "a principal": principals(`${ISSUER}/alice`),
  "principals of an issuer": principals(`${ISSUER}/*`),
  "a prefix of the subject": principals(`${ISSUER}/al*`),
  "a subject of any issuer": principals("*/alice"),
  "a suffix of the issuer": principals("*-issuer/bob"),
  "a suffix of the subject": principals("*ice"),
  "a prefix of the issuer": principals("other*"),
  "one of several principals": principals(`${ISSUER}/alice`, `${OTHER}/bob`),
  "none of several principals": { from: [{ source: { notRequestPrincipals: [`${ISSUER}/alice`, "*/bob"] } }] },
  "any principal but": { from: [{ source: { requestPrincipals: ["*"], notRequestPrincipals: [`${OTHER}/*`] } }] },
  "one of two sources": {
    from: [{ source: { requestPrincipals: ["*/bob"] } }, { source: { requestPrincipals: [`${OTHER}/*`] } }],
  },
  "request.auth.principal": when("request.auth.principal", `${OTHER}/*`),
  "not request.auth.principal": whenNot("request.auth.principal", "*"),
  "an audience": when("request.auth.audiences", "reviews"),
  "any audience": when("request.auth.audiences", "*"),
  "prefix or suffix of an audience": when("request.auth.audiences", "rat*", "*ls"),
  "none of two audiences": whenNot("request.auth.audiences", "reviews", "ratings"),
  "a presenter": when("request.auth.presenter", "web", "app*"),
  "not a presenter": whenNot("request.auth.presenter", "web"),
  "claim iss": when("request.auth.claims[iss]", ISSUER),
  "claim that is there": when("request.auth.claims[email]", "*"),
  "suffix of a claim": when("request.auth.claims[email]", "*@example.com"),
  "claim that is absent or other": whenNot("request.auth.claims[email]", "alice@example.com"),
  "words of scope": when("request.auth.claims[scope]", "reviews.read"),
  "words of permission": when("request.auth.claims[permission]", "write"),
  "words by spaceDelimitedClaims": when("request.auth.claims[roles]", "admin"),
  "claim that is not words": when("request.auth.claims[words]", "admin"),
  "list or string": when("request.auth.claims[groups]", "a", "b*"),
  "nested claim": when("request.auth.claims[org][team]", "blue", "gr*"),
  "nested list": when("request.auth.claims[org][tags]", "x"),
  "claim nested twice": when("request.auth.claims[org][unit][name]", "*"),
  "not a number": whenNot("request.auth.claims[level]", "5"),
  "claim with dots": when("request.auth.claims[https://example.com/roles]", "reader"),
  "two conditions and a source": {
    from: [{ source: { requestPrincipals: ["*"] } }],
    when: [
      { key: "request.auth.claims[groups]", values: ["a", "bb"] },
      { key: "request.auth.claims[org][team]", notValues: ["red"] },
    ],
  },
};

/** With these and without a token, each rule is fulfilled once, and once it is not. */
export const CLAIMS: object[] = [
  {
    iss: ISSUER,
    sub: "alice",
    aud: ["details", "reviews", "ratings"],
    azp: "web",
    email: "alice@example.com",
    scope: "reviews.write reviews.read",
    permission: "read write",
    roles: "user admin",
    words: "admin",
    groups: ["x", "bb"],
    org: { team: "blue", tags: ["y", "x"], unit: { name: "n" } },
    level: 5,
    "https://example.com/roles": "reader",
  },
  { iss: OTHER, sub: "bob", aud: "reviews", azp: "other", level: "5" },
];

const someOf = (...words: string[]): fc.Arbitrary<string[]> => fc.subarray(words);

/** About half of the claims that the rules name, with values that fit, nearly fit, or are of another type. */
export const RANDOM_CLAIMS: fc.Arbitrary<object> = fc.record(
  {
    iss: fc.constantFrom(...ISSUERS),
    sub: fc.constantFrom("alice", "bob", "", "al", "malice"),
    aud: fc.oneof(someOf("reviews", "ratings", "details", "x"), fc.constantFrom("reviews", "ratings", "x")),
    azp: fc.constantFrom("web", "app-1", "other", ["web"]),
    email: fc.constantFrom("alice@example.com", "bob@example.com", "bob@example.org", "", null),
    scope: fc.constantFrom("reviews.read", "a reviews.read  b", " ", "", ["reviews.read"], ["a reviews.read"], 7),
    permission: fc.constantFrom("write", "read write", "writer"),
    roles: fc.constantFrom("admin user", "user", ["admin"], { admin: "admin" }),
    words: fc.constantFrom("admin user", "admin", ["user", "admin"]),
    groups: fc.oneof(someOf("a", "bb", "c"), fc.constantFrom("a", "bb", [["a"]], [1, true, null, "a"])),
    org: fc.oneof(
      fc.record(
        {
          team: fc.constantFrom("blue", "green", "red", ["blue"]),
          tags: someOf("x", "y"),
          unit: fc.constantFrom<unknown>({ name: "n" }, { name: "" }, "name"),
        },
        { requiredKeys: [] },
      ),
      fc.constantFrom<unknown>("blue", ["blue"]),
    ),
    level: fc.constantFrom<unknown>(5, "5", 5.5, 1e300, -1),
    "https://example.com/roles": fc.constantFrom("reader", "writer", ["reader"]),
    other: fc.jsonValue({ maxDepth: 4 }),
  },
  { requiredKeys: ["iss"] },
);
