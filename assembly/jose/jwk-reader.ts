import { decodeBase64url } from "../encoding/base64url";
import { JsonEvent } from "../json/reader";
import { Bytes } from "../text/bytes";
import { Algorithm, algorithmOf, KeyType, keyTypeOf, rowOf } from "./algorithms";
import { Curve } from "./curves";
import { ecSubjectPublicKeyInfo, rsaSubjectPublicKeyInfo } from "./der";
import { Jwk } from "./jwk";
import { JwkStatus } from "./jwk-status";
import { StrictJson } from "./strict-json";

// RFC 7518 §3.3 asks for 2048 bits and more; BoringSSL takes no more than 16384, and no exponent over 33 bits.
const MIN_MODULUS_BITS = 2048;
const MAX_MODULUS_BITS = 16384;
const MIN_EXPONENT_BITS = 2;
const MAX_EXPONENT_BITS = 33;

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
const D = Bytes.constant("d");

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
    else if (name.equals(KEY_OPS)) this.readOperations();
    else {
      if (name.equals(D)) this.hasPrivatePart = true;
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
    return keyTypeOf(kty) == KeyType.RSA ? this.buildRsa() : this.buildEc();
  }

  // RFC 7518 §6.3.1
  private buildRsa(): Jwk | null {
    const n = this.n;
    const e = this.e;
    if (n === null || e === null) return this.skip(JwkStatus.MemberMissing);
    const modulus = decodeBase64url(n);
    const exponent = decodeBase64url(e);
    if (modulus === null || exponent === null) return this.skip(JwkStatus.BadBase64);
    if (modulus[0] == 0 || exponent[0] == 0) return this.skip(JwkStatus.LeadingZero);
    const modulusBits = bitLength(modulus);
    if (modulusBits < MIN_MODULUS_BITS || modulusBits > MAX_MODULUS_BITS) return this.skip(JwkStatus.ModulusSize);
    if (!isOdd(modulus)) return this.skip(JwkStatus.ModulusEven);
    const exponentBits = bitLength(exponent);
    if (exponentBits < MIN_EXPONENT_BITS || exponentBits > MAX_EXPONENT_BITS || !isOdd(exponent)) {
      return this.skip(JwkStatus.BadExponent);
    }
    return this.finish(KeyType.RSA, null, rsaSubjectPublicKeyInfo(modulus, exponent));
  }

  // RFC 7518 §6.2.1
  private buildEc(): Jwk | null {
    const crv = this.crv;
    if (crv === null) return this.skip(JwkStatus.CurveUnsupported);
    const curve = Curve.named(crv);
    if (curve === null) return this.skip(JwkStatus.CurveUnsupported);
    const encodedX = this.x;
    const encodedY = this.y;
    if (encodedX === null || encodedY === null) return this.skip(JwkStatus.MemberMissing);
    const x = decodeBase64url(encodedX);
    const y = decodeBase64url(encodedY);
    if (x === null || y === null) return this.skip(JwkStatus.BadBase64);
    if (x.length != curve.coordinateLength || y.length != curve.coordinateLength) {
      return this.skip(JwkStatus.CoordinateLength);
    }
    return this.finish(KeyType.EC, curve, ecSubjectPublicKeyInfo(curve, x, y));
  }

  private finish(keyType: KeyType, curve: Curve | null, spki: Bytes): Jwk | null {
    const alg = this.alg;
    const algorithm = alg === null ? Algorithm.Unsupported : algorithmOf(alg);
    const row = rowOf(algorithm);
    if (row !== null && !row.fits(keyType, curve)) return this.skip(JwkStatus.AlgMismatch);
    const kid = this.kid;
    return new Jwk(kid === null ? null : kid.persist(), keyType, curve, algorithm, spki.persist());
  }

  private skip(status: JwkStatus): Jwk | null {
    this.status = status;
    return null;
  }
}

/** Bits of a number given by its octets, the first of which is not zero. */
function bitLength(octets: Bytes): i32 {
  return octets.length * 8 - (clz<i32>(<i32>octets[0]) - 24);
}

function isOdd(octets: Bytes): bool {
  return (octets[octets.length - 1] & 1) == 1;
}
