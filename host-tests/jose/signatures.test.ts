/** Signatures as tokens carry them, with the keys of a set: every algorithm, judged by the libraries that signed. */
import { createHmac, generateKeyPairSync, randomBytes } from "node:crypto";
import { exportJWK, SignJWT, type CryptoKey, type KeyObject } from "jose";
import { describe, expect, it } from "vitest";
import { JoseModule } from "./jose-module.ts";
import { base64url, RFC7515, RFC7515_A1, RFC8037_A2, RFC8037_A4 } from "./vectors.ts";

const jose = new JoseModule();

const use = (...keys: unknown[]) => jose.parseKeys(JSON.stringify({ keys }));

describe("published examples", () => {
  it.each([
    ["RFC 7515 A.1 HS256", RFC7515_A1.jwk, RFC7515_A1.token],
    ["RFC 7515 A.2 RS256", RFC7515.A2.jwk, RFC7515.A2.token],
    ["RFC 7515 A.3 ES256", RFC7515.A3.jwk, RFC7515.A3.token],
    ["RFC 7515 A.4 ES512", RFC7515.A4.jwk, RFC7515.A4.token],
    ["RFC 8037 A.4 EdDSA", RFC8037_A2, RFC8037_A4],
  ])("%s", (_, jwk, token) => {
    use(jwk);
    expect(jose.verifies(token)).toBe(true);
    use({ ...jwk, kid: "another" });
    expect(jose.verifies(token)).toBe(true);
  });
});

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const SIGNERS: [alg: string, key: KeyObject, jwk: KeyObject][] = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"].map((alg): [string, KeyObject, KeyObject] => [
    alg,
    rsa.privateKey,
    rsa.publicKey,
  ]),
  ...(["ES256:P-256", "ES384:P-384", "ES512:P-521"] as const).map((name): [string, KeyObject, KeyObject] => {
    const [alg, namedCurve] = name.split(":") as [string, string];
    const pair = generateKeyPairSync("ec", { namedCurve });
    return [alg, pair.privateKey, pair.publicKey];
  }),
  ...["EdDSA", "Ed25519"].map((alg): [string, KeyObject, KeyObject] => {
    const pair = generateKeyPairSync("ed25519");
    return [alg, pair.privateKey, pair.publicKey];
  }),
];

describe.each(SIGNERS)("%s", (alg, privateKey, publicKey) => {
  const sign = async (key: KeyObject | CryptoKey = privateKey) =>
    new SignJWT({ n: randomBytes(9).toString("hex") }).setProtectedHeader({ alg }).sign(key);

  it("what jose signs verifies, and no changed bit of it", async () => {
    use(await exportJWK(publicKey));
    for (let i = 0; i < 8; i++) {
      const token = await sign();
      expect(jose.verifies(token)).toBe(true);
      const [header = "", payload = "", signature = ""] = token.split(".");
      const bytes = Buffer.from(signature, "base64url");
      const bit = Math.floor(Math.random() * bytes.length * 8);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect({ bit, verifies: jose.verifies(`${header}.${payload}.${base64url(bytes)}`) }).toEqual({
        bit,
        verifies: false,
      });
      expect(jose.verifies(`${header}.${base64url(`${Math.random()}`)}.${signature}`)).toBe(false);
    }
  });

  it("not under another name of an algorithm for the same key", async () => {
    use(await exportJWK(publicKey));
    const [, payload = "", signature = ""] = (await sign()).split(".");
    for (const [other] of SIGNERS) {
      if (other === alg || (alg.startsWith("Ed") && other.startsWith("Ed"))) continue;
      expect(jose.verifies(`${base64url(JSON.stringify({ alg: other }))}.${payload}.${signature}`)).toBe(false);
    }
  });
});

describe.each([256, 384, 512])("HS%d", (bits) => {
  const secret = randomBytes(64);
  const header = base64url(JSON.stringify({ alg: `HS${bits}` }));
  const mac = (text: string, key: Buffer | string = secret) =>
    createHmac(`sha${bits}`, key).update(text).digest("base64url");

  it("what is authenticated with the secret verifies, and nothing else", () => {
    use({ kty: "oct", k: base64url(secret) });
    for (let i = 0; i < 50; i++) {
      const input = `${header}.${base64url(randomBytes(i))}`;
      if (i > 0) expect(jose.verifies(`${input}.${mac(input)}`)).toBe(true);
      expect(jose.verifies(`${input}A.${mac(input)}`)).toBe(false);
      expect(jose.verifies(`${input}.${mac(input).slice(0, -4)}`)).toBe(false);
    }
  });

  it("a public key is no secret", async () => {
    const input = `${header}.e30`;
    use(await exportJWK(rsa.publicKey));
    const pem = rsa.publicKey.export({ type: "spki", format: "pem" }).toString();
    const der = rsa.publicKey.export({ type: "spki", format: "der" });
    for (const key of [pem, pem.trim(), der]) expect(jose.verifies(`${input}.${mac(input, key)}`)).toBe(false);
  });
});

it("of several keys without a kid the right one is found", async () => {
  const pairs = Array.from({ length: 5 }, () => generateKeyPairSync("ed25519"));
  use(...(await Promise.all(pairs.map(async ({ publicKey }) => exportJWK(publicKey)))));
  for (const { privateKey } of pairs) {
    expect(jose.verifies(await new SignJWT({}).setProtectedHeader({ alg: "EdDSA" }).sign(privateKey))).toBe(true);
  }
  const stranger = generateKeyPairSync("ed25519").privateKey;
  expect(jose.verifies(await new SignJWT({}).setProtectedHeader({ alg: "EdDSA" }).sign(stranger))).toBe(false);
});
