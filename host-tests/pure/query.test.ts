import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { type Input, pieces, PureModule } from "./pure-module.ts";
import { check, mutated } from "./property.ts";

const pure = new PureModule();
const { exports } = pure;

function parameters(target: Input): { name: string; raw: string; value: string }[] {
  const found = pieces(pure.everywhere([target], (view) => pure.read(exports.queryParameters(view))));
  return found.flatMap((name, i) =>
    i % 3 === 0 ? [{ name, raw: found[i + 1] ?? "", value: found[i + 2] ?? "" }] : [],
  );
}

const find = (target: Input, name: Input) =>
  pure.everywhere([target, name], (a, b) => pure.text(exports.findParameter(a, b)));
const values = (target: Input, name: Input) =>
  pieces(pure.everywhere([target, name], (a, b) => pure.read(exports.queryValues(a, b))));
const remove = (target: Input, name: Input) =>
  pure.everywhere([target, name], (a, b) => pure.text(exports.removeParameter(a, b)));

/** A request target's parts. */
function split(target: string): { path: string; query: string | undefined; fragment: string } {
  const [, path = "", query, fragment = ""] = /^([^?#]*)(?:\?([^#]*))?(#[^]*)?$/.exec(target) ?? [];
  return { path, query, fragment };
}

const target = mutated(
  fc
    .array(fc.tuple(fc.constantFrom("a", "%61", "b", "", "%", "a%3D", "%62"), fc.stringMatching(/^[=ab%0-9+]{0,4}$/)))
    .map((pairs) => Buffer.from(`/p?${pairs.map(([name, value]) => `${name}=${value}`).join("&")}#f`)),
  "?&=#ab%61+",
).map((bytes) => Buffer.from(bytes).toString("latin1"));

describe("parameters of a request target", () => {
  test("agree with URLSearchParams, where + is no space", () => {
    const ascii = target.map((target) => target.replaceAll(/[^!-~]/g, "x").replaceAll(/%[89a-fA-F]/g, "%x"));
    check(5000, [ascii], (target) => {
      const query = split(target).query ?? "";
      const expected = [...new URLSearchParams(`?${query.replaceAll("+", "%2B")}`)];
      // URLSearchParams passes over parameters that are empty altogether.
      const found = parameters(target).filter(({ name, raw }) => name !== "" || raw !== "");
      const named = expected.filter(([name, value]) => name !== "" || value !== "");
      expect(found.map(({ value }) => value)).toEqual(named.map(([, value]) => value));
      for (const name of ["a", "b", "a="]) {
        expect(values(target, name)).toEqual(expected.filter(([key]) => key === name).map(([, value]) => value));
      }
    });
  });

  test.each([
    ["/?access_token=x", "x"],
    ["/?a=1&access_token=x&b=2", "x"],
    ["/?access_token=x&access_token=y", "x"],
    ["/?%61ccess_toke%6E=x", "x"],
    ["/?access_token=a%2Eb%2ec", "a.b.c"],
    ["/?access_token=a+b", "a+b"],
    ["/?access_token=a%b%", "a%b%"],
    ["/?access_token=a=b", "a=b"],
    ["/?access_token=a?b", "a?b"],
    ["/?access_token", ""],
    ["/?access_token=", ""],
    ["?access_token=x", "x"],
    ["/?a?access_token=y&access_token=x", "x"],
    ["/?access_token=x#access_token=y", "x"],
  ])("%j has the token %j", (target, value) => expect(find(target, "access_token")).toBe(value));

  test.each([
    "",
    "/",
    "/?",
    "/access_token=x",
    "/?access_tokens=x",
    "/?xaccess_token=x",
    "/?Access_Token=x",
    "/?a=access_token=x",
    "/#?access_token=x",
    "/?a=1#access_token=x",
    "/?access%5ftoke=x",
    "/?access_token%00=x",
    "/?access+token=x",
  ])("%j has no token", (target) => expect(find(target, "access_token")).toBeNull());
});

describe("removeParameter", () => {
  test.each([
    ["/p?t=x", "/p"],
    ["/p?t=x#f", "/p#f"],
    ["/p?t=x&a=1", "/p?a=1"],
    ["/p?a=1&t=x", "/p?a=1"],
    ["/p?a=1&t=x&b=2", "/p?a=1&b=2"],
    ["/p?t=x&t=y", "/p"],
    ["/p?t&a=1&%74=y&t=", "/p?a=1"],
    ["/p?a=%2f&t=x&b=+%zz", "/p?a=%2f&b=+%zz"],
    ["/p?a=1&&t=x&&b", "/p?a=1&&&b"],
    ["/p?t=x&", "/p"],
    ["/p?&t=x", "/p"],
    ["/p?t=x&&", "/p?&"],
    ["/p?a=1&t=x&", "/p?a=1&"],
    ["?t=x", ""],
    ["/p?a=t&ta=1&at=2", "/p?a=t&ta=1&at=2"],
    ["/p?", "/p?"],
    ["/p", "/p"],
    ["/p#?t=x", "/p#?t=x"],
    ["", ""],
  ])("%j becomes %j", (target, expected) => expect(remove(target, "t")).toBe(expected));

  test("removes what is found, and nothing else", () => {
    check(5000, [target], (target) => {
      const removed = remove(Buffer.from(target, "latin1"), "a");
      const before = split(target);
      const kept = before.query?.split("&").filter((parameter) => !/^(a|%61)(=|$)/.test(parameter)) ?? [];
      const changed = kept.length !== (before.query?.split("&").length ?? 0);
      const query = kept.join("&");
      const expected = changed ? before.path + (query === "" ? "" : `?${query}`) + before.fragment : target;
      expect(removed).toBe(Buffer.from(expected, "latin1").toString());
      expect(find(Buffer.from(expected, "latin1"), "a")).toBeNull();
    });
  });
});
