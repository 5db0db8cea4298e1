import { beforeAll, describe, expect, it } from "vitest";
import { JoseModule } from "./jose-module.ts";

const jose = new JoseModule();

describe("the table of algorithms", () => {
  it.each([
    ...["RS", "PS", "ES", "HS"].flatMap((family) => [256, 384, 512].map((bits) => [`${family}${bits}`, bits / 8])),
    ["EdDSA", 64],
  ])("%s", (name, hashLength) => {
    expect(jose.algorithm(String(name))).toEqual({ name, hashLength });
  });

  it("Ed25519 is another name of EdDSA (RFC 9864 §2.2)", () => {
    expect(jose.algorithm("Ed25519")).toEqual(jose.algorithm("EdDSA"));
  });

  it.each(["", "none", "None", "rs256", "RS257", "RS256 ", "RS2560", "HS1", "eddsa", "Ed448", "ES256K", "RSA1_5"])(
    "%j has no row",
    (name) => {
      expect(jose.algorithm(name)).toBeNull();
    },
  );
});

describe("statuses", () => {
  let all: { text: string; reason: string }[];
  beforeAll(() => {
    // The last ones are none: what has no text of its own has that of an invalid signature.
    all = Array.from({ length: 40 }, (_, status) => ({
      text: jose.statusText(status),
      reason: jose.statusReason(status),
    }));
  });

  it("each failure that Envoy has too has Envoy's text", () => {
    // source/common/jwt/status.cc
    const envoy = [
      "Jwt is missing",
      "Found multiple Jwt tokens",
      "Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections",
      "Jwt header is an invalid Base64url encoded",
      "Jwt header is an invalid JSON",
      "Jwt header [alg] field is required and must be a string",
      "Jwt header [alg] is not supported",
      "Jwt header [kid] field is not a string",
      "Jwt payload is an invalid Base64url encoded",
      "Jwt payload is an invalid JSON",
      ...["iss", "sub", "jti"].map((name) => `Jwt payload [${name}] field is not a string`),
      ...["iat", "nbf", "exp"].map((name) => `Jwt payload [${name}] field is not an integer`),
      ...["iat", "nbf", "exp"].map((name) => `Jwt payload [${name}] field is not a positive 64 bit integer`),
      "Jwt payload [aud] field is not a string or string list",
      "Jwt signature is an invalid Base64url encoded",
      "Jwt issuer is not configured",
      "Jwt not yet valid",
      "Jwt is expired",
      "Audiences in Jwt are not allowed",
      "Jwks remote fetch is failed",
      "Jwks doesn't have key to match kid or alg from Jwt",
      "Jwt verification fails",
    ];
    const own = [
      "OK",
      "Jwt header [crit] is not supported",
      "Jwt header [b64] is not supported",
      "Jwt payload is too large",
    ];
    expect([...new Set(all.map(({ text }) => text))].sort()).toEqual([...envoy, ...own].sort());
  });

  it("reasons are few, and words that a metric's name can hold", () => {
    const reasons = [...new Set(all.map(({ reason }) => reason))];
    expect(reasons.length).toBeLessThanOrEqual(20);
    for (const reason of reasons) expect(reason).toMatch(/^[a-z][a-z_]*$/);
  });
});
