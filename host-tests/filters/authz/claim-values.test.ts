/** Which claims match, and that all of them are read once, however many conditions look at them. */
import { describe, expect, it } from "vitest";
import { allowing, AuthzHost, type AuthzRequest } from "./authz-host.ts";

const FORBIDDEN = 403;

function matches(name: string, values: string[], publishedClaims: string): boolean {
  const rule = { when: [{ key: `request.auth.claims${name}`, values }] };
  return new AuthzHost(allowing(rule, { action: "DENY" })).status({ publishedClaims }) === FORBIDDEN;
}

/** More than are compared one after the other. */
const MANY = Array.from("abcdefghijkl");

it.each([
  ["[a]", ["1"], '{"a":"1"}', true],
  ["[a]", ["1"], '{"\\u0061":"\\u0031"}', true],
  ["[a]", ["1"], '{"a":1}', false],
  ["[a]", ["1"], '{"a":"1","a":"2"}', true],
  ["[a]", ["2"], '{"a":"1","a":"2"}', false],
  ["[a][b]", ["1"], '{"a":{"b":"1"}}', true],
  ["[a][b]", ["1"], '{"a":1,"a":{"b":"1"}}', false],
  ["[a.b]", ["1"], '{"a":{"b":"1"},"a.b":"2"}', false],
  ["[a]", ["7"], '{"a":[7,true]}', false],
  ["[a]", ["7"], '{"a":[7,"7"]}', true],
  ["[a]", ["true"], '{"a":[true]}', false],
  ["[a]", ["7*"], '{"a":[7]}', false],
  ["[a]", ["x*"], '{"a":[7,["z"],{"b":"z"},null,"xy"]}', true],
  ["[a]", ["z*"], '{"a":[7,["z"],{"b":"z"},null,"xy"]}', false],
  ["[a]", MANY, '{"a":["z","l"]}', true],
  ["[a]", MANY, '{"a":["z"]}', false],
  ["[a]", MANY, '{"a":"l"}', true],
  ["[a]", ["y"], '{"a":"x y"}', false],
  ["[scope]", ["y"], '{"scope":" x  y "}', true],
  ["[scope]", MANY, '{"scope":"x l"}', true],
  ["[scope]", ["x y"], '{"scope":"x y"}', false],
  ["[scope]", [" "], '{"scope":" "}', true],
  ["[a][scope]", ["y"], '{"a":{"scope":"x y"}}', false],
])("%s, compared with %j, of %s", (name, values, publishedClaims, expected) => {
  expect(matches(name, values, publishedClaims)).toBe(expected);
});

it("the same claim is asked for by one rule with texts and by another with a part of them", () => {
  const rule = (value: string) => ({ when: [{ key: "request.auth.claims[a]", values: [value] }] });
  const authz = new AuthzHost({ policies: [{ name: "p", action: "DENY", rules: [rule("x"), rule("y*")] }] });
  expect(authz.status({ publishedClaims: '{"a":["z","yz"]}' })).toBe(FORBIDDEN);
  expect(authz.status({ publishedClaims: '{"a":["z","x"]}' })).toBe(FORBIDDEN);
  expect(authz.status({ publishedClaims: '{"a":["z"]}' })).toBe(200);
  expect(authz.status({ publishedClaims: "" })).toBe(200);
});

const CONDITIONS = 1000;

/** Were all claims read again for each condition, the time would be nearly `CONDITIONS` times that of one. */
const MOST_TIMES = 30;

const SAMPLES = 9;

/** Milliseconds that a request takes in the middle of several. No rule matches. */
function time(condition: (index: number) => object, count: number, request: AuthzRequest): number {
  const rules = Array.from({ length: count }, (_, index) => ({ when: [condition(index)] }));
  const authz = new AuthzHost({ policies: [{ name: "p", action: "DENY", rules }] });
  expect(authz.status(request)).toBe(200);
  const times = Array.from({ length: SAMPLES }, () => {
    const start = performance.now();
    authz.request(request);
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[Math.floor(SAMPLES / 2)] as number;
}

describe(`${CONDITIONS} conditions take hardly longer than one`, () => {
  const claims = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`a${index}`, "b"]));
  const items = Array.from({ length: 9000 }, (_, index) => `g${index}`);
  it.each<[string, (index: number) => object, object]>([
    ["claims", (index) => ({ key: `request.auth.claims[x${index}]`, values: ["b"] }), claims],
    ["items of a list", (index) => ({ key: "request.auth.claims[a]", values: [`x${index}`] }), { a: items }],
    ["words", (index) => ({ key: "request.auth.claims[scope]", values: [`x${index}`] }), { scope: items.join(" ") }],
    ["principals", (index) => ({ key: "request.auth.principal", values: [`x${index}/y`] }), { ...claims, sub: "y" }],
  ])("%s", (_, condition, published) => {
    const request = { publishedClaims: JSON.stringify(published) };
    expect(time(condition, CONDITIONS, request) / time(condition, 1, request)).toBeLessThan(MOST_TIMES);
  });
});
