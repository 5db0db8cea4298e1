import { encodeBase64 } from "../../encoding/base64";
import { isHeaderValue } from "../../http/header";
import { ClaimKind, ClaimLookup } from "../../jose/claim-lookup";
import { withWordLists } from "../../jose/word-lists";
import { Bytes, ByteWriter, declareStringFilterState, setFilterState } from "../../sdk";
import { JwtAuthConfig, Rule } from "./config";
import { payloadMetadata } from "./payload-metadata";

/**
 * What a valid token does to its request besides letting it pass: headers with its payload and claims, and claims in filter
 * state. Worked out once, when the token is verified, into one run of bytes that the cache can keep:
 *
 * ```
 *  kind (1) │ index (1) │ size (4, little-endian) │ value │ …
 * ```
 *
 * `index` names the header or property in the configuration. A claim that the token lacks has no entry.
 */
enum EffectKind {
  PayloadHeader,
  PayloadMetadataHeader,
  ClaimHeader,
  Payload,
  Property,
}

const HEAD_SIZE = 6;

/** Filter state that takes the payload of a verified token: `wasm.waypost_jwt_payload`. */
const PAYLOAD = Bytes.constant("waypost_jwt_payload");

const NOTHING = Bytes.constant("");

const lookup = new ClaimLookup();

/**
 * The effects of a token with this claims set. `payloadPart` is the payload as it stands in the token. Null when the claims
 * are too large for `payloadMetadataHeader`.
 */
export function renderEffects(config: JwtAuthConfig, rule: Rule, payload: Bytes, payloadPart: Bytes): Bytes | null {
  const writer = ByteWriter.create();
  if (rule.payloadSlot >= 0) writeEffect(writer, EffectKind.PayloadHeader, 0, payloadPart);
  if (config.payloadMetadataSlot >= 0) {
    const metadata = payloadMetadata(payload, rule.spaceDelimitedClaims);
    if (metadata === null) return null;
    writeEffect(writer, EffectKind.PayloadMetadataHeader, 0, metadata);
  }
  const headers = rule.claimHeaders;
  for (let i = 0; i < headers.length; i++) {
    const value = lookup.find(payload, unchecked(headers[i]).path) ? claimText(lookup) : null;
    if (value !== null) writeEffect(writer, EffectKind.ClaimHeader, i, value);
  }
  if (config.publishPayload || config.facts.claims.isGiven) {
    writeEffect(writer, EffectKind.Payload, 0, withWordLists(payload, rule.ownSpaceDelimitedClaims));
  }
  const published = config.published;
  for (let i = 0; i < published.length; i++) {
    const value = lookup.find(payload, unchecked(published[i]).path) ? claimText(lookup) : null;
    // Access logs print it as it is: a line break would make a line of its own there.
    if (value !== null && isHeaderValue(value)) writeEffect(writer, EffectKind.Property, i, value);
  }
  return writer.finish();
}

/** Says what kind of filter state the published claims are. For `onConfigure`. */
export function declarePublished(config: JwtAuthConfig): void {
  const published = config.published;
  for (let i = 0; i < published.length; i++) declareStringFilterState(unchecked(published[i]).property);
  if (config.publishPayload) declareStringFilterState(PAYLOAD);
}

/**
 * Says that there is no verified token: others find an empty payload, and so neither one that somebody else left nor the
 * claims of a token that this filter does not know.
 */
export function withdrawPayload(config: JwtAuthConfig): void {
  if (config.publishPayload) setFilterState(PAYLOAD, NOTHING);
}

/** Carries the effects out on the request that the host is working on. */
export function applyEffects(config: JwtAuthConfig, rule: Rule, effects: Bytes): void {
  const headers = config.facts.headers;
  let offset = 0;
  while (offset + HEAD_SIZE <= effects.length) {
    const head = effects.ptr + <usize>offset;
    const index = load<u8>(head, 1);
    const size = load<i32>(head, 2);
    const value = effects.slice(offset + HEAD_SIZE, offset + HEAD_SIZE + size);
    switch (<EffectKind>load<u8>(head)) {
      case EffectKind.PayloadHeader:
        headers.set(rule.payloadSlot, value);
        break;
      case EffectKind.PayloadMetadataHeader:
        headers.set(config.payloadMetadataSlot, value);
        break;
      case EffectKind.ClaimHeader:
        // eslint-disable-next-line waypost/no-index -- written by `renderEffects` for the same rule
        headers.set(unchecked(rule.claimHeaders[index]).slot, value);
        break;
      case EffectKind.Payload:
        config.facts.claims.give(value);
        if (config.publishPayload) setFilterState(PAYLOAD, value);
        break;
      default:
        // eslint-disable-next-line waypost/no-index -- written by `renderEffects` for the same configuration
        setFilterState(unchecked(config.published[index]).property, value);
    }
    offset += HEAD_SIZE + size;
  }
}

function writeEffect(writer: ByteWriter, kind: EffectKind, index: i32, value: Bytes): void {
  writer.put(<u8>kind);
  writer.put(<u8>index);
  writer.u32le(value.length);
  writer.bytes(value);
}

/**
 * A claim as the text of a header: strings as they are, numbers as the token has them, `true` and `false`, lists and objects
 * as the base64 of their JSON. Null and the empty string give none, as with Envoy.
 */
function claimText(claim: ClaimLookup): Bytes | null {
  switch (claim.kind) {
    case ClaimKind.Object:
    case ClaimKind.Array:
      return encodeBase64(claim.value);
    case ClaimKind.Null:
      return null;
    default:
      return claim.value.length == 0 ? null : claim.value;
  }
}
