import { Status } from "../abi/types";
import { writeBytesField, writeVarintField } from "../encoding/protobuf";
import { Bytes } from "../text/bytes";
import { ByteWriter } from "../text/writer";
import { ForeignFunction } from "./foreign";

/** Envoy's foreign functions (envoy: source/extensions/common/wasm/foreign.cc), those a filter is likely to need. */

/** What `verifySignature` found. */
export enum Verdict {
  /** The signature is that key's over that text. */
  Valid,
  /** It is not, or the key or the signature could not be read. */
  Invalid,
  /** This proxy cannot say: it has no such function, or does not know the hash. */
  Unavailable,
}

/** `FilterState::LifeSpan`. */
export enum LifeSpan {
  FilterChain = 0,
  Request = 1,
  Connection = 2,
}

const verifySignatureFunction = new ForeignFunction("verify_signature");
const clearRouteCacheFunction = new ForeignFunction("clear_route_cache");
const setFilterStateFunction = new ForeignFunction("set_envoy_filter_state");
const declarePropertyFunction = new ForeignFunction("declare_property");

/**
 * Verifies with Envoy's cryptography: RSASSA-PKCS1-v1_5 and ECDSA (`signature` in ASN.1 DER). `hash` is `sha256`, `sha384`
 * or `sha512`; `publicKey` a SubjectPublicKeyInfo in DER.
 */
export function verifySignature(hash: Bytes, publicKey: Bytes, signature: Bytes, text: Bytes): Verdict {
  const writer = ByteWriter.create(publicKey.length + signature.length + text.length + 64);
  writeBytesField(writer, 1, hash);
  writeBytesField(writer, 2, publicKey);
  writeBytesField(writer, 3, signature);
  writeBytesField(writer, 4, text);
  const result = verifySignatureFunction.call(writer.finish());
  if (result === null) return Verdict.Unavailable;
  // VerifySignatureResult{1 bool result, 2 string error}: true is the one field 1 with value 1, and nothing else.
  return result.length == 2 && result.at(0) == 0x08 && result.at(1) == 0x01 ? Verdict.Valid : Verdict.Invalid;
}

/** Makes Envoy choose the route again. Needed only after filter state changed: a header write does it by itself. */
export function clearRouteCache(): Status {
  clearRouteCacheFunction.call(NOTHING);
  return clearRouteCacheFunction.status;
}

/**
 * Sets a filter state object of Envoy's own, such as `envoy.network.upstream_server_name`. `Status.NotFound`: no factory
 * for that key; `BadArgument`: the factory refused the value.
 */
export function setEnvoyFilterState(key: Bytes, value: Bytes, span: LifeSpan): Status {
  const writer = ByteWriter.create();
  writeBytesField(writer, 1, key);
  writeBytesField(writer, 2, value);
  writeVarintField(writer, 3, span);
  setFilterStateFunction.call(writer.finish());
  return setFilterStateFunction.status;
}

/**
 * Says that `setFilterState(name, …)` holds a string, so that Envoy's CEL sees one (by default it sees bytes). To be called in
 * a callback of the root, such as `onConfigure`, and once: a second time it answers `BadArgument`. A stream's declaration has no
 * effect.
 */
export function declareStringFilterState(name: Bytes, span: LifeSpan = LifeSpan.FilterChain): Status {
  const writer = ByteWriter.create();
  writeBytesField(writer, 1, name);
  writeVarintField(writer, 3, WASM_TYPE_STRING);
  writeVarintField(writer, 5, span);
  declarePropertyFunction.call(writer.finish());
  return declarePropertyFunction.status;
}

const WASM_TYPE_STRING: u32 = 1;
const NOTHING = Bytes.constant("");
