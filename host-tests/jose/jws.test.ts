import { createPublicKey, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { JoseModule, type Header } from "./jose-module.ts";
import { base64url, RFC7515, unsigned } from "./vectors.ts";

const BAD_FORMAT = "Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections";
const HEADER_BASE64 = "Jwt header is an invalid Base64url encoded";
const HEADER_JSON = "Jwt header is an invalid JSON";
const PAYLOAD_BASE64 = "Jwt payload is an invalid Base64url encoded";
const SIGNATURE_BASE64 = "Jwt signature is an invalid Base64url encoded";
const ALG = "Jwt header [alg] field is required and must be a string";
const UNSUPPORTED_ALG = "Jwt header [alg] is not supported";
const KID = "Jwt header [kid] field is not a string";
const CRIT = "Jwt header [crit] is not supported";
const B64 = "Jwt header [b64] is not supported";

const jose = new JoseModule();

function read(token: string): Header {
  const header = jose.parseJws(token);
  if (typeof header === "string") throw new Error(header);
  return header;
}

describe("RFC 7515 appendix A", () => {
  it.each([
    ["A.2 RS256", RFC7515.A2, "RS256", "sha256"],
    ["A.3 ES256", RFC7515.A3, "ES256", "sha256"],
    ["A.4 ES512", RFC7515.A4, "ES512", "sha512"],
  ])("%s: what is signed and the signature verify with the example's key", (_, { jwk, token }, alg, hash) => {
    const header = read(token);
    expect(header.alg).toBe(alg);
    expect(header.kid).toBeNull();
    expect(header.json).toBe(`{"alg":"${alg}"}`);
    expect(header.signingInput).toBe(token.slice(0, token.lastIndexOf(".")));

    const key = createPublicKey({ key: { ...jwk }, format: "jwk" });
    expect(verify(hash, Buffer.from(header.signingInput), { key, dsaEncoding: "ieee-p1363" }, header.signature)).toBe(
      true,
    );
  });

  it("A.2: the payload, line breaks and all", () => {
    expect(Buffer.from(read(RFC7515.A2.token).payload).toString()).toBe(
      '{"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true}',
    );
  });

  it("A.5: an unsecured token has no signature part", () => {
    expect(jose.parseJws(`${base64url('{"alg":"none"}')}.${base64url("{}")}.`)).toBe(BAD_FORMAT);
  });
});

describe("the form of a token", () => {
  const header = base64url('{"alg":"RS256"}');
  it.each([
    ["nothing", "", BAD_FORMAT],
    ["dots alone", "..", BAD_FORMAT],
    ["one part", header, BAD_FORMAT],
    ["two parts", `${header}.e30`, BAD_FORMAT],
    ["an empty header", ".e30.AQID", BAD_FORMAT],
    ["an empty payload", `${header}..AQID`, BAD_FORMAT],
    ["an empty signature", `${header}.e30.`, BAD_FORMAT],
    ["four parts", `${header}.e30.AQID.AQID`, BAD_FORMAT],
    ["five parts, as JWE", `${header}.e30.e30.e30.e30`, BAD_FORMAT],
    ["a double dot, which Envoy takes for one", `${header}..e30.AQID`, BAD_FORMAT],
    ["a dot at the end", `${header}.e30.AQID.`, BAD_FORMAT],
    ["a space before", ` ${header}.e30.AQID`, HEADER_BASE64],
    ["a space after", `${header}.e30.AQID `, SIGNATURE_BASE64],
    ["padding, which Envoy skips", `${header}.e30.AQI=`, SIGNATURE_BASE64],
    ["padding in the header", `${base64url('{"alg":"RS256" }')}==.e30.AQID`, HEADER_BASE64],
    ["a character of plain base64", `${header}.e3+/.AQID`, PAYLOAD_BASE64],
    ["a single character left over", `${header}.e30.AQIDB`, SIGNATURE_BASE64],
    ["a set bit that no byte takes", `${header}.e31.AQID`, PAYLOAD_BASE64],
    ["a line break in the signature", `${header}.e30.AQ\nID`, SIGNATURE_BASE64],
  ])("refuses %s", (_, token, text) => {
    expect(jose.parseJws(token)).toBe(text);
  });

  it("takes a token of the largest size, and refuses one byte more", () => {
    const token = unsigned('{"alg":"RS256"}');
    expect(jose.parseJws(token, token.length)).toMatchObject({ alg: "RS256" });
    expect(jose.parseJws(token, token.length - 1)).toBe(BAD_FORMAT);
    expect(jose.parseJws(`${header}.e30.${"A".repeat(64 * 1024)}`)).toBe(BAD_FORMAT);
  });
});

describe("the header", () => {
  it.each([
    ["not an object", '"RS256"', HEADER_JSON],
    ["a list", '[{"alg":"RS256"}]', HEADER_JSON],
    ["a bare word in braces, which traps a JSON package", "{x}", HEADER_JSON],
    ["an empty text in braces", "{", HEADER_JSON],
    ["null", "null", HEADER_JSON],
    ["something after the object", '{"alg":"RS256"}{}', HEADER_JSON],
    ["a trailing comma", '{"alg":"RS256",}', HEADER_JSON],
    ["a byte order mark", '\ufeff{"alg":"RS256"}', HEADER_JSON],
    ["a comment", '{"alg":"RS256"/**/}', HEADER_JSON],
    ["single quotes", "{'alg':'RS256'}", HEADER_JSON],
    ["a repeated parameter", '{"alg":"RS256","alg":"RS256"}', HEADER_JSON],
    ["a repeated parameter, once in escapes", '{"alg":"none","\\u0061lg":"RS256"}', HEADER_JSON],
    ["a repeated parameter that nobody knows", '{"alg":"RS256","x":1,"x":1}', HEADER_JSON],
    ["a repeated member of a nested object", '{"alg":"RS256","x":{"y":1,"y":2}}', HEADER_JSON],
    ["an object nested too deeply", `{"alg":"RS256","x":${'{"x":'.repeat(32)}1${"}".repeat(32)}}`, HEADER_JSON],
    ["a list nested without end", `{"alg":"RS256","x":${"[".repeat(5000)}`, HEADER_JSON],
    ["a control character in a string", '{"alg":"RS256","x":"\u0001"}', HEADER_JSON],
    ["half of a surrogate pair", '{"alg":"RS256","x":"\\ud800"}', HEADER_JSON],
    ["no alg", "{}", ALG],
    ["an alg that is null", '{"alg":null}', ALG],
    ["an alg that is a number", '{"alg":256}', ALG],
    ["an alg that is a list", '{"alg":["RS256"]}', ALG],
    ["an alg in another member's object", '{"x":{"alg":"RS256"}}', ALG],
    ["none", '{"alg":"none"}', UNSUPPORTED_ALG],
    ["None", '{"alg":"None"}', UNSUPPORTED_ALG],
    ["an empty alg", '{"alg":""}', UNSUPPORTED_ALG],
    ["another case", '{"alg":"rs256"}', UNSUPPORTED_ALG],
    ["a space after the name", '{"alg":"RS256 "}', UNSUPPORTED_ALG],
    ["a zero byte after the name", '{"alg":"RS256\\u0000"}', UNSUPPORTED_ALG],
    ["a kid that is a number", '{"alg":"RS256","kid":1}', KID],
    ["a kid that is null", '{"alg":"RS256","kid":null}', KID],
    ["crit with an extension", '{"alg":"RS256","crit":["exp"],"exp":1}', CRIT],
    ["crit with a registered parameter", '{"alg":"RS256","crit":["alg"]}', CRIT],
    ["an empty crit", '{"alg":"RS256","crit":[]}', CRIT],
    ["a crit that is no list", '{"alg":"RS256","crit":"exp"}', CRIT],
    ["a crit that is null", '{"alg":"RS256","crit":null}', CRIT],
    ["b64 as RFC 7797 has it", '{"alg":"RS256","b64":false,"crit":["b64"]}', CRIT],
    ["b64 without crit", '{"alg":"RS256","b64":false}', B64],
    ["b64 as a string", '{"alg":"RS256","b64":"true"}', B64],
  ])("refuses %s", (_, header, text) => {
    expect(jose.parseJws(unsigned(header))).toBe(text);
  });

  it("refuses UTF-8 that is none", () => {
    const header = Buffer.concat([Buffer.from('{"alg":"RS256","x":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]);
    expect(jose.parseJws(`${base64url(header)}.e30.AQID`)).toBe(HEADER_JSON);
  });

  it.each(
    ["RS", "PS", "ES", "HS"].flatMap((family) => [256, 384, 512].map((bits) => `${family}${bits}`)).concat("EdDSA"),
  )("takes %s", (alg) => {
    expect(jose.parseJws(unsigned(`{"alg":"${alg}"}`))).toMatchObject({ alg });
  });

  it.each(["ES256K", "Ed448", "RS1", "dir"])("does not take %s, which has no row in the table", (alg) => {
    expect(jose.parseJws(unsigned(`{"alg":"${alg}"}`))).toBe(UNSUPPORTED_ALG);
  });

  it("reads names and values with escapes", () => {
    expect(jose.parseJws(unsigned('{"\\u0061lg":"RS\\u003256","k\\u0069d":"a\\"\\u00e4"}'))).toMatchObject({
      alg: "RS256",
      kid: 'a"ä',
    });
  });

  it.each([
    ["a kid", '{"alg":"RS256","kid":"k"}', "k"],
    ["an empty kid", '{"alg":"RS256","kid":""}', ""],
    ["no kid", '{"alg":"RS256"}', null],
    ["a kid before the alg", '{"kid":"k","alg":"RS256"}', "k"],
  ])("tells %s", (_, header, kid) => {
    expect(read(unsigned(header)).kid).toBe(kid);
  });

  it("ignores what it need not understand", () => {
    const header =
      '{"typ":5,"cty":null,"jku":"https://evil.example","jwk":{"kty":"RSA"},"x5c":[],"b64":true,"alg":"ES256"}';
    expect(read(unsigned(header))).toMatchObject({ alg: "ES256", kid: null, json: header });
  });

  it("names of several failures the one that Envoy checks first", () => {
    expect(jose.parseJws(unsigned('{"b64":false,"crit":1,"kid":1,"alg":"none"}'))).toBe(UNSUPPORTED_ALG);
    expect(jose.parseJws(unsigned('{"b64":false,"crit":1,"kid":1,"alg":"RS256"}'))).toBe(KID);
    expect(jose.parseJws(unsigned('{"b64":false,"crit":1,"alg":"RS256"}'))).toBe(CRIT);
    expect(jose.parseJws(unsigned('{"kid":1,"alg":2,"x":}'))).toBe(HEADER_JSON);
  });
});

it("forgets the last token", () => {
  jose.parseJws(unsigned('{"alg":"ES256","kid":"first"}'));
  expect(read(unsigned('{"alg":"RS256"}')).kid).toBeNull();
  expect(jose.parseJws("no token")).toBe(BAD_FORMAT);
});
