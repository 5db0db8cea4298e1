/** Tokens, claims and key sets with random changes: nothing traps, and our readers agree with the model and with `jose`. */
import { decodeJwt, decodeProtectedHeader } from "jose";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { check, mutated } from "../pure/property.ts";
import { JoseModule } from "./jose-module.ts";
import { isUsable, parseClaims, parseLoosely, parseObject, parseToken } from "./model.ts";
import { base64url, RFC7515, RFC7515_A1, RFC7517_A1, RFC8037_A2, unsigned } from "./vectors.ts";

const HEADERS = [
  '{"alg":"RS256","typ":"JWT","kid":"key-1"}',
  '{"alg":"ES256"}',
  '{"kid":"\\u0061\\"b","alg":"ES384","x":{"a":[1,{"a":null}]}}',
  '{"alg":"RS512","b64":true,"jwk":{"kty":"RSA","n":"AQAB"}}',
  '{"alg":"none"}',
  '{"alg":"EdDSA","kid":""}',
  '{"alg":"PS256"}',
  '{"alg":"HS512"}',
  '{"alg":"ES512","crit":["b64"],"b64":false}',
];

const PAYLOADS = [
  '{"iss":"https://issuer.example","sub":"ann","aud":["api","web"],"exp":1900000000,"nbf":0,"iat":1.5,"jti":"1"}',
  '{"aud":"api","exp":1e9,"realm_access":{"roles":["admin","user"]},"https://example.com/x":{"a":{"a":{}}}}',
  '{"\\u0069ss":"\\ud83d\\ude00","exp":18446744073709551615,"list":[[],[{}],{"a":[]}],"t":true,"f":false,"n":null}',
  "{}",
  '{"a":1,"b":{"a":1,"b":2},"c":[{"a":1},{"a":2}]}',
];

const SETS = [
  { keys: [{ ...RFC7515.A2.jwk, kid: "1", use: "sig", alg: "RS256", key_ops: ["verify"] }] },
  { keys: [RFC7515.A3.jwk, { ...RFC7515.A4.jwk, alg: "ES512" }], issuer: { keys: [] } },
  RFC7517_A1,
  { keys: [RFC8037_A2, RFC7515_A1.jwk] },
].map((set) => JSON.stringify(set));

const JSON_ALPHABET = '{}[]":,\\u0123456789aeinrstfl.-+ \n\t';
const TOKEN_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.....==+/ ";

const oneOf = (texts: string[]) => mutated(fc.constantFrom(...texts.map((text) => Buffer.from(text))), JSON_ALPHABET);

const jose = new JoseModule();

function compareToken(token: string): void {
  const read = jose.parseJws(token);
  const model = parseToken(token);
  if (typeof read === "string" || model === null) {
    expect({ token, accepted: typeof read !== "string" }).toEqual({ token, accepted: model !== null });
    return;
  }
  expect({ alg: read.alg, kid: read.kid }).toEqual({ alg: model.header["alg"], kid: model.header["kid"] ?? null });
  expect(Buffer.from(read.payload).equals(model.payload)).toBe(true);
  expect(Buffer.from(read.signature).equals(model.signature)).toBe(true);
  // Whatever we accept, jose accepts, and reads the same.
  expect(decodeProtectedHeader(token)).toEqual(model.header);
}

function compareClaims(payload: Uint8Array): void {
  const read = jose.parseClaims(payload);
  const model = parseClaims(payload);
  if (typeof read === "string" || model === null) {
    expect({ payload: Buffer.from(payload).toString(), accepted: typeof read !== "string" }).toEqual({
      payload: Buffer.from(payload).toString(),
      accepted: model !== null,
    });
    return;
  }
  const { aud, ...others } = read;
  const own = (name: string, absent: unknown) => (Object.hasOwn(model, name) ? model[name] : absent);
  expect({ ...others, aud: aud === null ? null : (JSON.parse(aud) as unknown) }).toEqual({
    iss: own("iss", null),
    sub: own("sub", null),
    jti: own("jti", null),
    exp: own("exp", -1),
    nbf: own("nbf", -1),
    iat: own("iat", -1),
    aud: own("aud", null),
  });
  expect(decodeJwt(`e30.${base64url(payload)}.`)).toEqual(model);
  for (const [name, value] of Object.entries(model)) {
    if (name === "" || name.includes("]")) continue;
    const found = jose.find(`[${name}]`);
    expect(found).not.toBeNull();
    if (found !== null && found !== "bad path") {
      expect(found.kind === "string" ? found.value : (JSON.parse(found.value) as unknown)).toEqual(value);
    }
  }
}

it("tokens as they arrive", () => {
  const tokens = [...Object.values(RFC7515).map(({ token }) => token), unsigned(HEADERS[0] ?? "", PAYLOADS[0])];
  const token = mutated(fc.constantFrom(...tokens.map((text) => Buffer.from(text))), TOKEN_ALPHABET);
  // A header value is Latin-1; what is not ASCII must be refused, so it need not be spelled right.
  check(3000, [token], (bytes) => {
    compareToken(Buffer.from(bytes).toString("latin1"));
  });
});

it("headers", () => {
  check(5000, [oneOf(HEADERS)], (header) => {
    compareToken(`${base64url(header)}.e30.AQID`);
  });
});

it("claims", () => {
  check(5000, [oneOf(PAYLOADS)], compareClaims);
});

it("claims of any shape", () => {
  const names = fc.constantFrom("iss", "sub", "aud", "exp", "nbf", "iat", "jti", "a", "a.b", "", "__proto__x");
  const object = fc.dictionary(names, fc.jsonValue({ maxDepth: 4 }), { maxKeys: 8 });
  check(2000, [object], (claims) => {
    compareClaims(Buffer.from(JSON.stringify(claims)));
  });
});

it("key sets", () => {
  check(5000, [oneOf(SETS)], (bytes) => {
    const { text, keys, skipped } = jose.parseKeys(bytes);
    const loose = parseLoosely(bytes);
    const set = parseObject(bytes);
    // Where a name comes twice decides whether a key or the set is refused: jwk-set.test.ts has these cases.
    if (loose !== null && set === null) return;
    const members = set !== null && Object.hasOwn(set, "keys") ? set["keys"] : null;
    const usable = Array.isArray(members) ? members.map(isUsable) : [];
    expect({ set: Buffer.from(bytes).toString(), keys: keys.length }).toMatchObject({
      keys: usable.filter(Boolean).length,
    });
    if (Array.isArray(members)) {
      expect(skipped.map(({ index }) => index)).toEqual(usable.flatMap((good, index) => (good ? [] : [index])));
    }
    expect(text === "OK").toBe(keys.length > 0);
  });
});
