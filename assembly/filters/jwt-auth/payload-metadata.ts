import { encodeBase64 } from "../../encoding/base64";
import { payloadValue } from "../../jose/payload-value";
import { Bytes } from "../../sdk";

/**
 * A Wasm filter cannot write dynamic metadata, which is where Istio's policies look for claims (`request.auth.*`). Envoy's
 * header_to_metadata can, from a header that it removes: docs/request-auth.md.
 */

/** Envoy's header_to_metadata ignores longer values (`MAX_HEADER_VALUE_LEN` there is one more). */
const MAX_HEADER_LENGTH = 8191;

/** What base64, padded to groups of four characters for three bytes, gets into that. */
const MAX_VALUE_SIZE = (MAX_HEADER_LENGTH >> 2) * 3;

/** Claims that Istio always takes for lists of words, whatever a rule's `spaceDelimitedClaims` adds. */
export const SPACE_DELIMITED_CLAIMS = ["scope", "permission"];

/**
 * The header's value for a claims set: base64 of the `google.protobuf.Value` that native jwt_authn, configured by Istio,
 * would have put into metadata. Null when that is more than Envoy would read. Such a token must be refused: without its
 * claims a policy that denies by a claim would not apply to it.
 */
export function payloadMetadata(payload: Bytes, spaceDelimited: Bytes[]): Bytes | null {
  const value = payloadValue(payload, spaceDelimited, MAX_VALUE_SIZE);
  return value === null ? null : encodeBase64(value);
}
