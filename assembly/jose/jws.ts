import { decodeBase64url } from "../encoding/base64url";
import { JsonEvent } from "../json/reader";
import { Bytes, EMPTY } from "../text/bytes";
import { Algorithm, algorithmOf } from "./algorithms";
import { JwtStatus } from "./status";
import { StrictJson } from "./strict-json";

/** A token of more bytes than this is refused. Envoy takes no larger request headers unless it is told to. */
export const MAX_TOKEN_SIZE = 64 * 1024;

const ALG = Bytes.constant("alg");
const KID = Bytes.constant("kid");
const CRIT = Bytes.constant("crit");
const B64 = Bytes.constant("b64");

const DOT: u8 = 0x2e;

/**
 * Reads a JWS in compact serialization (RFC 7515 §7.1): one reader, used for token after token. What its fields refer to
 * lives in the token and in the arena, until the callback ends; they mean something only after `Ok`.
 *
 * Header parameters that bring keys along (`jwk`, `jku`, `x5c`, `x5u`) are never read: keys come from the configuration.
 */
@final
export class CompactJws {
  /** What the last `parse` came to. */
  status: JwtStatus = JwtStatus.BadFormat;
  /** Its `alg`. */
  algorithm: Algorithm = Algorithm.Unsupported;
  /** Its `kid`; null when it has none. */
  kid: Bytes | null = null;
  /** The header's JSON. */
  header: Bytes = EMPTY;
  /** The payload, decoded. */
  payload: Bytes = EMPTY;
  /** The signature, decoded; for ECDSA the raw r and s. */
  signature: Bytes = EMPTY;
  /** What is signed: the first two parts as they stand in the token (RFC 7515 §5.2 step 8). */
  signingInput: Bytes = EMPTY;

  private readonly json: StrictJson = new StrictJson();
  // What the header's `alg`, `kid`, `crit` and `b64` came to: reported in this order, whatever order they are in.
  private algStatus: JwtStatus = JwtStatus.HeaderBadAlg;
  private kidStatus: JwtStatus = JwtStatus.Ok;
  private critStatus: JwtStatus = JwtStatus.Ok;
  private b64Status: JwtStatus = JwtStatus.Ok;

  /** Reads `token`. A token that is larger than `maxSize` bytes is badly formed. */
  parse(token: Bytes, maxSize: i32 = MAX_TOKEN_SIZE): JwtStatus {
    this.reset();
    this.status = this.readToken(token, maxSize);
    return this.status;
  }

  private reset(): void {
    this.algorithm = Algorithm.Unsupported;
    this.kid = null;
    this.header = EMPTY;
    this.payload = EMPTY;
    this.signature = EMPTY;
    this.signingInput = EMPTY;
    this.algStatus = JwtStatus.HeaderBadAlg;
    this.kidStatus = JwtStatus.Ok;
    this.critStatus = JwtStatus.Ok;
    this.b64Status = JwtStatus.Ok;
  }

  private readToken(token: Bytes, maxSize: i32): JwtStatus {
    if (token.length > maxSize) return JwtStatus.BadFormat;
    const first = token.indexOf(DOT);
    if (first <= 0) return JwtStatus.BadFormat;
    const second = token.indexOf(DOT, first + 1);
    if (second <= first + 1 || second == token.length - 1) return JwtStatus.BadFormat;
    if (token.indexOf(DOT, second + 1) >= 0) return JwtStatus.BadFormat;

    const header = decodeBase64url(token.slice(0, first));
    if (header === null) return JwtStatus.HeaderBadBase64;
    this.header = header;
    const headerStatus = this.readHeader(header);
    if (headerStatus != JwtStatus.Ok) return headerStatus;

    const payload = decodeBase64url(token.slice(first + 1, second));
    if (payload === null) return JwtStatus.PayloadBadBase64;
    const signature = decodeBase64url(token.slice(second + 1));
    if (signature === null) return JwtStatus.SignatureBadBase64;
    this.payload = payload;
    this.signature = signature;
    this.signingInput = token.slice(0, second);
    return JwtStatus.Ok;
  }

  private readHeader(header: Bytes): JwtStatus {
    const json = this.json;
    json.reset(header);
    if (json.next() != JsonEvent.ObjectStart) return JwtStatus.HeaderBadJson;
    let event = json.next();
    for (; event == JsonEvent.Key; event = json.next()) {
      if (!this.readParameter(json.name)) return JwtStatus.HeaderBadJson;
    }
    if (event != JsonEvent.ObjectEnd || json.next() != JsonEvent.End || json.repeated) return JwtStatus.HeaderBadJson;
    if (this.algStatus != JwtStatus.Ok) return this.algStatus;
    if (this.kidStatus != JwtStatus.Ok) return this.kidStatus;
    if (this.critStatus != JwtStatus.Ok) return this.critStatus;
    return this.b64Status;
  }

  /** Reads the value of a header parameter; false when the header is not JSON. */
  private readParameter(name: Bytes): bool {
    const event = this.json.value();
    if (event == JsonEvent.Error || event == JsonEvent.End) return false;
    if (name.equals(ALG)) this.readAlg(event);
    else if (name.equals(KID)) this.readKid(event);
    else if (name.equals(CRIT)) this.critStatus = JwtStatus.HeaderUnsupportedCrit;
    else if (name.equals(B64) && event != JsonEvent.True) this.b64Status = JwtStatus.HeaderUnsupportedB64;
    return true;
  }

  private readAlg(event: JsonEvent): void {
    if (event != JsonEvent.String) return;
    this.algorithm = algorithmOf(this.json.reader.text());
    const supported = this.algorithm != Algorithm.Unsupported;
    this.algStatus = supported ? JwtStatus.Ok : JwtStatus.HeaderUnsupportedAlg;
  }

  private readKid(event: JsonEvent): void {
    if (event == JsonEvent.String) this.kid = this.json.reader.text();
    else this.kidStatus = JwtStatus.HeaderBadKid;
  }
}
