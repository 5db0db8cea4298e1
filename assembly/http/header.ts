import * as ascii from "../text/ascii";
import { Bytes } from "../text/bytes";

// The bytes of a token (RFC 9110 §5.6.2), one bit each: `!#$%&'*+-.^_`|~`, digits and letters.
const TOKEN_LOW: u64 = 0x03ff6cfa00000000;
const TOKEN_HIGH: u64 = 0x57ffffffc7fffffe;

const GRPC = Bytes.constant("application/grpc");

/** Whether `name` can be a field name: a token (RFC 9110 §5.1), so no pseudo-header. */
export function isHeaderName(name: Bytes): bool {
  for (let i = 0; i < name.length; i++) {
    if (!isTokenByte(name.at(i))) return false;
  }
  return name.length > 0;
}

/** Whether `byte` can be part of a token (RFC 9110 §5.6.2). */
export function isTokenByte(byte: u32): bool {
  const bits = byte < 64 ? TOKEN_LOW : TOKEN_HIGH;
  return byte < 128 && ((bits >> (<u64>(byte & 63))) & 1) != 0;
}

/**
 * Whether `value` can be a field value (RFC 9110 §5.5): no control character but tab, which could end the field or start
 * another one, and no white space around it. Bytes outside ASCII are allowed, and so is an empty value.
 */
export function isHeaderValue(value: Bytes): bool {
  for (let i = 0; i < value.length; i++) {
    const byte = value.at(i);
    if ((byte < ascii.SPACE && byte != ascii.TAB) || byte == ascii.DELETE) return false;
  }
  return !ascii.isBlank(value.at(0)) && !ascii.isBlank(value.at(value.length - 1));
}

/**
 * Whether a content-type is that of gRPC, as Envoy decides it: exactly `application/grpc`, or `application/grpc+` and
 * anything; so not `application/grpc-web`.
 */
export function isGrpcContentType(value: Bytes): bool {
  return value.startsWith(GRPC) && (value.length == GRPC.length || value.at(GRPC.length) == ascii.PLUS);
}
