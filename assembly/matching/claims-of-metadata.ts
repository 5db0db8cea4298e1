import { ProtobufReader, fieldOf } from "../encoding/protobuf-reader";
import { writeProtobufStruct } from "../json/protobuf-struct";
import { Bytes } from "../text/bytes";
import { ByteWriter } from "../text/writer";

/** Where Istio's jwt_authn leaves the payload of a verified token. */
const NAMESPACE = Bytes.constant("envoy.filters.http.jwt_authn");
const PAYLOAD = Bytes.constant("payload");

// envoy.config.core.v3.Metadata: field 1 is the map `filter_metadata`; an entry of a map has its key in field 1, its value in
// field 2. A Struct is a map in field 1, a Value has a Struct in field 5.
const MAP: u32 = 1;
const VALUE: u32 = 2;
const STRUCT_VALUE: u32 = 5;

/**
 * The payload that jwt_authn left in dynamic metadata, as JSON; null when there is none, empty when it nests too deep to be
 * read. `metadata`: an `envoy.config.core.v3.Metadata`, serialized.
 */
export function claimsOfMetadata(metadata: Bytes): Bytes | null {
  const value = metadataValue(metadata, NAMESPACE, PAYLOAD);
  const claims: Bytes | null = value === null ? null : fieldOf(value, STRUCT_VALUE);
  if (claims === null) return null;
  const writer = ByteWriter.create(claims.length * 2);
  return writeProtobufStruct(writer, claims) ? writer.finish() : claims.slice(0, 0);
}

/**
 * The value that metadata of a filter has under `key`, as a serialized `google.protobuf.Value`; null when there is none.
 * `metadata` as above.
 */
export function metadataValue(metadata: Bytes, filter: Bytes, key: Bytes): Bytes | null {
  const namespace = entryOf(metadata, filter);
  return namespace === null ? null : entryOf(namespace, key);
}

/** The value of an entry of the map in field 1. */
function entryOf(message: Bytes, key: Bytes): Bytes | null {
  const entries = ProtobufReader.of(message);
  while (entries.next()) {
    if (entries.field != MAP) continue;
    const entry = entries.value;
    const name = fieldOf(entry, MAP);
    if (name !== null && name.equals(key)) return fieldOf(entry, VALUE);
  }
  return null;
}
