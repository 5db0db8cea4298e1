import { describe, expect, it } from "vitest";
import { JoseModule, type Claims } from "./jose-module.ts";

const BAD_JSON = "Jwt payload is an invalid JSON";
const field = (name: string, what: string) => `Jwt payload [${name}] field is not ${what}`;
const NOT_STRING = "a string";
const NOT_INTEGER = "an integer";
const OUT_OF_RANGE = "a positive 64 bit integer";
const NOT_LIST = "a string or string list";

const jose = new JoseModule();

function read(payload: string): Claims {
  const claims = jose.parseClaims(payload);
  if (typeof claims === "string") throw new Error(claims);
  return claims;
}

describe("the claims set", () => {
  it.each([
    ["nothing", ""],
    ["a string", '"x"'],
    ["a list", "[]"],
    ["a bare word in braces", "{x}"],
    ["braces alone, with something after", "{}x"],
    ["a trailing comma", '{"iss":"a",}'],
    ["a missing value", '{"iss":}'],
    ["NaN", '{"exp":NaN}'],
    ["a number with a leading zero", '{"exp":01}'],
    ["a hexadecimal number", '{"exp":0x10}'],
    ["a plus sign", '{"exp":+1}'],
    ["a repeated registered claim", '{"iss":"a","iss":"a"}'],
    ["a repeated registered claim, once in escapes", '{"iss":"a","is\\u0073":"b"}'],
    ["a repeated private claim", '{"role":"user","role":"admin"}'],
    ["a repeated nested claim", '{"realm":{"role":"user","role":"admin"}}'],
    ["a repeated claim in a list", '{"realms":[{"role":"user"},{"role":"a","role":"b"}]}'],
    ["a repeated claim of a name with quotes", '{"a\\"":1,"a\\u0022":2}'],
    ["33 levels", `{"a":${"[".repeat(32)}${"]".repeat(32)}}`],
    ["an audience cut off", '{"aud":["a"'],
    ["an audience list without a comma", '{"aud":["a" "b"]}'],
    ["a claim in single quotes", "{'iss':'a'}"],
  ])("refuses %s", (_, payload) => {
    expect(jose.parseClaims(payload)).toBe(BAD_JSON);
  });

  it.each([
    ["iss", NOT_STRING, ["1", "null", "true", "{}", "[]", '["a"]']],
    ["sub", NOT_STRING, ["1", "null", "{}", "[]"]],
    ["jti", NOT_STRING, ["1", "null", "{}", "[]"]],
    ["iat", NOT_INTEGER, ['"1"', "null", "true", "{}", "[1]"]],
    ["nbf", NOT_INTEGER, ['"1"', "null", "true", "{}", "[1]"]],
    ["exp", NOT_INTEGER, ['"1"', "null", "true", "{}", "[1]"]],
    ["iat", OUT_OF_RANGE, ["-1", "1e30", "-0.5", "1e400"]],
    ["nbf", OUT_OF_RANGE, ["-1", "18446744073709551616"]],
    ["exp", OUT_OF_RANGE, ["-1", "-1e-300", "1e30", "18446744073709551616", "1e999999999999"]],
    ["aud", NOT_LIST, ["1", "null", "{}", '{"a":"b"}', "[1]", '["a",null]', '["a",["b"]]', '["a",{"b":["c"]}]']],
  ])("refuses a wrong %s: not %s", (name, what, values) => {
    for (const value of values) {
      expect(jose.parseClaims(`{"${name}":${value}}`)).toBe(field(name, what));
      expect(jose.parseClaims(`{"a":1,"${name}":${value},"z":{}}`)).toBe(field(name, what));
    }
  });

  it("finds malformed JSON after a wrong claim", () => {
    expect(jose.parseClaims('{"aud":[1],"x":}')).toBe(BAD_JSON);
    expect(jose.parseClaims('{"aud":{"a":1,"a":2}}')).toBe(BAD_JSON);
    expect(jose.parseClaims('{"iss":1,"iss":1}')).toBe(BAD_JSON);
  });

  it("names of several wrong claims the one that Envoy checks first", () => {
    expect(jose.parseClaims('{"aud":1,"jti":1,"exp":"","nbf":"","iat":"","sub":1,"iss":1}')).toBe(
      field("iss", NOT_STRING),
    );
    expect(jose.parseClaims('{"aud":1,"jti":1,"exp":"","nbf":"","iat":""}')).toBe(field("iat", NOT_INTEGER));
    expect(jose.parseClaims('{"aud":1,"jti":1}')).toBe(field("jti", NOT_STRING));
  });

  it("reads every registered claim", () => {
    const payload =
      '{"iss":"https://issuer.example","sub":"ann","aud":["a","b"],"exp":3,"nbf":1.5,"iat":2e0,"jti":"\\u00e4"}';
    expect(read(payload)).toEqual({
      iss: "https://issuer.example",
      sub: "ann",
      jti: "ä",
      aud: '["a","b"]',
      exp: 3,
      nbf: 1.5,
      iat: 2,
    });
  });

  it("tells absent from empty, and forgets the last token", () => {
    expect(read('{"iss":"","sub":"","jti":"","aud":[],"exp":0,"nbf":0,"iat":-0}')).toEqual({
      iss: "",
      sub: "",
      jti: "",
      aud: "[]",
      exp: 0,
      nbf: 0,
      iat: -0,
    });
    expect(read("{}")).toEqual({ iss: null, sub: null, jti: null, aud: null, exp: -1, nbf: -1, iat: -1 });
  });

  it("takes braces and brackets in strings for text", () => {
    expect(read('{"iss":"}{][,:\\"}","sub":"{\\\\"}')).toMatchObject({ iss: '}{][,:"}', sub: "{\\" });
  });

  it("takes registered names for what they are at the top only", () => {
    expect(read('{"a":{"iss":1,"exp":"x","aud":2},"b":[{"iss":null}]}').iss).toBeNull();
  });

  it("takes the same name in different objects", () => {
    expect(read('{"a":{"x":1},"b":{"x":1},"c":[{"x":1},{"x":{"x":{"x":1}}}],"x":1}').iss).toBeNull();
  });

  it("takes thousands of claims, in a time that does not explode", () => {
    const many = Array.from({ length: 6000 }, (_, i) => `"${i.toString(36)}":0`).join();
    expect(read(`{${many}}`).iss).toBeNull();
    expect(jose.parseClaims(`{${many},"4ml":0}`)).toBe(BAD_JSON);
    // More names than any header has room for.
    const tooMany = Array.from({ length: 20_000 }, (_, i) => `"${i.toString(36)}":0`).join();
    expect(jose.parseClaims(`{${tooMany}}`)).toBe(BAD_JSON);
  });
});

describe("times", () => {
  it("a token is expired at its exp, to the fraction", () => {
    read('{"exp":10.5}');
    expect(jose.isExpired(10.499)).toBe(false);
    expect(jose.isExpired(10.5)).toBe(true);
    expect(jose.isExpired(70.499, 60)).toBe(false);
    expect(jose.isExpired(70.5, 60)).toBe(true);
  });

  it("a token is valid at its nbf, to the fraction", () => {
    read('{"nbf":10.5}');
    expect(jose.isNotYetValid(10.499)).toBe(true);
    expect(jose.isNotYetValid(10.5)).toBe(false);
    expect(jose.isNotYetValid(-49.6, 60)).toBe(true);
    expect(jose.isNotYetValid(-49.5, 60)).toBe(false);
  });

  it("exp 0 is the start of 1970, not for ever", () => {
    read('{"exp":0}');
    expect(jose.isExpired(1_700_000_000, 60)).toBe(true);
  });

  it("without exp and nbf a token is always valid", () => {
    read('{"iat":99999999999}');
    expect(jose.isExpired(1e12)).toBe(false);
    expect(jose.isNotYetValid(0)).toBe(false);
  });

  it("a huge number does not wrap around", () => {
    read('{"exp":18446744073709549568,"nbf":9223372036854775808}');
    expect(jose.isExpired(1_700_000_000)).toBe(false);
    expect(jose.isNotYetValid(1_700_000_000)).toBe(true);
    read('{"exp":4294967297}');
    expect(jose.isExpired(4294967296)).toBe(false);
  });

  it("today's nanoseconds make a difference", () => {
    read('{"exp":1700000000.000001}');
    expect(jose.isExpired(1700000000)).toBe(false);
    expect(jose.isExpired(1700000000.000002)).toBe(true);
  });
});

describe("audiences", () => {
  it.each([
    ["a string", '{"aud":"api"}', "api", true],
    ["a list", '{"aud":["x","api"]}', "api", true],
    ["escapes", '{"aud":["\\u0061pi"]}', "api", true],
    ["a URL", '{"aud":"https://api/"}', "https://api/", true],
    ["a URL without its scheme, as Envoy compares", '{"aud":"https://api/"}', "api", false],
    ["a URL without its slash, as Envoy compares", '{"aud":"https://api/"}', "https://api", false],
    ["another case", '{"aud":"API"}', "api", false],
    ["a prefix", '{"aud":"api2"}', "api", false],
    ["an empty list", '{"aud":[]}', "api", false],
    ["no audience", "{}", "api", false],
    ["the empty string", '{"aud":""}', "", true],
    ["a list of the empty string", '{"aud":[""]}', "", true],
    ["a name inside another claim", '{"x":["api"],"aud":"y"}', "api", false],
  ])("%s", (_, payload, value, has) => {
    read(payload);
    expect(jose.hasAudience(value)).toBe(has);
  });
});

describe("looking for a claim", () => {
  const payload = JSON.stringify({
    sub: "ann",
    n: 12345678901234567890n.toString(),
    "https://example.com/roles": ["admin"],
    "a.b": "literal",
    a: { b: "nested", c: { d: [1, { e: 2 }], f: null }, "x[y]": 1 },
    yes: true,
    no: false,
    list: ["a", "b"],
  }).replace('"12345678901234567890"', "12345678901234567890");

  it.each([
    ["sub", "string", "ann"],
    ["n", "number", "12345678901234567890"],
    ["yes", "true", "true"],
    ["no", "false", "false"],
    ["a.c.f", "null", "null"],
    ["a.b", "string", "nested"],
    ["[a.b]", "string", "literal"],
    ["[a][b]", "string", "nested"],
    ["a.c", "object", '{"d":[1,{"e":2}],"f":null}'],
    ["a.c.d", "array", '[1,{"e":2}]'],
    ["list", "array", '["a","b"]'],
    ["[https://example.com/roles]", "array", '["admin"]'],
  ])("%s", (path, kind, value) => {
    read(payload);
    expect(jose.find(path)).toEqual({ kind, value });
  });

  it.each(["b", "a.b.c", "sub.x", "list.0", "a.c.d.e", "https://example.com/roles", "[a.c]", "SUB"])(
    "%s is not there",
    (path) => {
      read(payload);
      expect(jose.find(path)).toBeNull();
    },
  );

  it.each(["", ".", "a.", ".a", "a..b", "[", "[]", "[a", "[a]b", "[a].b", "[a][", "[a][]"])(
    "%j is not a path",
    (path) => {
      expect(jose.find(path)).toBe("bad path");
    },
  );

  it("resolves escapes in names and values, and keeps large numbers as they are written", () => {
    read('{"\\u0061":{"\\"":"\\ud83d\\ude00"},"big":123456789012345678901234567890,"f":5.50}');
    expect(jose.find('a."')).toEqual({ kind: "string", value: "😀" });
    expect(jose.find("big")).toEqual({ kind: "number", value: "123456789012345678901234567890" });
    expect(jose.find("f")).toEqual({ kind: "number", value: "5.50" });
  });
});
