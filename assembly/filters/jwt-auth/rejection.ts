import { hexDigit } from "../../text/ascii";
import { JwtStatus, text } from "../../jose/status";
import { Bytes, ByteWriter, LocalReply } from "../../sdk";
import { JwtAuthConfig } from "./config";

/** As much of the path as Envoy puts into the realm; of the authority we take no more either. */
const MAX_PART_LENGTH = 256;

const WWW_AUTHENTICATE = Bytes.constant("www-authenticate");
const REALM = Bytes.constant('Bearer realm="');
const END_OF_REALM = Bytes.constant('"');
const INVALID_TOKEN = Bytes.constant('", error="invalid_token"');
const DETAILS_START = Bytes.constant("jwt_authn_access_denied{");
const DETAILS_END = Bytes.constant("}");
const SCHEME_END = Bytes.constant("://");

/**
 * Refuses the request as Envoy's jwt_authn does: 401, or 403 when only the audience does not fit; the reason as the body;
 * `www-authenticate` (RFC 6750 §3) with the request's URL as the realm. A gRPC request gets the status that belongs to it.
 */
export function sendRejection(config: JwtAuthConfig, status: JwtStatus): void {
  const reason = Bytes.of(text(status));
  LocalReply.ofBytes(status == JwtStatus.AudienceNotAllowed ? 403 : 401, reason)
    .headerBytes(WWW_AUTHENTICATE, challenge(config, status))
    .detailsBytes(details(reason))
    .send();
}

function details(reason: Bytes): Bytes {
  const writer = ByteWriter.create();
  writer.bytes(DETAILS_START);
  writer.bytes(reason);
  writer.bytes(DETAILS_END);
  return writer.finish();
}

function challenge(config: JwtAuthConfig, status: JwtStatus): Bytes {
  const writer = ByteWriter.create(MAX_PART_LENGTH + 64);
  writer.bytes(REALM);
  append(writer, config.facts.scheme);
  writer.bytes(SCHEME_END);
  append(writer, config.facts.authority);
  // Without the query: it would give the token away that it carries, to logs, proxies and scripts that see the response.
  append(writer, config.facts.path);
  writer.bytes(status == JwtStatus.Missing ? END_OF_REALM : INVALID_TOKEN);
  return writer.finish();
}

/** What a client sent, so that it can neither end the quoted string nor the header. */
function append(writer: ByteWriter, part: Bytes): void {
  for (let i = 0; i < part.length && i < MAX_PART_LENGTH; i++) {
    const byte = part.at(i);
    if (byte > 0x20 && byte < 0x7f && byte != 0x22 && byte != 0x5c) {
      writer.put(byte);
    } else {
      writer.put(0x25);
      writer.put(hexDigit(byte >> 4));
      writer.put(hexDigit(byte & 15));
    }
  }
}
