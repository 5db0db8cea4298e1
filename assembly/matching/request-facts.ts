import { Bytes, Property, requestHeaders } from "../sdk";
import { EMPTY, orEmpty } from "../text/bytes";
import { HeaderSlots } from "./header-slots";
import { CookieValues, QueryValues, RawQueryValues } from "./named-values";
import { pathOf } from "./path-match";
import { VerifiedClaims } from "./verified-claims";

/** Who called, as ztunnel and the waypoint's mTLS know it. Nothing else says so: the connection is the waypoint's own. */
const PEER_PRINCIPAL = new Property(["filter_state", "io.istio.peer_principal"]);
const DESTINATION_PORT = new Property(["destination", "port"]);
const DESTINATION_ADDRESS = new Property(["destination", "address"]);
const SOURCE_ADDRESS = new Property(["source", "address"]);
const METADATA = new Property(["metadata"]);

/** Which of the facts that cost a hostcall are known already. */
enum Known {
  Principal = 1,
  Port = 2,
  Destination = 4,
  Source = 8,
  Metadata = 16,
}

/**
 * What can be known of a request: one object for all filters of a stream context. `begin` reads the headers; the rest is read
 * when it is first asked for. All of it is valid until the callback ends.
 */
@final
export class RequestFacts {
  readonly headers: HeaderSlots;
  readonly claims: VerifiedClaims = new VerifiedClaims();
  readonly pathSlot: i32;
  readonly methodSlot: i32;
  readonly authoritySlot: i32;
  readonly schemeSlot: i32;
  readonly query: QueryValues;
  readonly rawQuery: RawQueryValues;
  readonly cookies: CookieValues;

  private known: u32 = 0;
  private knownPrincipal: Bytes = EMPTY;
  private knownPort: i32 = -1;
  private knownDestination: Bytes = EMPTY;
  private knownSource: Bytes = EMPTY;
  private knownMetadata: Bytes = EMPTY;

  constructor() {
    const headers = new HeaderSlots();
    const pathSlot = headers.add(":path");
    this.headers = headers;
    this.query = new QueryValues(headers, pathSlot);
    this.rawQuery = new RawQueryValues(headers, pathSlot);
    this.cookies = new CookieValues(headers, headers.add("cookie"));
    this.pathSlot = pathSlot;
    this.methodSlot = headers.add(":method");
    this.authoritySlot = headers.add(":authority");
    this.schemeSlot = headers.add(":scheme");
  }

  /** Reads the headers of the request that the host is working on, and forgets all about another one. */
  begin(): void {
    this.known = 0;
    this.claims.begin();
    this.query.begin();
    this.rawQuery.begin();
    this.cookies.begin();
    this.headers.collect(requestHeaders.pairs());
  }

  /** Whether there are headers at all: every request has a method. */
  get isPresent(): bool {
    return this.headers.count(this.methodSlot) > 0;
  }

  /** The request target, `:path`: path and query. Empty, as the others, when there is none. */
  get target(): Bytes {
    return this.pseudo(this.pathSlot);
  }

  /** The target without query and fragment. */
  get path(): Bytes {
    return pathOf(this.target);
  }

  get method(): Bytes {
    return this.pseudo(this.methodSlot);
  }

  /** `:authority`, or `host` */
  get authority(): Bytes {
    return this.pseudo(this.authoritySlot);
  }

  get scheme(): Bytes {
    return this.pseudo(this.schemeSlot);
  }

  /** SPIFFE id of the caller; empty when it has none. */
  get principal(): Bytes {
    if (this.isNew(Known.Principal)) this.knownPrincipal = orEmpty(PEER_PRINCIPAL.bytes());
    return this.knownPrincipal;
  }

  /** The port that the request was sent to: in a waypoint that of the service. -1 when it is not known. */
  get destinationPort(): i32 {
    if (this.isNew(Known.Port)) this.knownPort = <i32>DESTINATION_PORT.int(-1);
    return this.knownPort;
  }

  /** The address that the request was sent to, `ip:port`: in a waypoint that of the service. */
  get destinationAddress(): Bytes {
    if (this.isNew(Known.Destination)) this.knownDestination = orEmpty(DESTINATION_ADDRESS.bytes());
    return this.knownDestination;
  }

  /** The caller's address, `ip:port`. It follows X-Forwarded-For, which the caller can write. */
  get sourceAddress(): Bytes {
    if (this.isNew(Known.Source)) this.knownSource = orEmpty(SOURCE_ADDRESS.bytes());
    return this.knownSource;
  }

  /** All dynamic metadata: a serialized `envoy.config.core.v3.Metadata`. Parts of it would come without their types. */
  get metadata(): Bytes {
    if (this.isNew(Known.Metadata)) this.knownMetadata = orEmpty(METADATA.bytes());
    return this.knownMetadata;
  }

  /** Frees what the garbage collector does not, when the configuration is over. */
  release(): void {
    this.headers.release();
    this.claims.release();
    this.query.release();
    this.rawQuery.release();
    this.cookies.release();
  }

  private pseudo(slot: i32): Bytes {
    return orEmpty(this.headers.value(slot));
  }

  private isNew(fact: Known): bool {
    const isNew = (this.known & fact) == 0;
    this.known |= fact;
    return isNew;
  }
}
