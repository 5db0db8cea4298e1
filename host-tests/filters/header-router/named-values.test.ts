/** Which parameter, cookie or claim of several is meant, and when one is there. */
import { describe, expect, it } from "vitest";
import type { ReceivedRequest } from "../../host/index.ts";
import { RouterHost, type RouterRequest } from "./router-host.ts";

function matches(match: object, request: RouterRequest): boolean {
  return new RouterHost({ routes: [{ name: "r", match: [match] }] }).route(request) === "r";
}

/** The header that a route sets to `template`; undefined: it has no value. */
function rendered(template: string, request: RouterRequest): string | undefined {
  let arrived: ReceivedRequest | undefined;
  const routes = [{ name: "r", headers: { request: { set: { "x-value": template } } } }];
  const upstream = (received: ReceivedRequest) => {
    arrived = received;
    return { body: "hello" };
  };
  new RouterHost({ routes }, { upstream }).request(request);
  return arrived?.headers.get("x-value");
}

describe("parameters", () => {
  it.each([
    ["/?a=1", { exact: "1" }, true],
    ["/?a=1&a=2", { exact: "1" }, true],
    ["/?a=1&a=2", { exact: "2" }, false],
    ["/?a&a=2", { exact: "2" }, false],
    ["/?a", {}, true],
    ["/?a=", { not: { exact: "1" } }, true],
    ["/?b&a", { not: { exact: "1" } }, true],
    ["/?b", { not: { exact: "1" } }, false],
    ["/?&&a=1", { exact: "1" }, true],
    ["/?a=1=2", { exact: "1=2" }, true],
    ["/?a=%31", { exact: "1" }, false],
    ["/?a=%31", { exact: "%31" }, true],
    ["/?%61=1", {}, false],
    ["/?A=1", {}, false],
    ["/?aa=1&=1", {}, false],
    ["/?b=1#?a=1", {}, false],
    ["/?", {}, false],
    ["/", {}, false],
  ])("%s, compared with %j", (path, a, expected) => {
    expect(matches({ queryParams: { a } }, { path })).toBe(expected);
  });

  it.each([
    ["/?a=1&a=2", "1"],
    ["/?%61=%62", "b"],
    ["/?%61=1&a=2", "1"],
    ["/?a=%zz+", "%zz+"],
    ["/?%6=1&a=2", "2"],
    ["/?b=1", undefined],
    ["/", undefined],
  ])("%s in a value", (path, expected) => {
    expect(rendered("{query.a}", { path })).toBe(expected);
  });

  it("several of one name, and others", () => {
    const match = { queryParams: { a: { prefix: "x" }, b: { not: { exact: "1" } }, c: { exact: "3" } } };
    expect(matches(match, { path: "/?c=3&b&a=xy" })).toBe(true);
    expect(matches(match, { path: "/?c=3&a=xy" })).toBe(false);
  });
});

describe("cookies", () => {
  it.each<[string[], object, boolean]>([
    [["a=1"], { exact: "1" }, true],
    [["a=1; a=2"], { exact: "1" }, true],
    [["a=1; a=2"], { exact: "2" }, false],
    [["b=2", "a=1"], { exact: "1" }, true],
    [["a=1", "a=2"], { exact: "1" }, true],
    [['a="1"'], { exact: "1" }, true],
    [["a=%31"], { exact: "1" }, false],
    [["a=; b=1"], { not: { exact: "1" } }, true],
    [["b=1"], { not: { exact: "1" } }, false],
    [[" a =1"], { exact: "1" }, true],
    [["a; b=1"], {}, false],
    [["A=1"], {}, false],
    [["=1"], {}, false],
    [[], {}, false],
  ])("%j, compared with %j", (cookies, a, expected) => {
    const headers = cookies.map((value): [string, string] => ["cookie", value]);
    expect(matches({ cookies: { a } }, { headers })).toBe(expected);
  });

  it("are those that a route has set, for what comes after", () => {
    let arrived: ReceivedRequest | undefined;
    const lane = { name: "one", weight: 1, headers: { request: { set: { "x-c": "{cookies.c}" } } } };
    const routes = [
      {
        name: "r",
        match: [{ cookies: { c: { exact: "old" } } }],
        headers: { request: { set: { cookie: "c=new" } } },
        split: { by: { random: {} }, lanes: [lane] },
      },
    ];
    const upstream = (received: ReceivedRequest) => {
      arrived = received;
      return { body: "hello" };
    };
    new RouterHost({ routes }, { upstream }).request({ headers: [["cookie", "c=old"]] });
    expect(arrived?.headers.get("x-c")).toBe("new");
  });
});

describe("claims", () => {
  it.each([
    ["a", '{"a":"1"}', { exact: "1" }, true],
    ["a", '{"\\u0061":"\\u0031"}', { exact: "1" }, true],
    ["a", '{"a":"1","a":"2"}', { exact: "1" }, true],
    ["a", '{"a":"1","a":"2"}', { exact: "2" }, false],
    ["a", '{"b":{"a":"1"}}', {}, false],
    ["a", '{"a":null}', {}, false],
    ["a", '{"a":{"b":1}}', {}, true],
    ["a", '{"a":{"b":"1"}}', { exact: "1" }, false],
    ["a.b", '{"a":{"c":{"b":"0"},"b":"1"}}', { exact: "1" }, true],
    ["a.b", '{"a":{"b":"1"},"b":"2"}', { exact: "1" }, true],
    ["a.b", '{"a":1,"a":{"b":"1"}}', {}, false],
    ["a.b", '{"a":{},"a":{"b":"1"}}', {}, false],
    ["a.b", '{"a":[{"b":"1"}],"b":"1"}', {}, false],
    ["a.b", '{"a.b":"1"}', {}, false],
    ["[a.b]", '{"a.b":"1"}', { exact: "1" }, true],
    ["a", '{"a":[1,"x",[2],{"b":3},null,true]}', { in: ["0", "1"] }, true],
    ["a", '{"a":[1,"x",[2],{"b":3},null,true]}', { prefix: "x" }, true],
    ["a", '{"a":[1,"x",[2],{"b":3},null,true]}', { exact: "true" }, true],
    ["a", '{"a":[1,"x",[2],{"b":3},null,true]}', { in: ["2", "3", "b", "null"] }, false],
    ["a", '{"a":["x","y"]}', { exact: "Y", ignoreCase: true }, true],
    ["a", '{"a":["x","y"]}', { not: { exact: "y" } }, false],
    ["a", '{"a":["x","y"]}', { not: { exact: "z" } }, true],
    ["a", '{"a":[]}', { not: { exact: "z" } }, true],
    ["a", '{"a":[]}', {}, true],
    ["a", '{"a":"x y"}', { exact: "y" }, false],
    ["scope", '{"scope":"  x  y "}', { exact: "y" }, true],
    ["scope", '{"scope":"x y"}', { exact: "x y" }, false],
    ["scope", '{"scope":"x y"}', { not: { prefix: "y" } }, false],
    ["scope", '{"scope":" "}', { exact: " " }, false],
    ["[a][scope]", '{"a":{"scope":"x y"}}', { exact: "x" }, false],
  ])("%s of %s, compared with %j", (name, publishedClaims, claim, expected) => {
    expect(matches({ claims: { [name]: claim } }, { publishedClaims })).toBe(expected);
  });

  it("one in another, and that one", () => {
    const match = { claims: { a: {}, "a.b": { exact: "1" }, "a.c.d": { exact: "2" }, e: { exact: "3" } } };
    expect(matches(match, { publishedClaims: '{"a":{"b":"1","x":{"d":0},"c":{"d":"2"}},"e":"3"}' })).toBe(true);
    expect(matches(match, { publishedClaims: '{"a":{"b":"1","c":{}},"e":"3"}' })).toBe(false);
  });
});

it("each of many names is found", () => {
  const wanted = { exact: "1" };
  const routes = Array.from({ length: 200 }, (_, index) => [
    { name: `q${index}`, match: [{ queryParams: { [`q${index}`]: wanted } }] },
    { name: `c${index}`, match: [{ cookies: { [`c${index}`]: wanted } }] },
    { name: `a${index}`, match: [{ claims: { [`a.a${index}.b`]: wanted } }] },
  ]).flat();
  const router = new RouterHost({ routes });
  for (const { name } of routes) {
    const request: RouterRequest = {
      path: `/?x=1&${name}=1`,
      headers: [["cookie", `x=1; ${name}=1`]],
      publishedClaims: JSON.stringify({ a: { [name]: { b: "1" } } }),
    };
    expect(router.route(request)).toBe(name);
  }
});

it("nothing is left of the request before", () => {
  const any = { queryParams: { a: {} } };
  const routes = [any, { cookies: { a: {} } }, { claims: { a: {} } }].map((match, index) => ({
    name: `r${index}`,
    match: [match],
  }));
  const router = new RouterHost({ routes });
  expect(router.route({ path: "/?a=1" })).toBe("r0");
  expect(router.route({ path: "/" })).toBeUndefined();
  expect(router.route({ headers: [["cookie", "a=1"]] })).toBe("r1");
  expect(router.route({ path: "/?b=1", headers: [["cookie", "b=1"]] })).toBeUndefined();
  expect(router.route({ publishedClaims: '{"a":1}' })).toBe("r2");
  expect(router.route({ publishedClaims: '{"b":1}' })).toBeUndefined();
  expect(router.route({ publishedClaims: "" })).toBeUndefined();
});
