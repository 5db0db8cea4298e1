/**
 * What checking a token can come to. Each status has the text that Envoy's jwt_authn answers with for the same failure
 * (`text`), and a word from a small set for counters and logs (`reason`).
 */
export enum JwtStatus {
  /** Nothing is wrong so far. */
  Ok,
  /** The request has no token. */
  Missing,
  /** The request has more tokens than one may be. */
  MultipleTokens,
  /** Not three non-empty parts joined by two dots (RFC 7515 §7.1), or larger than the limit. */
  BadFormat,
  /** The header is not base64url without padding (RFC 7515 §2). */
  HeaderBadBase64,
  /** The header is not one JSON object with distinct member names (RFC 7515 §4). */
  HeaderBadJson,
  /** `alg` is absent or not a string (RFC 7515 §4.1.1). */
  HeaderBadAlg,
  /** `alg` names an algorithm that is not supported, or that the configuration does not allow. */
  HeaderUnsupportedAlg,
  /** `kid` is not a string (RFC 7515 §4.1.4). */
  HeaderBadKid,
  /** `crit` is present: malformed, or it lists an extension, and none is understood (RFC 7515 §4.1.11). */
  HeaderUnsupportedCrit,
  /** `b64` is present and not true (RFC 7797 §3; a JWT must not set it to false, §7). */
  HeaderUnsupportedB64,
  /** The payload is not base64url without padding. */
  PayloadBadBase64,
  /** The payload is not one JSON object with distinct member names (RFC 7519 §4). */
  PayloadBadJson,
  /** The claim `iss` is not a string (RFC 7519 §4.1.1). */
  IssNotString,
  /** The claim `sub` is not a string (RFC 7519 §4.1.2). */
  SubNotString,
  /** The claim `iat` is not a number (RFC 7519 §4.1.6). */
  IatNotNumber,
  /** The claim `iat` is negative, or too large for 64 bits. */
  IatOutOfRange,
  /** The claim `nbf` is not a number (RFC 7519 §4.1.5). */
  NbfNotNumber,
  /** The claim `nbf` is negative, or too large for 64 bits. */
  NbfOutOfRange,
  /** The claim `exp` is not a number (RFC 7519 §4.1.4). */
  ExpNotNumber,
  /** The claim `exp` is negative, or too large for 64 bits. */
  ExpOutOfRange,
  /** The claim `jti` is not a string (RFC 7519 §4.1.7). */
  JtiNotString,
  /** The claim `aud` is neither a string nor a list of strings (RFC 7519 §4.1.3). */
  AudNotString,
  /** The signature is not base64url without padding. */
  SignatureBadBase64,
  /** No rule has the token's issuer. */
  UnknownIssuer,
  /** The time is before `nbf`. */
  NotYetValid,
  /** The time is at or after `exp`. */
  Expired,
  /** No audience of the token is an expected one. */
  AudienceNotAllowed,
  /** No subject that is allowed is the token's `sub`. */
  SubjectNotAllowed,
  /** `exp` is required and absent. */
  ExpirationRequired,
  /** From `iat`, or from now, to `exp` it is longer than allowed. */
  LifetimeTooLong,
  /** A required claim is absent, or has another value. */
  ClaimNotAllowed,
  /** The payload is larger than what passes it on can take. */
  PayloadTooLarge,
  /** Nothing is decided: the issuer's keys are being fetched. */
  KeysPending,
  /** The issuer's keys could not be fetched. */
  JwksFetchFailed,
  /** No key fits the token's `kid` and `alg`. */
  KeyNotFound,
  /** No key that fits verifies the signature. */
  SignatureInvalid,
}

/**
 * The answer's text: word for word what Envoy's jwt_authn says for this failure (`source/common/jwt/status.cc`). Only the
 * texts for `crit` and `b64`, which Envoy ignores, and for the size of the payload are our own.
 */
export function text(status: JwtStatus): string {
  switch (status) {
    case JwtStatus.Ok:
      return "OK";
    case JwtStatus.Missing:
      return "Jwt is missing";
    case JwtStatus.MultipleTokens:
      return "Found multiple Jwt tokens";
    case JwtStatus.BadFormat:
      return "Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections";
    case JwtStatus.HeaderBadBase64:
      return "Jwt header is an invalid Base64url encoded";
    case JwtStatus.HeaderBadJson:
      return "Jwt header is an invalid JSON";
    case JwtStatus.HeaderBadAlg:
      return "Jwt header [alg] field is required and must be a string";
    case JwtStatus.HeaderUnsupportedAlg:
      return "Jwt header [alg] is not supported";
    case JwtStatus.HeaderBadKid:
      return "Jwt header [kid] field is not a string";
    case JwtStatus.HeaderUnsupportedCrit:
      return "Jwt header [crit] is not supported";
    case JwtStatus.HeaderUnsupportedB64:
      return "Jwt header [b64] is not supported";
    case JwtStatus.PayloadBadBase64:
      return "Jwt payload is an invalid Base64url encoded";
    case JwtStatus.PayloadBadJson:
      return "Jwt payload is an invalid JSON";
    case JwtStatus.IssNotString:
      return "Jwt payload [iss] field is not a string";
    case JwtStatus.SubNotString:
      return "Jwt payload [sub] field is not a string";
    case JwtStatus.IatNotNumber:
      return "Jwt payload [iat] field is not an integer";
    case JwtStatus.IatOutOfRange:
      return "Jwt payload [iat] field is not a positive 64 bit integer";
    case JwtStatus.NbfNotNumber:
      return "Jwt payload [nbf] field is not an integer";
    case JwtStatus.NbfOutOfRange:
      return "Jwt payload [nbf] field is not a positive 64 bit integer";
    case JwtStatus.ExpNotNumber:
      return "Jwt payload [exp] field is not an integer";
    case JwtStatus.ExpOutOfRange:
      return "Jwt payload [exp] field is not a positive 64 bit integer";
    case JwtStatus.JtiNotString:
      return "Jwt payload [jti] field is not a string";
    case JwtStatus.AudNotString:
      return "Jwt payload [aud] field is not a string or string list";
    case JwtStatus.SignatureBadBase64:
      return "Jwt signature is an invalid Base64url encoded";
    case JwtStatus.UnknownIssuer:
      return "Jwt issuer is not configured";
    case JwtStatus.NotYetValid:
      return "Jwt not yet valid";
    case JwtStatus.Expired:
      return "Jwt is expired";
    case JwtStatus.AudienceNotAllowed:
      return "Audiences in Jwt are not allowed";
    case JwtStatus.PayloadTooLarge:
      return "Jwt payload is too large";
    case JwtStatus.KeysPending:
    case JwtStatus.JwksFetchFailed:
      return "Jwks remote fetch is failed";
    case JwtStatus.KeyNotFound:
      return "Jwks doesn't have key to match kid or alg from Jwt";
    default:
      // Envoy says the same when a subject, an `exp` or a lifetime is not accepted, and when a signature is not.
      return "Jwt verification fails";
  }
}

/** The failure as a word for counters and logs. Several statuses share one: the set must stay small. */
export function reason(status: JwtStatus): string {
  switch (status) {
    case JwtStatus.Ok:
      return "ok";
    case JwtStatus.Missing:
      return "missing";
    case JwtStatus.MultipleTokens:
      return "multiple_tokens";
    case JwtStatus.HeaderUnsupportedAlg:
      return "unsupported_alg";
    case JwtStatus.HeaderUnsupportedCrit:
    case JwtStatus.HeaderUnsupportedB64:
      return "unsupported_crit";
    case JwtStatus.UnknownIssuer:
      return "issuer";
    case JwtStatus.NotYetValid:
      return "not_yet_valid";
    case JwtStatus.Expired:
    case JwtStatus.ExpirationRequired:
      return "expired";
    case JwtStatus.AudienceNotAllowed:
      return "audience";
    case JwtStatus.SubjectNotAllowed:
      return "subject";
    case JwtStatus.LifetimeTooLong:
      return "lifetime";
    case JwtStatus.ClaimNotAllowed:
      return "claim";
    case JwtStatus.PayloadTooLarge:
      return "payload_size";
    case JwtStatus.KeysPending:
    case JwtStatus.JwksFetchFailed:
      return "jwks_fetch";
    case JwtStatus.KeyNotFound:
      return "key_not_found";
    case JwtStatus.SignatureInvalid:
      return "signature";
    default:
      return "malformed";
  }
}
