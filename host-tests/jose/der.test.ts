import { createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { JoseModule } from "./jose-module.ts";
import { derSignature } from "./model.ts";

let jose: JoseModule;
beforeAll(async () => {
  jose = await JoseModule.load();
});

const CURVES = [
  ["P-256", 32, "sha256"],
  ["P-384", 48, "sha384"],
  ["P-521", 66, "sha512"],
] as const;

describe("SubjectPublicKeyInfo, byte for byte as Node's crypto writes it", () => {
  function compare(jwk: object): void {
    const expected = createPublicKey({ key: { ...jwk }, format: "jwk" }).export({ type: "spki", format: "der" });
    const { text, keys, skipped } = jose.parseKeys(JSON.stringify({ keys: [jwk] }));
    expect({ text, skipped }).toEqual({ text: "OK", skipped: [] });
    expect(Buffer.from(keys[0]?.spki ?? []).toString("hex")).toBe(expected.toString("hex"));
  }

  it.each(CURVES)("%s, 100 keys", (namedCurve) => {
    for (let i = 0; i < 100; i++) {
      compare(generateKeyPairSync("ec", { namedCurve }).publicKey.export({ format: "jwk" }));
    }
  });

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

describe("ECDSA signatures", () => {
  it.each(CURVES)("%s: what was signed as r and s verifies as DER", (namedCurve, coordinateLength, hash) => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve });
    const seen = new Set<number>();
    for (let i = 0; i < 300; i++) {
      const message = Buffer.from(`message ${i}`);
      const raw = sign(hash, message, { key: privateKey, dsaEncoding: "ieee-p1363" });
      const der = jose.ecdsaToDer(raw, coordinateLength) ?? new Uint8Array();
      seen.add(der.length);
      expect(verify(hash, message, { key: publicKey, dsaEncoding: "der" }, der)).toBe(true);
    }
    // Numbers with their first bit set, and numbers with a leading zero, came by.
    expect(seen.size).toBeGreaterThan(1);
  });

  it.each(CURVES)("%s: numbers of every length", (_, length) => {
    for (let zeros = 0; zeros < length; zeros++) {
      for (const first of [0x01, 0x7f, 0x80, 0xff]) {
        const r = Buffer.alloc(length, 0xa5).fill(0, 0, zeros);
        r[zeros] = first;
        const s = Buffer.alloc(length, 0x5a);
        for (const raw of [Buffer.concat([r, s]), Buffer.concat([s, r])]) {
          expect(Buffer.from(jose.ecdsaToDer(raw, length) ?? []).toString("hex")).toBe(
            derSignature(raw).toString("hex"),
          );
        }
      }
    }
  });

  it.each(CURVES)("%s: refuses another length, and zero", (_, length) => {
    for (const size of [0, 1, length, 2 * length - 1, 2 * length + 1, 4 * length]) {
      expect(jose.ecdsaToDer(Buffer.alloc(size, 1), length)).toBeNull();
    }
    const one = Buffer.alloc(length).fill(1, length - 1);
    const zero = Buffer.alloc(length);
    expect(jose.ecdsaToDer(Buffer.concat([zero, one]), length)).toBeNull();
    expect(jose.ecdsaToDer(Buffer.concat([one, zero]), length)).toBeNull();
    expect(jose.ecdsaToDer(Buffer.concat([one, one]), length)).not.toBeNull();
    expect(jose.ecdsaToDer(new Uint8Array(), 0)).toBeNull();
  });

  it("a DER signature in a token is not taken for a raw one", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    for (let i = 0; i < 20; i++) {
      expect(jose.ecdsaToDer(sign("sha256", Buffer.from([i]), privateKey), 32)).toBeNull();
    }
  });
});
