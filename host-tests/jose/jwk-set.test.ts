import { createHash, createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { JoseModule } from "./jose-module.ts";
import { RFC7515, RFC7515_A1, RFC7517_A1, RFC7638_THUMBPRINT, RFC8037_A2 } from "./vectors.ts";

const jose = new JoseModule();

const RSA = RFC7515.A2.jwk;
const EC = RFC7515.A3.jwk;
const P384 = generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey.export({ format: "jwk" });
const P521 = RFC7515.A4.jwk;

function parse(...keys: unknown[]) {
  return jose.parseKeys(JSON.stringify({ keys }));
}

/** Why a key is skipped; "OK" when it is used. */
function verdict(key: unknown): string {
  const { keys, skipped } = parse(key);
  expect(keys.length + skipped.length).toBe(1);
  return skipped[0]?.text ?? "OK";
}

const SECRET = RFC7515_A1.jwk;

const LENGTH = "x or y does not have the length of a coordinate";
const POINT = "x and y are not a point that signatures can be verified with";
const SHORT = "k is shorter than the hash of its algorithm";

const octets = (bytes: number[] | Uint8Array) => Buffer.from(bytes).toString("base64url");
const modulus = (length: number, first: number, last = 1) => {
  const bytes = Buffer.alloc(length, 0x55);
  bytes[0] = first;
  bytes[length - 1] = last;
  return octets(bytes);
};

describe("RFC 7517 appendix A.1", () => {
  it("the key for encryption is skipped, the other one is used", () => {
    const { text, keys, skipped } = jose.parseKeys(JSON.stringify(RFC7517_A1, null, 2));
    expect(text).toBe("OK");
    expect(skipped).toEqual([{ index: 0, text: "use is not sig" }]);
    expect(keys.map(({ kid, alg }) => ({ kid, alg }))).toEqual([{ kid: "2011-04-29", alg: "RS256" }]);
  });

  it("the SubjectPublicKeyInfo is that of the key whose thumbprint RFC 7638 §3.1 gives", () => {
    const { keys } = jose.parseKeys(JSON.stringify(RFC7517_A1));
    const key = createPublicKey({ key: Buffer.from(keys[0]?.spki ?? []), format: "der", type: "spki" });
    const { e, kty, n } = key.export({ format: "jwk" });
    expect(createHash("sha256").update(JSON.stringify({ e, kty, n })).digest("base64url")).toBe(RFC7638_THUMBPRINT);
  });
});

describe("the set", () => {
  const key = JSON.stringify(RSA);
  it.each([
    ["nothing", "", "the JWK set is not a JSON object with distinct member names"],
    ["a bare word in braces", "{x}", "the JWK set is not a JSON object with distinct member names"],
    ["a list of keys", `[${key}]`, "the JWK set is not a JSON object with distinct member names"],
    ["something after it", `{"keys":[${key}]}]`, "the JWK set is not a JSON object with distinct member names"],
    ["a broken key", '{"keys":[{"kty":"RSA","n":}]}', "the JWK set is not a JSON object with distinct member names"],
    ["keys cut off", `{"keys":[${key}`, "the JWK set is not a JSON object with distinct member names"],
    ["keys cut off in a key", '{"keys":[{"kty":"RSA"', "the JWK set is not a JSON object with distinct member names"],
    ["keys twice", `{"keys":[${key}],"keys":[${key}]}`, "the JWK set is not a JSON object with distinct member names"],
    [
      "keys twice, then empty",
      `{"keys":[${key}],"keys":[]}`,
      "the JWK set is not a JSON object with distinct member names",
    ],
    [
      "another member twice",
      `{"a":1,"keys":[${key}],"a":1}`,
      "the JWK set is not a JSON object with distinct member names",
    ],
    [
      "a repeated member below it",
      `{"a":{"b":1,"b":2},"keys":[${key}]}`,
      "the JWK set is not a JSON object with distinct member names",
    ],
    [
      "the same at its end",
      `{"keys":[${key}],"a":{"b":1,"b":2}}`,
      "the JWK set is not a JSON object with distinct member names",
    ],
    ["a single JWK", key, "the JWK set has no member keys"],
    ["an empty object", "{}", "the JWK set has no member keys"],
    ["a map of certificates", '{"kid":"-----BEGIN CERTIFICATE-----"}', "the JWK set has no member keys"],
    ["keys that are an object", `{"keys":${key}}`, "keys is not a list"],
    ["keys that are null", '{"keys":null}', "keys is not a list"],
    ["no key at all", '{"keys":[]}', "the JWK set has no key that can verify a signature"],
    [
      "no key that can be used",
      '{"keys":[1,{"kty":"oct","k":"AQ"}]}',
      "the JWK set has no key that can verify a signature",
    ],
  ])("refuses %s", (_, set, text) => {
    const parsed = jose.parseKeys(set);
    expect(parsed.text).toBe(text);
    expect(parsed.keys).toEqual([]);
    expect(jose.candidates(null, "RS256")).toEqual([]);
  });

  it("ignores other members", () => {
    expect(jose.parseKeys(`{"issuer":{"keys":[]},"keys":[${key}],"x":[{"kty":1}]}`)).toMatchObject({ text: "OK" });
  });

  it("takes 100 keys, and refuses 101", () => {
    expect(parse(...Array.from({ length: 100 }, () => RSA)).keys.length).toBe(100);
    expect(parse(...Array.from({ length: 101 }, () => RSA)).text).toBe("the JWK set has more than 100 keys");
    expect(parse(...Array.from({ length: 101 }, () => 1)).text).toBe("the JWK set has more than 100 keys");
  });

  it("takes 1 MiB, and refuses a byte more", () => {
    const set = (length: number) => {
      const rest = `{"keys":[${key}],"x":""}`;
      return rest.replace('""', `"${"x".repeat(length - rest.length)}"`);
    };
    expect(jose.parseKeys(set(1024 * 1024)).text).toBe("OK");
    expect(jose.parseKeys(set(1024 * 1024 + 1)).text).toBe("the JWK set is larger than 1 MiB");
  });

  it("says of each key why it is skipped, and uses the others", () => {
    const { text, keys, skipped } = parse("x", RSA, null, { kty: "oct", k: "AQ" }, EC, [RSA], { ...EC, crv: "P-999" });
    expect(text).toBe("OK");
    expect(keys.length).toBe(2);
    expect(skipped).toEqual([
      { index: 0, text: "not an object" },
      { index: 2, text: "not an object" },
      { index: 3, text: "k is shorter than the hash of its algorithm" },
      { index: 5, text: "not an object" },
      { index: 6, text: "crv is missing or not supported" },
    ]);
  });
});

describe("a key", () => {
  it.each([
    ["an RSA key", RSA, "OK"],
    ["an EC key", EC, "OK"],
    ["use sig", { ...RSA, use: "sig" }, "OK"],
    ["use enc", { ...RSA, use: "enc" }, "use is not sig"],
    ["use in another case", { ...RSA, use: "SIG" }, "use is not sig"],
    ["an empty use", { ...RSA, use: "" }, "use is not sig"],
    ["key_ops with verify", { ...RSA, key_ops: ["sign", "verify"] }, "OK"],
    ["key_ops without verify", { ...RSA, key_ops: ["sign"] }, "key_ops does not list verify, or lists it twice"],
    ["no key_ops", { ...RSA, key_ops: [] }, "key_ops does not list verify, or lists it twice"],
    [
      "key_ops with verify twice",
      { ...RSA, key_ops: ["verify", "verify"] },
      "key_ops does not list verify, or lists it twice",
    ],
    ["use and key_ops that disagree", { ...RSA, use: "enc", key_ops: ["verify"] }, "use is not sig"],
    ["alg that fits", { ...RSA, alg: "RS512" }, "OK"],
    ["alg of another kty", { ...RSA, alg: "ES256" }, "alg does not go with kty and crv"],
    ["alg of another curve", { ...EC, alg: "ES384" }, "alg does not go with kty and crv"],
    ["alg that is not supported", { ...RSA, alg: "RSA-OAEP" }, "alg is not supported"],
    ["alg none", { ...RSA, alg: "none" }, "alg is not supported"],
    ["an empty alg", { ...RSA, alg: "" }, "alg is not supported"],
    ["no kty", { n: RSA.n, e: RSA.e }, "kty is missing"],
    ["another kty", { ...RSA, kty: "rsa" }, "kty is not supported"],
    ["a secret", SECRET, "OK"],
    ["an Edwards key", RFC8037_A2, "OK"],
    ["an empty object", {}, "kty is missing"],
    ["the private part of an EC key", { ...EC, d: "AQ" }, "it has a private part (d, p, q, dp, dq, qi or oth)"],
    ["the private part of an RSA key", { ...RSA, d: null }, "it has a private part (d, p, q, dp, dq, qi or oth)"],
    ...["p", "q", "dp", "dq", "qi", "oth"].map((name): [string, object, string] => [
      `${name}, from which the private key follows`,
      { ...RSA, [name]: "AQ" },
      "it has a private part (d, p, q, dp, dq, qi or oth)",
    ]),
    ["members nobody knows", { ...RSA, x5c: ["MII"], x5t: 1, "x5t#S256": null, foo: { n: 1 } }, "OK"],
  ])("%s", (_, key, text) => {
    expect(verdict(key)).toBe(text);
  });

  it.each(["kty", "use", "alg", "kid", "crv", "n", "e", "x", "y", "k"])("%s must be a string", (name) => {
    for (const value of [1, null, true, ["RSA"], { n: "AQAB" }]) {
      expect(verdict({ ...RSA, [name]: value })).toBe("a member has the wrong type");
    }
  });

  it("key_ops must be a list of strings", () => {
    for (const value of ["verify", { verify: 1 }, null, 1, ["verify", 1], [["verify"]], ["verify", { a: 1 }]]) {
      expect(verdict({ ...RSA, key_ops: value })).toBe("a member has the wrong type");
    }
  });

  it("a repeated member is refused, the next key is not", () => {
    const key = JSON.stringify(RSA);
    const repeated = key.replace("{", '{"kty":"RSA",');
    const nested = key.replace("{", '{"x":{"a":1,"a":1},');
    const { keys, skipped } = jose.parseKeys(`{"keys":[${repeated},${nested},${key}]}`);
    expect(keys.length).toBe(1);
    expect(skipped).toEqual([
      { index: 0, text: "a member is there twice" },
      { index: 1, text: "a member is there twice" },
    ]);
  });

  it("names and values may have escapes", () => {
    expect(
      jose.parseKeys(JSON.stringify({ keys: [{ ...RSA, kid: "ä" }] }).replace('"kty"', '"\\u006bty"')),
    ).toMatchObject({
      text: "OK",
      keys: [{ kid: "ä" }],
    });
  });
});

describe("an RSA key", () => {
  const SIZE = "the modulus has less than 2048 or more than 16384 bits";
  const ZERO = "n or e is empty or starts with a zero octet";
  const EXPONENT = "the exponent is even, 1, or longer than 33 bits";
  it.each([
    ["2048 bits", modulus(256, 0x80), RSA.e, "OK"],
    ["2047 bits", modulus(256, 0x7f), RSA.e, SIZE],
    ["1024 bits", modulus(128, 0x80), RSA.e, SIZE],
    ["16384 bits", modulus(2048, 0xff), RSA.e, "OK"],
    ["16385 bits", modulus(2049, 0x01), RSA.e, SIZE],
    ["a modulus of one octet", "AQ", RSA.e, SIZE],
    ["an even modulus", modulus(256, 0x80, 2), RSA.e, "the modulus is even"],
    ["a leading zero octet in n", modulus(257, 0), RSA.e, ZERO],
    ["an empty n", "", RSA.e, ZERO],
    ["an empty e", RSA.n, "", ZERO],
    ["a leading zero octet in e", RSA.n, octets([0, 1, 0, 1]), ZERO],
    ["exponent 0", RSA.n, octets([0]), ZERO],
    ["exponent 1", RSA.n, octets([1]), EXPONENT],
    ["exponent 2", RSA.n, octets([2]), EXPONENT],
    ["exponent 3", RSA.n, octets([3]), "OK"],
    ["an even exponent", RSA.n, octets([1, 0, 0]), EXPONENT],
    ["33 bits", RSA.n, octets([1, 255, 255, 255, 255]), "OK"],
    ["34 bits", RSA.n, octets([2, 0, 0, 0, 1]), EXPONENT],
    ["padding", `${RSA.n}==`, RSA.e, "n, e, x, y or k is not base64url without padding"],
    ["plain base64", RSA.n.replaceAll("_", "/"), RSA.e, "n, e, x, y or k is not base64url without padding"],
    ["a line break", RSA.n, "AQ\nAB", "n, e, x, y or k is not base64url without padding"],
  ])("%s", (_, n, e, text) => {
    expect(verdict({ kty: "RSA", n, e })).toBe(text);
  });

  it("needs n and e", () => {
    expect(verdict({ kty: "RSA", n: RSA.n })).toBe("n, e, x, y or k is missing");
    expect(verdict({ kty: "RSA", e: RSA.e })).toBe("n, e, x, y or k is missing");
  });
});

describe("an EC key", () => {
  it.each([
    ["P-384", P384, "OK"],
    ["P-521", P521, "OK"],
    ["a curve that is not supported", { ...EC, crv: "secp256k1" }, "crv is missing or not supported"],
    ["a curve in another case", { ...EC, crv: "p-256" }, "crv is missing or not supported"],
    ["no crv, which Envoy takes for P-256", { kty: "EC", x: EC.x, y: EC.y }, "crv is missing or not supported"],
    ["no x", { kty: "EC", crv: "P-256", y: EC.y }, "n, e, x, y or k is missing"],
    ["no y", { kty: "EC", crv: "P-256", x: EC.x }, "n, e, x, y or k is missing"],
    ["the coordinates of another curve", { ...EC, crv: "P-384" }, LENGTH],
    ["a coordinate without its leading zero", { ...EC, x: octets(Buffer.alloc(31, 1)) }, LENGTH],
    ["a coordinate with one zero too many", { ...EC, y: octets(Buffer.alloc(33, 1)) }, LENGTH],
    ["an empty coordinate", { ...EC, x: "" }, LENGTH],
    ["padding", { ...EC, x: `${EC.x}=` }, "n, e, x, y or k is not base64url without padding"],
    ["a point that is not on the curve", { ...EC, x: EC.y, y: EC.x }, POINT],
    ["zeros", { ...EC, x: octets(Buffer.alloc(32)), y: octets(Buffer.alloc(32)) }, POINT],
    ["a coordinate of the field's size", { ...EC, x: octets(Buffer.alloc(32, 255)) }, POINT],
    ["a curve of another kty", { ...EC, crv: "Ed25519" }, "crv is missing or not supported"],
  ])("%s", (_, key, text) => {
    expect(verdict(key)).toBe(text);
  });
});

describe("an Edwards key", () => {
  it.each([
    ["Ed25519", RFC8037_A2, "OK"],
    ["with its alg", { ...RFC8037_A2, alg: "EdDSA" }, "OK"],
    ["with its other alg", { ...RFC8037_A2, alg: "Ed25519" }, "OK"],
    ["with another alg", { ...RFC8037_A2, alg: "ES256" }, "alg does not go with kty and crv"],
    ["for key agreement", { ...RFC8037_A2, crv: "X25519" }, "crv is missing or not supported"],
    ["of a curve that is not supported", { ...RFC8037_A2, crv: "Ed448" }, "crv is missing or not supported"],
    ["without crv", { kty: "OKP", x: RFC8037_A2.x }, "crv is missing or not supported"],
    ["of a curve of another kty", { ...RFC8037_A2, crv: "P-256" }, "crv is missing or not supported"],
    ["without x", { kty: "OKP", crv: "Ed25519" }, "n, e, x, y or k is missing"],
    ["cut short", { ...RFC8037_A2, x: octets(Buffer.alloc(31, 1)) }, LENGTH],
    ["the neutral element, for which anybody can sign", { ...RFC8037_A2, x: octets([1, ...Buffer.alloc(31)]) }, POINT],
    ["a number of the field's size", { ...RFC8037_A2, x: octets(Buffer.alloc(32, 0x7f)) }, POINT],
    ["a private key", { ...RFC8037_A2, d: "AQ" }, "it has a private part (d, p, q, dp, dq, qi or oth)"],
  ])("%s", (_, key, text) => {
    expect(verdict(key)).toBe(text);
  });
});

describe("a secret", () => {
  const secret = (length: number) => octets(Buffer.alloc(length, 0x5a));
  it.each([
    ["of 32 octets", { kty: "oct", k: secret(32) }, "OK"],
    ["of 31 octets", { kty: "oct", k: secret(31) }, SHORT],
    ["of none", { kty: "oct", k: "" }, SHORT],
    ["long enough for HS512", { kty: "oct", k: secret(64), alg: "HS512" }, "OK"],
    ["too short for HS384", { kty: "oct", k: secret(47), alg: "HS384" }, SHORT],
    ["too short for HS512", { kty: "oct", k: secret(63), alg: "HS512" }, SHORT],
    ["with an alg for public keys", { kty: "oct", k: secret(64), alg: "RS256" }, "alg does not go with kty and crv"],
    ["that is missing", { kty: "oct" }, "n, e, x, y or k is missing"],
    ["with padding", { kty: "oct", k: `${secret(32)}=` }, "n, e, x, y or k is not base64url without padding"],
  ])("%s", (_, key, text) => {
    expect(verdict(key)).toBe(text);
  });
});

describe("the keys that a token may be signed with", () => {
  const named = (kid: string) => ({ ...RSA, kid });

  it("with a kid: those that have it", () => {
    parse(named("a"), named("b"), RSA, named("a"));
    expect(jose.candidates("a", "RS256")).toEqual([0, 3]);
    expect(jose.candidates("b", "RS256")).toEqual([1]);
  });

  it("with a kid that no key has: those without one, never the first that comes", () => {
    parse(named("a"), RSA, named("b"), RSA);
    expect(jose.candidates("c", "RS256")).toEqual([1, 3]);
    parse(named("a"), named("b"));
    expect(jose.candidates("c", "RS256")).toEqual([]);
  });

  it("without a kid: all that fit", () => {
    parse(named("a"), EC, RSA, P384);
    expect(jose.candidates(null, "RS256")).toEqual([0, 2]);
    expect(jose.candidates(null, "ES256")).toEqual([1]);
    expect(jose.candidates(null, "ES384")).toEqual([3]);
    expect(jose.candidates(null, "ES512")).toEqual([]);
  });

  it("an empty kid is a kid", () => {
    parse(named(""), named("a"));
    expect(jose.candidates("", "RS256")).toEqual([0]);
    parse(named("a"));
    expect(jose.candidates("", "RS256")).toEqual([]);
  });

  it("a kid is compared whole, byte by byte", () => {
    parse(named("key"), named("KEY"), named("key1"));
    expect(jose.candidates("key", "RS256")).toEqual([0]);
    expect(jose.candidates("ke", "RS256")).toEqual([]);
  });

  it("a key with alg serves that one only", () => {
    parse({ ...RSA, alg: "RS256" }, { ...RSA, alg: "RS384" }, RSA);
    expect(jose.candidates(null, "RS256")).toEqual([0, 2]);
    expect(jose.candidates(null, "RS512")).toEqual([2]);
  });

  it("a curve serves its algorithm only", () => {
    parse(EC, P384, P521);
    expect(jose.candidates(null, "ES256")).toEqual([0]);
    expect(jose.candidates(null, "ES384")).toEqual([1]);
    expect(jose.candidates(null, "ES512")).toEqual([2]);
    expect(jose.candidates(null, "RS256")).toEqual([]);
    expect(jose.candidates(null, "none")).toEqual([]);
  });

  it("a secret serves the algorithms whose hash is not longer, and no other", () => {
    parse({ kty: "oct", k: octets(Buffer.alloc(32, 1)) }, { kty: "oct", k: octets(Buffer.alloc(48, 1)) }, SECRET);
    expect(jose.candidates(null, "HS256")).toEqual([0, 1, 2]);
    expect(jose.candidates(null, "HS384")).toEqual([1, 2]);
    expect(jose.candidates(null, "HS512")).toEqual([2]);
    expect(jose.candidates(null, "RS256")).toEqual([]);
  });

  it("an RSA key is no secret, and serves both paddings", () => {
    parse(RSA, RFC8037_A2);
    for (const bits of [256, 384, 512]) {
      expect(jose.candidates(null, `HS${bits}`)).toEqual([]);
      expect(jose.candidates(null, `PS${bits}`)).toEqual([0]);
    }
    expect(jose.candidates(null, "Ed25519")).toEqual([1]);
  });

  it("one kid for two key types: the one that fits", () => {
    parse({ ...RSA, kid: "k" }, { ...EC, kid: "k" });
    expect(jose.candidates("k", "RS256")).toEqual([0]);
    expect(jose.candidates("k", "ES256")).toEqual([1]);
  });
});
