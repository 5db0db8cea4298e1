import { ProtobufReader, fieldOf } from "../../encoding/protobuf-reader";
import { Bytes, ByteWriter } from "../../sdk";
import * as ascii from "../../text/ascii";
import { EMPTY, orEmpty } from "../../text/bytes";
import { writeKeyText } from "./series-key";

const LATEST = Bytes.constant("latest");

/** What the filter state of Istio's peer_metadata filter calls them. */
const WORKLOAD = Bytes.constant("workload");
const NAMESPACE = Bytes.constant("namespace");
const SERVICE = Bytes.constant("service");
const REVISION = Bytes.constant("revision");
const APP = Bytes.constant("app");
const VERSION = Bytes.constant("version");
const CLUSTER = Bytes.constant("cluster");
const IDENTITY = Bytes.constant("identity");

// google.protobuf.Struct: field 1 is the map `fields`; an entry has its key in field 1 and its Value in field 2; a Value has a
// string in field 3.
const FIELDS: u32 = 1;
const KEY: u32 = 1;
const VALUE: u32 = 2;
const STRING_VALUE: u32 = 3;

/** Parts of `istio.workload` in the metadata of an endpoint (pilot/pkg/xds/endpoints/endpoint_builder.go). */
const ENDPOINT_PARTS: i32 = 5;

/** One side of a request, as the mesh knows it. What is not known is empty. Fields share the memory of what was read. */
@final
export class Workload {
  name: Bytes = EMPTY;
  namespace: Bytes = EMPTY;
  canonicalService: Bytes = EMPTY;
  canonicalRevision: Bytes = EMPTY;
  app: Bytes = EMPTY;
  version: Bytes = EMPTY;
  /** The Kubernetes cluster. */
  cluster: Bytes = EMPTY;
  principal: Bytes = EMPTY;

  clear(): void {
    this.name = EMPTY;
    this.namespace = EMPTY;
    this.canonicalService = EMPTY;
    this.canonicalRevision = EMPTY;
    this.app = EMPTY;
    this.version = EMPTY;
    this.cluster = EMPTY;
    this.principal = EMPTY;
  }

  /** Reads filter state `downstream_peer` or `upstream_peer`, a serialized google.protobuf.Struct; false when there is none. */
  readPeer(peer: Bytes | null): bool {
    if (peer === null || peer.length == 0) return false;
    const entries = ProtobufReader.of(peer);
    while (entries.next()) {
      if (entries.field != FIELDS) continue;
      const entry = entries.value;
      const value = fieldOf(entry, VALUE);
      const text: Bytes | null = value === null ? null : fieldOf(value, STRING_VALUE);
      this.set(orEmpty(fieldOf(entry, KEY)), orEmpty(text));
    }
    return true;
  }

  /** Reads the metadata of an endpoint: `<workload>;<namespace>;<canonical name>;<canonical revision>;<cluster>`. */
  readEndpoint(text: Bytes): void {
    if (count(text, ascii.SEMICOLON) + 1 < ENDPOINT_PARTS) return;
    this.name = part(text, 0);
    this.namespace = part(text, 1);
    this.canonicalService = part(text, 2);
    const revision = part(text, 3);
    // istiod leaves the usual one out.
    this.canonicalRevision = revision.length == 0 ? LATEST : revision;
    this.cluster = part(text, 4);
  }

  /** Adds all of it to the key of a series. */
  writeKey(writer: ByteWriter): void {
    writeKeyText(writer, this.name);
    writeKeyText(writer, this.namespace);
    writeKeyText(writer, this.canonicalService);
    writeKeyText(writer, this.canonicalRevision);
    writeKeyText(writer, this.app);
    writeKeyText(writer, this.version);
    writeKeyText(writer, this.cluster);
    writeKeyText(writer, this.principal);
  }

  private set(field: Bytes, value: Bytes): void {
    if (field.equals(WORKLOAD)) this.name = value;
    else if (field.equals(NAMESPACE)) this.namespace = value;
    else if (field.equals(SERVICE)) this.canonicalService = value;
    else if (field.equals(REVISION)) this.canonicalRevision = value;
    else if (field.equals(APP)) this.app = value;
    else if (field.equals(VERSION)) this.version = value;
    else if (field.equals(CLUSTER)) this.cluster = value;
    else if (field.equals(IDENTITY)) this.principal = value;
  }
}

function count(text: Bytes, byte: u8): i32 {
  let found = 0;
  for (let at = text.indexOf(byte); at >= 0; at = text.indexOf(byte, at + 1)) found++;
  return found;
}

/** What stands between the semicolons number `index` and the next. */
function part(text: Bytes, index: i32): Bytes {
  let start = 0;
  for (let i = 0; i < index; i++) start = text.indexOf(ascii.SEMICOLON, start) + 1;
  const end = text.indexOf(ascii.SEMICOLON, start);
  return text.slice(start, end < 0 ? text.length : end);
}
