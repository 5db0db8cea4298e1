import { hashName } from "../../crypto/hash";
import { rowOf, Scheme } from "../../jose/algorithms";
import { Jwk } from "../../jose/jwk";
import { CompactJws } from "../../jose/jws";
import { Verdict, verifySignature } from "../../sdk";

/**
 * Whether the token's signature was made with this key, which fits its algorithm.
 *
 * RSASSA-PKCS1-v1_5 is verified by Envoy, whose BoringSSL is faster there, unless the proxy has no `verify_signature`.
 * Everything else is faster in Wasm, or is not to be had from Envoy: see docs/cryptography.md.
 */
export function isSignedWith(key: Jwk, jws: CompactJws): bool {
  const row = rowOf(jws.algorithm);
  if (row === null) return false;
  const spki = key.spki;
  if (row.scheme == Scheme.Pkcs1 && spki !== null) {
    const verdict = verifySignature(hashName(row.hash), spki, jws.signature, jws.signingInput);
    if (verdict != Verdict.Unavailable) return verdict == Verdict.Valid;
  }
  return key.key.verify(row, jws.signingInput, jws.signature);
}
