import { Url, UrlStatus } from "../../http/url";
import { StrictJson } from "../../jose/strict-json";
import { JsonEvent } from "../../json/reader";
import { Bytes } from "../../sdk";
import { QUESTION, SLASH } from "../../text/ascii";
import { HttpLocation } from "./http-location";

/** A document of more bytes than this is refused. Real ones have a few KiB. */
export const MAX_DOCUMENT_SIZE = 64 * 1024;

/** What reading a discovery document can come to. */
export enum DiscoveryStatus {
  /** It says where the keys are. */
  Ok,
  /** More than `MAX_DOCUMENT_SIZE` bytes. */
  TooLarge,
  /** Not one JSON object with distinct member names. */
  InvalidJson,
  /** `issuer` is not exactly the configured one (OpenID Connect Discovery 1.0 §4.3). */
  IssuerMismatch,
  /** `jwks_uri` is absent or not a string. */
  NoJwksUri,
  /** `jwks_uri` is not a URL that can be asked for. */
  BadJwksUri,
  /** `jwks_uri` is elsewhere, and not https. */
  NotHttps,
  /** `jwks_uri` is elsewhere, and `jwksCluster` does not say how to reach it. */
  NoCluster,
}

/** The status as words for a log; they hold nothing of the document. */
export function discoveryStatusText(status: DiscoveryStatus): string {
  switch (status) {
    case DiscoveryStatus.Ok:
      return "OK";
    case DiscoveryStatus.TooLarge:
      return "it is larger than 64 KiB";
    case DiscoveryStatus.InvalidJson:
      return "it is not a JSON object with distinct member names";
    case DiscoveryStatus.IssuerMismatch:
      return "its issuer is not the configured one, byte for byte";
    case DiscoveryStatus.NoJwksUri:
      return "it has no jwks_uri; configure jwksUri";
    case DiscoveryStatus.BadJwksUri:
      return "its jwks_uri is not a URL that can be asked for; configure jwksUri";
    case DiscoveryStatus.NotHttps:
      return "its jwks_uri is on another host and not https; configure jwksUri";
    default:
      return "its jwks_uri is on another host; configure jwksCluster, which reaches that";
  }
}

const WELL_KNOWN = "/.well-known/openid-configuration";
const ISSUER = Bytes.constant("issuer");
const JWKS_URI = Bytes.constant("jwks_uri");

/** Where the discovery document of an issuer is (§4 of OpenID Connect Discovery 1.0): one final slash gives way. */
export function documentPath(issuer: Url): string {
  const path = issuer.path;
  const end = path.length - 1;
  return (path.at(end) == SLASH ? path.slice(0, end) : path).toString() + WELL_KNOWN;
}

/** Whether an issuer has no query, as one that can be discovered must not (§2 of OpenID Connect Discovery 1.0). */
export function isDiscoverable(issuer: Url): bool {
  return issuer.path.indexOf(QUESTION) < 0;
}

/** How the location of an issuer's keys is found: OpenID Connect Discovery 1.0. */
@final
export class Discovery {
  /** Where the keys are; null until a document said so. */
  keys: HttpLocation | null = null;
  private freshUntil: i64 = 0;

  constructor(
    readonly document: HttpLocation,
    private readonly issuer: string,
    /** The cluster that reaches keys on another host than the document's; empty: none. */
    readonly jwksCluster: string,
  ) {}

  /** Where the keys are, unless a document has to be read first. `now` in milliseconds. */
  known(now: i64): HttpLocation | null {
    return now < this.freshUntil ? this.keys : null;
  }

  /** Takes the location from a document, which may be used until then. */
  read(text: Bytes, until: i64): DiscoveryStatus {
    const reader = new DocumentReader();
    const status = reader.read(text);
    if (status != DiscoveryStatus.Ok) return status;
    if (!reader.issuer.equals(Bytes.of(this.issuer))) return DiscoveryStatus.IssuerMismatch;
    const url = new Url();
    if (url.parse(reader.jwksUri) != UrlStatus.Ok) return DiscoveryStatus.BadJwksUri;
    const sameOrigin = this.isOriginOf(url);
    // Another host is the issuer's choice, so the configuration has to say that it may be asked, and through what.
    if (!sameOrigin && !url.secure) return DiscoveryStatus.NotHttps;
    if (!sameOrigin && this.jwksCluster.length == 0) return DiscoveryStatus.NoCluster;
    const cluster = sameOrigin ? this.document.cluster : this.jwksCluster;
    this.keys = new HttpLocation(cluster, url.authority.toString(), url.path.toString());
    this.freshUntil = until;
    return DiscoveryStatus.Ok;
  }

  /** The keys could not be fetched: they may have moved. */
  forget(): void {
    this.freshUntil = 0;
  }

  /** Whether a URL has the issuer's scheme, host and port. */
  private isOriginOf(url: Url): bool {
    const own = new Url();
    if (own.parse(Bytes.of(this.issuer)) != UrlStatus.Ok) return false;
    return url.secure == own.secure && url.port == own.port && url.host.equalsIgnoreCase(own.host);
  }
}

@final
class DocumentReader {
  issuer: Bytes = ISSUER;
  jwksUri: Bytes = JWKS_URI;

  read(text: Bytes): DiscoveryStatus {
    if (text.length > MAX_DOCUMENT_SIZE) return DiscoveryStatus.TooLarge;
    const json = new StrictJson();
    json.reset(text);
    if (json.next() != JsonEvent.ObjectStart) return DiscoveryStatus.InvalidJson;
    let hasIssuer = false;
    let hasJwksUri = false;
    let event = json.next();
    for (; event == JsonEvent.Key; event = json.next()) {
      const isIssuer = json.name.equals(ISSUER);
      const isJwksUri = json.name.equals(JWKS_URI);
      if (json.value() != JsonEvent.String) continue;
      if (isIssuer) {
        this.issuer = json.reader.text();
        hasIssuer = true;
      } else if (isJwksUri) {
        this.jwksUri = json.reader.text();
        hasJwksUri = true;
      }
    }
    if (event != JsonEvent.ObjectEnd || json.next() != JsonEvent.End || json.repeated)
      return DiscoveryStatus.InvalidJson;
    if (!hasIssuer) return DiscoveryStatus.IssuerMismatch;
    return hasJwksUri ? DiscoveryStatus.Ok : DiscoveryStatus.NoJwksUri;
  }
}
