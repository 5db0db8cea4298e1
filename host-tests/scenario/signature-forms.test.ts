import { generateKeyPairSync, sign, verify, type KeyObject } from "node:crypto";
import { describe, expect, it } from "vitest";
import { inForm } from "./signature-forms.ts";

const MESSAGE = Buffer.from("message");

const CURVES = [
  ["ES256", "P-256", "sha256"],
  ["ES384", "P-384", "sha384"],
  ["ES512", "P-521", "sha512"],
] as const;

describe.each(CURVES)("ECDSA, %s", (alg, namedCurve, hash) => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve });
  const raw = (key: KeyObject) => ({ key, dsaEncoding: "ieee-p1363" }) as const;
  const signature = sign(hash, MESSAGE, raw(privateKey));

  it("in DER verifies as DER", () => {
    expect(verify(hash, MESSAGE, publicKey, inForm(signature, "der", alg))).toBe(true);
  });

  it("negated verifies too, and is another one", () => {
    const negated = inForm(signature, "negated", alg);
    expect(negated.equals(signature)).toBe(false);
    expect(verify(hash, MESSAGE, raw(publicKey), negated)).toBe(true);
    expect(inForm(negated, "negated", alg).equals(signature)).toBe(true);
  });
});

describe("EdDSA", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const signature = sign(null, MESSAGE, privateKey);

  it("unreduced does not verify, and differs by the order only", () => {
    const unreduced = inForm(signature, "unreduced", "EdDSA");
    expect(unreduced).toHaveLength(64);
    expect(unreduced.subarray(0, 32).equals(signature.subarray(0, 32))).toBe(true);
    expect(verify(null, MESSAGE, publicKey, unreduced)).toBe(false);
    const scalar = (of: Buffer) => BigInt(`0x${Buffer.from(of.subarray(32)).reverse().toString("hex")}`);
    expect((scalar(unreduced) - scalar(signature)) % 2n ** 252n).toBe(27742317777372353535851937790883648493n);
  });
});

it("has forms that are longer and shorter", () => {
  expect(inForm(Buffer.from([1, 2]), "longer", "RS256")).toEqual(Buffer.from([0, 1, 2]));
  expect(inForm(Buffer.from([1, 2]), "shorter", "RS256")).toEqual(Buffer.from([1]));
});

it("has no order for RSA", () => {
  expect(() => inForm(Buffer.alloc(256), "negated", "RS256")).toThrow("mutate.signature: RS256 has no such form");
});
