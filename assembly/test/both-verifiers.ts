/**
 * Verifies with Envoy's `verify_signature` and with our own code, and tells both verdicts: `envoy=true wasm=true`. The
 * configuration is a JWK Set, the signature that of the JWS in `x-jws`. Never shipped.
 */
import { hashName } from "../crypto/hash";
import { rowOf } from "../jose/algorithms";
import { Jwk } from "../jose/jwk";
import { JwkSet } from "../jose/jwk-set";
import { CompactJws } from "../jose/jws";
import { JwtStatus } from "../jose/status";
import * as sdk from "../sdk";
export * from "../abi/callbacks/required";
export { proxy_on_request_headers } from "../abi/callbacks";

class VerifierRoot extends sdk.RootContext {
  private keys: JwkSet | null = null;

  onConfigure(configuration: sdk.Bytes): bool {
    this.keys = JwkSet.parse(configuration);
    return true;
  }

  createStream(): sdk.StreamContext {
    return new VerifierStream(this);
  }

  verdicts(token: sdk.Bytes): string {
    const jws = new CompactJws();
    if (jws.parse(token) != JwtStatus.Ok) return "no JWS";
    const keys = this.keys;
    const index = keys === null ? -1 : keys.next(-1, jws.kid, jws.algorithm);
    return keys === null || index < 0 ? "no key" : verify(keys.keys.at(index), jws);
  }
}

class VerifierStream extends sdk.StreamOf<VerifierRoot> {
  onRequestHeaders(endOfStream: bool): sdk.HeadersStatus {
    const token = sdk.requestHeaders.get("x-jws");
    const verdicts = token === null ? "no token" : this.root.verdicts(sdk.Bytes.of(token));
    sdk.LocalReply.of(200, verdicts).send();
    return sdk.HeadersStatus.StopAllIterationAndWatermark;
  }
}

function verify(key: Jwk, jws: CompactJws): string {
  const row = rowOf(jws.algorithm);
  const spki = key.spki;
  if (row === null || spki === null) return "not RSA";
  const verdict = sdk.verifySignature(hashName(row.hash), spki, jws.signature, jws.signingInput);
  return "envoy=" + verdictName(verdict) + " wasm=" + key.key.verify(row, jws.signingInput, jws.signature).toString();
}

function verdictName(verdict: sdk.Verdict): string {
  if (verdict == sdk.Verdict.Unavailable) return "unavailable";
  return (verdict == sdk.Verdict.Valid).toString();
}

sdk.registerFilter("both-verifiers", () => new VerifierRoot());
