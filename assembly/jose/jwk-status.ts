/** What reading a JWK Set can come to. */
export enum JwksStatus {
  /** At least one key can be used. */
  Ok,
  /** More than `MAX_JWKS_SIZE` bytes. */
  TooLarge,
  /** Not one JSON object with distinct member names (RFC 7517 §5). */
  InvalidJson,
  /** No member `keys`: a single JWK, or a legacy map of certificates. */
  KeysMissing,
  /** `keys` is not a list. */
  KeysNotList,
  /** More than `MAX_KEYS` keys. */
  TooManyKeys,
  /** No key can be used; `JwkSet.skipped` says why of each. */
  NoUsableKey,
}

/** The status as a sentence for a log or a configuration error. */
export function jwksStatusText(status: JwksStatus): string {
  switch (status) {
    case JwksStatus.Ok:
      return "OK";
    case JwksStatus.TooLarge:
      return "the JWK set is larger than 1 MiB";
    case JwksStatus.InvalidJson:
      return "the JWK set is not a JSON object with distinct member names";
    case JwksStatus.KeysMissing:
      return "the JWK set has no member keys";
    case JwksStatus.KeysNotList:
      return "keys is not a list";
    case JwksStatus.TooManyKeys:
      return "the JWK set has more than 100 keys";
    default:
      return "the JWK set has no key that can verify a signature";
  }
}

/** What reading one JWK can come to. A key that is not `Ok` is skipped, and the others of its set are used. */
export enum JwkStatus {
  /** The key can be used. */
  Ok,
  /** Not a JSON object. */
  NotObject,
  /** An object in it has a member twice (RFC 7517 §4). */
  DuplicateMember,
  /** A member has another type than RFC 7517 §4 or RFC 7518 §6 say. */
  BadMemberType,
  /** `kty` is absent. */
  KtyMissing,
  /** `kty` is none of RSA, EC, OKP and oct. */
  KtyUnsupported,
  /** `use` is not `sig` (RFC 7517 §4.2). */
  NotForSignatures,
  /** `key_ops` does not list `verify`, or lists it twice (RFC 7517 §4.3). */
  NotForVerification,
  /** It has a private part (`d`, or factors of the modulus): whoever can read the set can sign. */
  PrivateKey,
  /** `alg` is not supported. */
  AlgUnsupported,
  /** `alg` does not go with `kty` and `crv`. */
  AlgMismatch,
  /** `crv` is absent or not supported. */
  CurveUnsupported,
  /** `n`, `e`, `x`, `y` or `k`, which such a key must have, is absent. */
  MemberMissing,
  /** `n`, `e`, `x`, `y` or `k` is not base64url without padding. */
  BadBase64,
  /** `n` or `e` starts with a zero octet, or is empty (RFC 7518 §2 and §6.3.1.1). */
  LeadingZero,
  /** The modulus has less than 2048 (RFC 7518 §3.3) or more than 16384 bits. */
  ModulusSize,
  /** The modulus is even: not a product of two odd primes. */
  ModulusEven,
  /** The exponent is even, 1, or has more than 33 bits, which BoringSSL does not take. */
  BadExponent,
  /** `x` or `y` does not have the length of a coordinate (RFC 7518 §6.2.1.2, RFC 8037 §2). */
  CoordinateLength,
  /** `x` and `y` are no point of the curve, or one that whoever knows it can forge signatures for. */
  NotOnCurve,
  /** `k` has fewer octets than the hash of its algorithm, or than that of HS256 (RFC 7518 §3.2). */
  SecretTooShort,
}

/** The status as a phrase for a log or a configuration error; it never holds anything of the key. */
export function jwkStatusText(status: JwkStatus): string {
  switch (status) {
    case JwkStatus.Ok:
      return "OK";
    case JwkStatus.NotObject:
      return "not an object";
    case JwkStatus.DuplicateMember:
      return "a member is there twice";
    case JwkStatus.BadMemberType:
      return "a member has the wrong type";
    case JwkStatus.KtyMissing:
      return "kty is missing";
    case JwkStatus.KtyUnsupported:
      return "kty is not supported";
    case JwkStatus.NotForSignatures:
      return "use is not sig";
    case JwkStatus.NotForVerification:
      return "key_ops does not list verify, or lists it twice";
    case JwkStatus.PrivateKey:
      return "it has a private part (d, p, q, dp, dq, qi or oth)";
    case JwkStatus.AlgUnsupported:
      return "alg is not supported";
    case JwkStatus.AlgMismatch:
      return "alg does not go with kty and crv";
    case JwkStatus.CurveUnsupported:
      return "crv is missing or not supported";
    case JwkStatus.MemberMissing:
      return "n, e, x, y or k is missing";
    case JwkStatus.BadBase64:
      return "n, e, x, y or k is not base64url without padding";
    case JwkStatus.LeadingZero:
      return "n or e is empty or starts with a zero octet";
    case JwkStatus.ModulusSize:
      return "the modulus has less than 2048 or more than 16384 bits";
    case JwkStatus.ModulusEven:
      return "the modulus is even";
    case JwkStatus.BadExponent:
      return "the exponent is even, 1, or longer than 33 bits";
    case JwkStatus.CoordinateLength:
      return "x or y does not have the length of a coordinate";
    case JwkStatus.NotOnCurve:
      return "x and y are not a point that signatures can be verified with";
    default:
      return "k is shorter than the hash of its algorithm";
  }
}
