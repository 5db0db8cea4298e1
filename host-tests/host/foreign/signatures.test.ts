/** `verify_signature` and `sign`, over the matrix of what Envoy's BoringSSL build answers. */
import { createSign, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Context } from "../context.ts";
import { bytesField, numberField, ProtoWriter, readProto, textField } from "../proto.ts";
import { FOREIGN_FUNCTIONS } from "./functions.ts";

const TEXT = Buffer.from("header.payload");
const NO_CONTEXT = undefined as unknown as Context;

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const curves = ["P-256", "P-384", "P-521", "secp256k1"].map((namedCurve) => generateKeyPairSync("ec", { namedCurve }));
const [p256, p384, p521, k1] = curves as [typeof rsa, typeof rsa, typeof rsa, typeof rsa];
const ed25519 = generateKeyPairSync("ed25519");

const spki = (key: KeyObject): Buffer => key.export({ type: "spki", format: "der" });

function call(name: string, argument: Buffer): { status: number; result?: Buffer } {
  return FOREIGN_FUNCTIONS.get(name)?.({ argument, current: NO_CONTEXT, effective: NO_CONTEXT }) ?? { status: -1 };
}

function verify(
  hash: string,
  key: Buffer,
  signature: Buffer,
  pem = "",
): { status: number; valid: boolean; error: string } {
  const argument = new ProtoWriter()
    .bytes(1, hash)
    .bytes(2, key)
    .bytes(3, signature)
    .bytes(4, TEXT)
    .bytes(5, pem)
    .finish();
  const { status, result = Buffer.alloc(0) } = call("verify_signature", argument);
  const fields = readProto(result) ?? new Map<number, bigint | Buffer>();
  return { status, valid: numberField(fields, 1) === 1, error: textField(fields, 2) };
}

describe("verify_signature", () => {
  it.each([
    ["sha256", rsa],
    ["SHA256", rsa],
    ["sha384", rsa],
    ["sha512", rsa],
    ["sha1", rsa],
    ["sha224", rsa],
    ["sha256", p256],
    ["sha384", p384],
    ["sha512", p521],
    ["sha384", p256],
  ] as const)("takes a %s signature", (hash, { publicKey, privateKey }) => {
    const signature = createSign(hash).update(TEXT).sign(privateKey);
    expect(verify(hash, spki(publicKey), signature)).toEqual({ status: 0, valid: true, error: "" });
  });

  it("gives two bytes for a valid signature", () => {
    const argument = new ProtoWriter()
      .bytes(1, "sha256")
      .bytes(2, spki(rsa.publicKey))
      .bytes(3, sign("sha256", TEXT, rsa.privateKey));
    expect(call("verify_signature", argument.bytes(4, TEXT).finish()).result).toEqual(Buffer.of(8, 1));
  });

  it.each([
    [
      "another text",
      "sha256",
      spki(rsa.publicKey),
      sign("sha256", Buffer.from("x"), rsa.privateKey),
      "Failed to verify digest. Error code: 0",
    ],
    ["no signature", "sha256", spki(rsa.publicKey), Buffer.alloc(0), "Failed to verify digest. Error code: 0"],
    [
      "an ECDSA signature as JWS has it",
      "sha256",
      spki(p256.publicKey),
      sign("sha256", TEXT, { key: p256.privateKey, dsaEncoding: "ieee-p1363" }),
      "Failed to verify digest. Error code: 0",
    ],
    [
      "RSA-PSS",
      "sha256",
      spki(rsa.publicKey),
      sign("sha256", TEXT, { key: rsa.privateKey, padding: 6, saltLength: 32 }),
      "Failed to verify digest. Error code: 0",
    ],
    ["sha-256", "sha-256", spki(rsa.publicKey), Buffer.alloc(256), "sha-256 is not supported."],
    ["a JWS algorithm as hash", "RS256", spki(rsa.publicKey), Buffer.alloc(256), "RS256 is not supported."],
    ["no hash", "", spki(rsa.publicKey), Buffer.alloc(256), " is not supported."],
    [
      "a PKCS #1 key",
      "sha256",
      rsa.publicKey.export({ type: "pkcs1", format: "der" }),
      Buffer.alloc(256),
      "Failed to initialize digest verify.",
    ],
    ["no key at all", "sha256", Buffer.from("key"), Buffer.alloc(256), "Failed to initialize digest verify."],
    [
      "secp256k1",
      "sha256",
      spki(k1.publicKey),
      sign("sha256", TEXT, k1.privateKey),
      "Failed to initialize digest verify.",
    ],
    [
      "Ed25519",
      "sha256",
      spki(ed25519.publicKey),
      sign(null, TEXT, ed25519.privateKey),
      "Failed to initialize digest verify.",
    ],
  ])("answers no for %s", (_name, hash, key, signature, error) => {
    expect(verify(hash, key, signature)).toEqual({ status: 0, valid: false, error });
  });

  it("takes a key in PEM, but not two keys or none", () => {
    const pem = rsa.publicKey.export({ type: "spki", format: "pem" }).toString();
    const signature = sign("sha256", TEXT, rsa.privateKey);
    expect(verify("sha256", Buffer.alloc(0), signature, pem).valid).toBe(true);
    expect(verify("sha256", spki(rsa.publicKey), signature, pem).status).toBe(2);
    expect(verify("sha256", Buffer.alloc(0), signature).status).toBe(2);
  });

  it("wants protobuf", () => {
    expect(call("verify_signature", Buffer.from("nonsense")).status).toBe(2);
  });
});

describe("sign", () => {
  it.each([
    ["RSA", rsa],
    ["P-256", p256],
  ] as const)("makes %s signatures that verify_signature takes", (_name, { publicKey, privateKey }) => {
    const key = privateKey.export({ type: "pkcs8", format: "der" });
    const argument = new ProtoWriter().bytes(1, "sha256").bytes(2, key).bytes(3, TEXT).finish();
    const fields = readProto(call("sign", argument).result ?? Buffer.alloc(0)) ?? new Map<number, bigint | Buffer>();
    expect(numberField(fields, 1)).toBe(1);
    expect(verify("sha256", spki(publicKey), bytesField(fields, 2)).valid).toBe(true);
  });
});
