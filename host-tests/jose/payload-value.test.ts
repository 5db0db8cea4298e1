/** Claims sets as `google.protobuf.Value`, read back by an independent protobuf implementation. */
import { fromBinary, toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { check } from "../pure/property.ts";
import { JoseModule } from "./jose-module.ts";

const jose = new JoseModule();

/** What Envoy would find in its dynamic metadata. */
function decoded(payload: string, spaceDelimited: string[] = []): unknown {
  const value = jose.payloadValue(payload, spaceDelimited);
  return value === null ? undefined : toJson(ValueSchema, fromBinary(ValueSchema, value));
}

/** A JSON object within an object, so many levels in all. */
function nested(levels: number): string {
  return '{"a":'.repeat(levels) + "1" + "}".repeat(levels);
}

describe("payloadValue", () => {
  it.each([
    "{}",
    '{"iss":"https://issuer.test","sub":"alice","aud":["a","b"],"exp":1767225600}',
    '{"n":[0,-1,1.5,1e300,9007199254740993,5e-324],"b":[true,false],"z":null}',
    '{"o":{},"l":[],"s":"","":{"":[[],{},[{}]]}}',
    '{"\\u0000\\ud83d\\ude00\\n":"é\\u0000\\"\\\\","x":"' + "y".repeat(20_000) + '"}',
    nested(32),
  ])("has what the JSON has: %.60s", (payload) => {
    expect(decoded(payload)).toEqual(JSON.parse(payload));
  });

  it("has what the JSON has, whatever that is", () => {
    const claims = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 6, stringUnit: "binary" }));
    check(2_000, [claims], (object) => {
      const payload = JSON.stringify(object);
      expect(JSON.stringify(decoded(payload))).toEqual(JSON.stringify(JSON.parse(payload)));
    });
  });

  it("has null for a number that no double holds", () => {
    expect(decoded('{"big":1e999,"small":-1e999,"fits":1e308}')).toEqual({ big: null, small: null, fits: 1e308 });
  });

  it("splits the claims that are named, where they are strings", () => {
    const payload = { scope: "read  write ", roles: "a b", nested: { scope: "c d" }, permission: ["e f"], one: "g" };
    expect(decoded(JSON.stringify(payload), ["scope", "permission", "one", "absent"])).toEqual({
      ...payload,
      scope: ["read", "write"],
      one: ["g"],
    });
  });

  it.each(["", " ", "   "])("leaves a claim without words a string: %j", (scope) => {
    expect(decoded(JSON.stringify({ scope }), ["scope"])).toEqual({ scope });
  });

  it("splits by the claim's name, however it is escaped", () => {
    expect(decoded('{"sc\\u006fpe":"a b"}', ["scope"])).toEqual({ scope: ["a", "b"] });
  });

  it("has no value that is larger than allowed", () => {
    const payload = JSON.stringify({ a: "x".repeat(100), l: [1, 2, 3], o: { p: { q: true } } });
    const size = jose.payloadValue(payload)?.length ?? 0;
    expect(jose.payloadValue(payload, [], size)).toHaveLength(size);
    for (let maxSize = 0; maxSize < size; maxSize++) expect(jose.payloadValue(payload, [], maxSize)).toBeNull();
  });

  it.each(['{"a":1', '{"a":"\\ud800"}', "", nested(33)])("has none for what is not a claims set: %.20s", (payload) => {
    expect(jose.payloadValue(payload)).toBeNull();
  });
});
