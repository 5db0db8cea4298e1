import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { JoseModule } from "./jose-module.ts";

const jose = new JoseModule();

describe("SubjectPublicKeyInfo, byte for byte as Node's crypto writes it", () => {
  function compare(jwk: object): void {
    const expected = createPublicKey({ key: { ...jwk }, format: "jwk" }).export({ type: "spki", format: "der" });
    const { text, keys, skipped } = jose.parseKeys(JSON.stringify({ keys: [jwk] }));
    expect({ text, skipped }).toEqual({ text: "OK", skipped: [] });
    expect(Buffer.from(keys[0]?.spki ?? []).toString("hex")).toBe(expected.toString("hex"));
  }

  it.each([2048, 2056, 3072, 4096])("RSA of %d bits", (modulusLength) => {
    compare(generateKeyPairSync("rsa", { modulusLength }).publicKey.export({ format: "jwk" }));
  });

  it("RSA of every length of the modulus and the exponent, up to the limits", () => {
    // Not products of primes: nobody looks at that here.
    for (const bits of [2048, 2049, 2055, 2056, 4095, 8192, 16383, 16384]) {
      for (const e of ["Aw", "EQ", "AQAB", "AQAAAQ", "_____w", "Af____8"]) {
        compare({ kty: "RSA", n: oddNumber(bits), e });
      }
    }
  });
});

/** 2^(bits - 1) + 1 in base64url. */
function oddNumber(bits: number): string {
  const hex = ((1n << BigInt(bits - 1)) | 1n).toString(16);
  return Buffer.from(hex.padStart(2 * Math.ceil(bits / 8), "0"), "hex").toString("base64url");
}
