/** Public keys and secrets in the forms that contenders want them in. */
import type { KeyObject } from "node:crypto";
import type { SignatureCase } from "./cases.ts";

/** A JWK Set with the key alone. */
export function jwkSet({ key }: SignatureCase): Uint8Array {
  return Buffer.from(JSON.stringify({ keys: [key.export({ format: "jwk" })] }));
}

/** SubjectPublicKeyInfo in DER, or the secret. */
export function spki({ key }: SignatureCase): Uint8Array {
  return key.type === "secret" ? key.export() : key.export({ type: "spki", format: "der" });
}

/** RSAPublicKey in DER; a point, uncompressed or, on Ed25519, encoded; or the secret. */
export function bareKey({ key }: SignatureCase): Uint8Array {
  if (key.type === "secret") return key.export();
  if (key.asymmetricKeyType === "rsa") return key.export({ type: "pkcs1", format: "der" });
  return point(key);
}

function point(key: KeyObject): Uint8Array {
  const { x = "", y } = key.export({ format: "jwk" });
  const octets = (text: string) => Buffer.from(text, "base64url");
  return y === undefined ? octets(x) : Buffer.concat([Buffer.of(4), octets(x), octets(y)]);
}
