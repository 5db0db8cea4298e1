import { JsonEvent, JsonReader } from "../json/reader";
import { Bytes, EMPTY } from "../text/bytes";
import { ClaimLookup, ClaimPath } from "./claim-lookup";
import { NumericDate } from "./numeric-date";
import { JwtStatus } from "./status";
import { StrictJson } from "./strict-json";

// The registered claims (RFC 7519 §4.1) have names of three letters: read as one little-endian number.
const ISS: u32 = 0x737369;
const SUB: u32 = 0x627573;
const AUD: u32 = 0x647561;
const EXP: u32 = 0x707865;
const NBF: u32 = 0x66626e;
const IAT: u32 = 0x746169;
const JTI: u32 = 0x69746a;

/**
 * Reads a JWT claims set (RFC 7519 §4): one reader, used for token after token. What its fields refer to lives in the
 * payload and in the arena, until the callback ends; they mean something only after `Ok`. It says what the token holds;
 * whether that is acceptable is for the caller, who knows the rules.
 */
@final
export class JwtClaims {
  /** What the last `parse` came to. */
  status: JwtStatus = JwtStatus.PayloadBadJson;
  /** The claims set's JSON. */
  payload: Bytes = EMPTY;
  /** `iss`; null when absent, as the others. */
  issuer: Bytes | null = null;
  /** `sub` */
  subject: Bytes | null = null;
  /** `jti` */
  id: Bytes | null = null;
  /** `exp` */
  readonly expiration: NumericDate = new NumericDate();
  /** `nbf` */
  readonly notBefore: NumericDate = new NumericDate();
  /** `iat` */
  readonly issuedAt: NumericDate = new NumericDate();
  /** `aud` as it stands in the payload: a JSON string or list of strings; null when absent. */
  audience: Bytes | null = null;

  /** What the last `find` found. */
  readonly claim: ClaimLookup = new ClaimLookup();

  private readonly json: StrictJson = new StrictJson();
  private readonly audiences: JsonReader = new JsonReader();
  // The first registered claim of the wrong type, in the order of the statuses.
  private claimStatus: JwtStatus = JwtStatus.Ok;

  /** Reads `payload`. */
  parse(payload: Bytes): JwtStatus {
    this.reset();
    this.payload = payload;
    this.status = this.readPayload(payload);
    return this.status;
  }

  /** Whether `aud` names `value`. Compared byte by byte, once escapes are resolved: no scheme or slash is stripped. */
  hasAudience(value: Bytes): bool {
    const audience = this.audience;
    if (audience === null) return false;
    const reader = this.audiences;
    reader.reset(audience);
    for (let event = reader.next(); event != JsonEvent.End && event != JsonEvent.Error; event = reader.next()) {
      if (event == JsonEvent.String && reader.keyEquals(value)) return true;
    }
    return false;
  }

  /** Looks for the claim at `path`; what it is stands in `claim`. */
  find(path: ClaimPath): bool {
    return this.claim.find(this.payload, path);
  }

  /**
   * Whether the token may not be used any more at `now`, both in seconds: at and after `exp` (RFC 7519 §4.1.4), with `skew`
   * for clocks that differ. A token without `exp` never expires.
   */
  isExpired(now: f64, skew: f64): bool {
    return this.expiration.present && now - skew >= this.expiration.seconds;
  }

  /** Whether the token may not be used yet at `now`, both in seconds: before `nbf` (RFC 7519 §4.1.5). */
  isNotYetValid(now: f64, skew: f64): bool {
    return this.notBefore.present && now + skew < this.notBefore.seconds;
  }

  private reset(): void {
    this.issuer = null;
    this.subject = null;
    this.id = null;
    this.expiration.reset();
    this.notBefore.reset();
    this.issuedAt.reset();
    this.audience = null;
    this.claimStatus = JwtStatus.Ok;
  }

  private readPayload(payload: Bytes): JwtStatus {
    const json = this.json;
    json.reset(payload);
    if (json.next() != JsonEvent.ObjectStart) return JwtStatus.PayloadBadJson;
    let event = json.next();
    for (; event == JsonEvent.Key; event = json.next()) {
      if (!this.readClaim(json.name)) return JwtStatus.PayloadBadJson;
    }
    if (event != JsonEvent.ObjectEnd || json.next() != JsonEvent.End || json.repeated) return JwtStatus.PayloadBadJson;
    return this.claimStatus;
  }

  /** Reads the value of a claim; false when the payload is not JSON. */
  private readClaim(name: Bytes): bool {
    const code = name.length == 3 ? (<u32>name[0]) | ((<u32>name[1]) << 8) | ((<u32>name[2]) << 16) : 0;
    if (code == AUD) return this.readAudience();
    const event = this.json.value();
    if (event == JsonEvent.Error || event == JsonEvent.End) return false;
    switch (code) {
      case ISS:
        this.issuer = this.string(event, JwtStatus.IssNotString);
        break;
      case SUB:
        this.subject = this.string(event, JwtStatus.SubNotString);
        break;
      case JTI:
        this.id = this.string(event, JwtStatus.JtiNotString);
        break;
      case IAT:
        this.date(event, this.issuedAt, JwtStatus.IatNotNumber, JwtStatus.IatOutOfRange);
        break;
      case NBF:
        this.date(event, this.notBefore, JwtStatus.NbfNotNumber, JwtStatus.NbfOutOfRange);
        break;
      case EXP:
        this.date(event, this.expiration, JwtStatus.ExpNotNumber, JwtStatus.ExpOutOfRange);
        break;
      default:
        break;
    }
    return true;
  }

  private string(event: JsonEvent, otherwise: JwtStatus): Bytes | null {
    if (event == JsonEvent.String) return this.json.reader.text();
    this.refuse(otherwise);
    return null;
  }

  private date(event: JsonEvent, date: NumericDate, notNumber: JwtStatus, outOfRange: JwtStatus): void {
    if (event != JsonEvent.Number) this.refuse(notNumber);
    else if (!date.set(this.json.reader.number())) this.refuse(outOfRange);
  }

  /** Reads `aud`: a string, or a list of strings. False when the payload is not JSON. */
  private readAudience(): bool {
    const json = this.json;
    const outside = json.level;
    const first = json.next();
    const start = json.reader.start;
    let last = first;
    if (first == JsonEvent.ArrayStart) {
      do last = json.next();
      while (last == JsonEvent.String);
    }
    if (last == JsonEvent.Error || last == JsonEvent.End) return false;
    if (last == JsonEvent.ArrayEnd || first == JsonEvent.String) {
      this.audience = this.payload.slice(start, json.reader.end);
      return true;
    }
    this.refuse(JwtStatus.AudNotString);
    return json.finish(outside);
  }

  // Of several claims with the wrong type Envoy names the first in its own order of checks, whatever their order in the token;
  // the statuses stand in that order.
  private refuse(status: JwtStatus): void {
    if (this.claimStatus == JwtStatus.Ok || status < this.claimStatus) this.claimStatus = status;
  }
}
