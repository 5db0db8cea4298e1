/**
 * What the tests in `host-tests/jose` call: one reader of each kind, and functions to read its fields. Never shipped.
 * Bytes go in as address and length, and come out as the address of a `Bytes` (0 for null).
 */
import "../abi/abort";
import { digestLength } from "../crypto/hash";
import { Algorithm, algorithmOf, rowOf } from "../jose/algorithms";
import { JwtClaims } from "../jose/claims";
import { ClaimKind, ClaimPath } from "../jose/claim-lookup";
import { JwkSet } from "../jose/jwk-set";
import { JwksStatus, jwksStatusText, JwkStatus, jwkStatusText } from "../jose/jwk-status";
import { CompactJws, MAX_TOKEN_SIZE } from "../jose/jws";
import { payloadValue } from "../jose/payload-value";
import { JwtStatus, reason, text } from "../jose/status";
import * as arena from "../memory/arena";
import { Bytes } from "../text/bytes";

export { allocate, reset } from "../memory/arena";
export { collect, heapMark } from "./shared/heap";

const jws = new CompactJws();
const claims = new JwtClaims();
let set: JwkSet | null = null;
let path: ClaimPath | null = null;

// Algorithms and statuses

export function algorithmNamed(ptr: usize, length: i32): Algorithm {
  return algorithmOf(Bytes.view(ptr, length));
}

export function algorithmName(algorithm: Algorithm): Bytes | null {
  const row = rowOf(algorithm);
  return row === null ? null : row.name;
}

/** Octets of the hash; 0 when there is no such algorithm. */
export function algorithmHashLength(algorithm: Algorithm): i32 {
  const row = rowOf(algorithm);
  return row === null ? 0 : digestLength(row.hash);
}

export function statusText(status: JwtStatus): Bytes {
  return Bytes.of(text(status));
}

export function statusReason(status: JwtStatus): Bytes {
  return Bytes.of(reason(status));
}

// JWS

export function parseJws(ptr: usize, length: i32, maxSize: i32): JwtStatus {
  return jws.parse(Bytes.view(ptr, length), maxSize);
}

export function jwsAlgorithm(): Algorithm {
  return jws.algorithm;
}

export function jwsKid(): Bytes | null {
  return jws.kid;
}

export function jwsHeader(): Bytes {
  return jws.header;
}

export function jwsPayload(): Bytes {
  return jws.payload;
}

export function jwsSignature(): Bytes {
  return jws.signature;
}

export function jwsSigningInput(): Bytes {
  return jws.signingInput;
}

// Claims

export function parseClaims(ptr: usize, length: i32): JwtStatus {
  return claims.parse(Bytes.view(ptr, length));
}

export function issuer(): Bytes | null {
  return claims.issuer;
}

export function subject(): Bytes | null {
  return claims.subject;
}

export function id(): Bytes | null {
  return claims.id;
}

export function audience(): Bytes | null {
  return claims.audience;
}

/** Seconds; -1 when absent. */
export function expiration(): f64 {
  return claims.expiration.present ? claims.expiration.seconds : -1;
}

/** Seconds; -1 when absent. */
export function notBefore(): f64 {
  return claims.notBefore.present ? claims.notBefore.seconds : -1;
}

/** Seconds; -1 when absent. */
export function issuedAt(): f64 {
  return claims.issuedAt.present ? claims.issuedAt.seconds : -1;
}

export function isExpired(now: f64, skew: f64): bool {
  return claims.isExpired(now, skew);
}

export function isNotYetValid(now: f64, skew: f64): bool {
  return claims.isNotYetValid(now, skew);
}

export function hasAudience(ptr: usize, length: i32): bool {
  return claims.hasAudience(Bytes.view(ptr, length));
}

/** Prepares the path that `find` looks for; false when it is malformed. */
export function setPath(ptr: usize, length: i32): bool {
  const old = path;
  if (old !== null) old.release();
  path = ClaimPath.parse(Bytes.view(ptr, length));
  return path !== null;
}

export function find(): ClaimKind {
  const wanted = path;
  return wanted !== null && claims.find(wanted) ? claims.claim.kind : ClaimKind.Absent;
}

export function foundValue(): Bytes {
  return claims.claim.value;
}

/** Reads a token and its claims, as a filter does for a token that it has not seen. */
export function parseToken(ptr: usize, length: i32): JwtStatus {
  const status = jws.parse(Bytes.view(ptr, length), MAX_TOKEN_SIZE);
  return status == JwtStatus.Ok ? claims.parse(jws.payload) : status;
}

/** All that is done with a token and the keys read last, `times` times, each as a callback of its own. */
export function useTokenTimes(ptr: usize, length: i32, times: i32): void {
  const token = Bytes.view(ptr, length).persist();
  for (let i = 0; i < times; i++) {
    arena.reset();
    parseToken(token.ptr, token.length);
    claims.hasAudience(token);
    claims.isExpired(1e9, 60);
    find();
    const keys = set;
    if (keys !== null) verifies(keys);
  }
  token.release();
}

// Keys

export function parseKeys(ptr: usize, length: i32): JwksStatus {
  const old = set;
  if (old !== null) old.release();
  const parsed = JwkSet.parse(Bytes.view(ptr, length));
  set = parsed;
  return parsed.status;
}

export function keyCount(): i32 {
  const keys = set;
  return keys === null ? 0 : keys.keys.length;
}

export function keySpki(index: i32): Bytes | null {
  const keys = set;
  return keys === null ? null : keys.keys.at(index).spki;
}

export function keyKid(index: i32): Bytes | null {
  const keys = set;
  return keys === null ? null : keys.keys.at(index).kid;
}

export function keyAlgorithm(index: i32): Algorithm {
  const keys = set;
  return keys === null ? Algorithm.Unsupported : keys.keys.at(index).algorithm;
}

/** With a negative length the token has no `kid`. */
export function nextKey(after: i32, kid: usize, kidLength: i32, algorithm: Algorithm): i32 {
  const keys = set;
  return keys === null ? -1 : keys.next(after, kidLength < 0 ? null : Bytes.view(kid, kidLength), algorithm);
}

export function skippedCount(): i32 {
  const keys = set;
  return keys === null ? 0 : keys.skipped.length;
}

export function skippedIndex(index: i32): i32 {
  const keys = set;
  return keys === null ? -1 : keys.skipped.at(index).index;
}

export function skippedStatus(index: i32): JwkStatus {
  const keys = set;
  return keys === null ? JwkStatus.Ok : keys.skipped.at(index).status;
}

export function keysText(status: JwksStatus): Bytes {
  return Bytes.of(jwksStatusText(status));
}

export function keyText(status: JwkStatus): Bytes {
  return Bytes.of(jwkStatusText(status));
}

/** Whether the token read last is signed with one of the keys read last. */
export function isSigned(): bool {
  const keys = set;
  return keys !== null && verifies(keys);
}

function verifies(keys: JwkSet): bool {
  const row = rowOf(jws.algorithm);
  if (row === null) return false;
  for (let i = keys.next(-1, jws.kid, jws.algorithm); i >= 0; i = keys.next(i, jws.kid, jws.algorithm)) {
    if (keys.keys.at(i).key.verify(row, jws.signingInput, jws.signature)) return true;
  }
  return false;
}

/** `names` are the claims to split, each with a line feed behind it. */
export function protobufPayload(ptr: usize, length: i32, names: usize, namesLength: i32, maxSize: i32): Bytes | null {
  const claims = Bytes.view(names, namesLength).toString().split("\n");
  claims.pop();
  return payloadValue(
    Bytes.view(ptr, length),
    claims.map<Bytes>((claim) => Bytes.of(claim)),
    maxSize,
  );
}
