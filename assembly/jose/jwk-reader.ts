import { EcdsaPublicKey, EllipticCurve } from "../crypto/ecdsa/public-key";
import { Ed25519PublicKey } from "../crypto/ed25519/public-key";
import { HmacKey } from "../crypto/hmac";
import { RsaPublicKey } from "../crypto/rsa/public-key";
import { decodeBase64url } from "../encoding/base64url";
import { JsonEvent } from "../json/reader";
import { Bytes } from "../text/bytes";
import { Algorithm, algorithmOf, rowOf } from "./algorithms";
import { Curve, P256, P384 } from "./curves";
import { rsaSubjectPublicKeyInfo } from "./der";
import { Jwk } from "./jwk";
import { JwkStatus } from "./jwk-status";
import { KeyType, keyTypeOf } from "./key-type";
import { StrictJson } from "./strict-json";
import {
  EcdsaVerificationKey,
  Ed25519VerificationKey,
  HmacVerificationKey,
  RsaVerificationKey,
  VerificationKey,
} from "./verification-key";

// RFC 7518 §3.3 asks for 2048 bits and more; BoringSSL takes no more than 16384, and no exponent over 33 bits.
const MIN_MODULUS_BITS = 2048;
const MAX_MODULUS_BITS = 16384;
const MIN_EXPONENT_BITS = 2;
const MAX_EXPONENT_BITS = 33;

/** Octets of the shortest secret that any algorithm takes: HS256's (RFC 7518 §3.2). */
const MIN_SECRET_LENGTH = 32;

const KTY = Bytes.constant("kty");
const USE = Bytes.constant("use");
const KEY_OPS = Bytes.constant("key_ops");
const ALG = Bytes.constant("alg");
const KID = Bytes.constant("kid");
const CRV = Bytes.constant("crv");
const N = Bytes.constant("n");
const E = Bytes.constant("e");
const X = Bytes.constant("x");
const Y = Bytes.constant("y");
const K = Bytes.constant("k");

/** Members of private keys alone, `oth` among them (RFC 7518 §6.2.2, §6.3.2; RFC 8037 §2). */
const PRIVATE_MEMBERS: Bytes[] = [
  Bytes.constant("d"),
  Bytes.constant("p"),
  Bytes.constant("q"),
  Bytes.constant("dp"),
  Bytes.constant("dq"),
  Bytes.constant("qi"),
  Bytes.constant("oth"),
];

const SIG = Bytes.constant("sig");
const VERIFY = Bytes.constant("verify");

/** Reads one JWK after another from a walk over their set. Members it does not know are ignored (RFC 7517 §4). */
@final
export class JwkReader {
  /** What the last `read` came to. */
  status: JwkStatus = JwkStatus.Ok;

  // Members as the JSON has them; null when absent.
  private kty: Bytes | null = null;
  private use: Bytes | null = null;
  private alg: Bytes | null = null;
  private kid: Bytes | null = null;
  private crv: Bytes | null = null;
  private n: Bytes | null = null;
  private e: Bytes | null = null;
  private x: Bytes | null = null;
  private y: Bytes | null = null;
  private k: Bytes | null = null;
  private hasPrivatePart: bool = false;
  private mayVerify: bool = true;
  private wellTyped: bool = true;

  constructor(private readonly json: StrictJson) {}

  /**
   * After the `ObjectStart` of a key: reads it whole. Null when it cannot be used, and `status` says why; when the text
   * turns out not to be JSON the answer means nothing, and the walk is at its end.
   */
  read(): Jwk | null {
    this.reset();
    while (this.json.next() == JsonEvent.Key) this.readMember(this.json.name);
    this.status = this.check();
    return this.status == JwkStatus.Ok ? this.build() : null;
  }

  private reset(): void {
    this.json.repeated = false;
    this.kty = null;
    this.use = null;
    this.alg = null;
    this.kid = null;
    this.crv = null;
    this.n = null;
    this.e = null;
    this.x = null;
    this.y = null;
    this.k = null;
    this.hasPrivatePart = false;
    this.mayVerify = true;
    this.wellTyped = true;
  }

  private readMember(name: Bytes): void {
    if (name.equals(KTY)) this.kty = this.string();
    else if (name.equals(USE)) this.use = this.string();
    else if (name.equals(ALG)) this.alg = this.string();
    else if (name.equals(KID)) this.kid = this.string();
    else if (name.equals(CRV)) this.crv = this.string();
    else if (name.equals(N)) this.n = this.string();
    else if (name.equals(E)) this.e = this.string();
    else if (name.equals(X)) this.x = this.string();
    else if (name.equals(Y)) this.y = this.string();
    else if (name.equals(K)) this.k = this.string();
    else if (name.equals(KEY_OPS)) this.readOperations();
    else {
      if (isPrivate(name)) this.hasPrivatePart = true;
      this.json.value();
    }
  }

  private string(): Bytes | null {
    if (this.json.value() == JsonEvent.String) return this.json.reader.text();
    this.wellTyped = false;
    return null;
  }

  private readOperations(): void {
    const outside = this.json.level;
    let event = this.json.next();
    let verify = 0;
    if (event == JsonEvent.ArrayStart) {
      for (event = this.json.next(); event == JsonEvent.String; event = this.json.next()) {
        if (this.json.reader.text().equals(VERIFY)) verify += 1;
      }
    }
    this.wellTyped = this.wellTyped && event == JsonEvent.ArrayEnd;
    this.mayVerify = verify == 1;
    this.json.finish(outside);
  }

  /** What the members that every key may have say about it. */
  private check(): JwkStatus {
    if (this.json.repeated) return JwkStatus.DuplicateMember;
    if (!this.wellTyped) return JwkStatus.BadMemberType;
    const kty = this.kty;
    if (kty === null) return JwkStatus.KtyMissing;
    const use = this.use;
    if (use !== null && !use.equals(SIG)) return JwkStatus.NotForSignatures;
    if (!this.mayVerify) return JwkStatus.NotForVerification;
    if (keyTypeOf(kty) == KeyType.Unsupported) return JwkStatus.KtyUnsupported;
    if (this.hasPrivatePart) return JwkStatus.PrivateKey;
    const alg = this.alg;
    if (alg !== null && algorithmOf(alg) == Algorithm.Unsupported) return JwkStatus.AlgUnsupported;
    return JwkStatus.Ok;
  }

  private build(): Jwk | null {
    const kty = this.kty;
    if (kty === null) return null;
    switch (keyTypeOf(kty)) {
      case KeyType.RSA:
        return this.buildRsa();
      case KeyType.EC:
        return this.buildEc();
      case KeyType.OKP:
        return this.buildOkp();
      default:
        return this.buildOct();
    }
  }

  // RFC 7518 §6.3.1
  private buildRsa(): Jwk | null {
    const modulus = this.decode(this.n);
    if (modulus === null) return null;
    const exponent = this.decode(this.e);
    if (exponent === null) return null;
    if (modulus[0] == 0 || exponent[0] == 0) return this.skip(JwkStatus.LeadingZero);
    const modulusBits = bitLength(modulus);
    if (modulusBits < MIN_MODULUS_BITS || modulusBits > MAX_MODULUS_BITS) return this.skip(JwkStatus.ModulusSize);
    if (!isOdd(modulus)) return this.skip(JwkStatus.ModulusEven);
    const exponentBits = bitLength(exponent);
    if (exponentBits < MIN_EXPONENT_BITS || exponentBits > MAX_EXPONENT_BITS || !isOdd(exponent)) {
      return this.skip(JwkStatus.BadExponent);
    }
    const key = RsaPublicKey.create(modulus, exponent);
    if (key === null) return this.skip(JwkStatus.BadExponent);
    const jwk = this.finish(KeyType.RSA, null, new RsaVerificationKey(key));
    if (jwk !== null) jwk.spki = rsaSubjectPublicKeyInfo(modulus, exponent).persist();
    return jwk;
  }

  // RFC 7518 §6.2.1
  private buildEc(): Jwk | null {
    const curve = this.curveFor(KeyType.EC);
    if (curve === null) return null;
    const x = this.decode(this.x);
    if (x === null) return null;
    const y = this.decode(this.y);
    if (y === null) return null;
    if (x.length != curve.coordinateLength || y.length != curve.coordinateLength) {
      return this.skip(JwkStatus.CoordinateLength);
    }
    const key = EcdsaPublicKey.create(ellipticCurve(curve), x, y);
    if (key === null) return this.skip(JwkStatus.NotOnCurve);
    return this.finish(KeyType.EC, curve, new EcdsaVerificationKey(key));
  }

  // RFC 8037 §2
  private buildOkp(): Jwk | null {
    const curve = this.curveFor(KeyType.OKP);
    if (curve === null) return null;
    const x = this.decode(this.x);
    if (x === null) return null;
    if (x.length != curve.coordinateLength) return this.skip(JwkStatus.CoordinateLength);
    const key = Ed25519PublicKey.create(x);
    if (key === null) return this.skip(JwkStatus.NotOnCurve);
    return this.finish(KeyType.OKP, curve, new Ed25519VerificationKey(key));
  }

  // RFC 7518 §6.4
  private buildOct(): Jwk | null {
    const secret = this.decode(this.k);
    if (secret === null) return null;
    if (secret.length < MIN_SECRET_LENGTH) return this.skip(JwkStatus.SecretTooShort);
    const jwk = this.finish(KeyType.Oct, null, new HmacVerificationKey(HmacKey.create(secret)));
    if (jwk === null) return null;
    jwk.secretLength = secret.length;
    if (!jwk.hasAlgorithm || jwk.fits(jwk.algorithm)) return jwk;
    jwk.release();
    return this.skip(JwkStatus.SecretTooShort);
  }

  private curveFor(keyType: KeyType): Curve | null {
    const crv = this.crv;
    const curve: Curve | null = crv === null ? null : Curve.named(crv, keyType);
    if (curve === null) this.status = JwkStatus.CurveUnsupported;
    return curve;
  }

  /** The octets of a member; null, with `status` saying why, when it has none. */
  private decode(member: Bytes | null): Bytes | null {
    const octets: Bytes | null = member === null ? null : decodeBase64url(member);
    if (octets === null) this.status = member === null ? JwkStatus.MemberMissing : JwkStatus.BadBase64;
    return octets;
  }

  private finish(keyType: KeyType, curve: Curve | null, key: VerificationKey): Jwk | null {
    const alg = this.alg;
    const algorithm = alg === null ? Algorithm.Unsupported : algorithmOf(alg);
    const row = rowOf(algorithm);
    if (row !== null && !row.fits(keyType, curve)) {
      key.release();
      return this.skip(JwkStatus.AlgMismatch);
    }
    const kid = this.kid;
    return new Jwk(kid === null ? null : kid.persist(), keyType, curve, algorithm, key);
  }

  private skip(status: JwkStatus): Jwk | null {
    this.status = status;
    return null;
  }
}

function isPrivate(member: Bytes): bool {
  for (let i = 0; i < PRIVATE_MEMBERS.length; i++) {
    if (unchecked(PRIVATE_MEMBERS[i]).equals(member)) return true;
  }
  return false;
}

function ellipticCurve(curve: Curve): EllipticCurve {
  if (curve === P256) return EllipticCurve.P256;
  return curve === P384 ? EllipticCurve.P384 : EllipticCurve.P521;
}

/** Bits of a number given by its octets, the first of which is not zero. */
function bitLength(octets: Bytes): i32 {
  return octets.length * 8 - (clz<i32>(<i32>octets[0]) - 24);
}

function isOdd(octets: Bytes): bool {
  return (octets[octets.length - 1] & 1) == 1;
}
