import { isGrpcContentType } from "../../http/header";
import { Bytes, ByteWriter, Expression, GrpcStatus, Pairs, Property } from "../../sdk";
import { EMPTY } from "../../text/bytes";
import { END_TEXTS, EndText, endTextExpression } from "./end-text";
import { writeKeyText } from "./series-key";
import { NO_SERVICE, Service, Services } from "./services";
import { Workload } from "./workload";

/** `UNAUTHENTICATED`, the last one (grpc/doc/statuscodes.md). */
const MAX_GRPC_STATUS: i64 = 16;
/** A number that Envoy never gives: there was no response. */
const NO_GRPC_STATUS: i64 = i64.MIN_VALUE;

const NANOSECONDS_PER_MILLISECOND: u64 = 1_000_000;

const GRPC_STATUS = new Property(["response", "grpc_status"]);
const DOWNSTREAM_PEER = new Property(["filter_state", "downstream_peer"]);
const UPSTREAM_PEER = new Property(["filter_state", "upstream_peer"]);
/** Of the endpoint that was chosen. As a part of the expression it would cost more: an endpoint may have no metadata at all. */
const ENDPOINT_WORKLOAD = new Property(["xds", "upstream_host_metadata", "filter_metadata", "istio", "workload"]);

/**
 * What the proxy says of a stream that has ended. All that is needed of it comes from one evaluation of one expression, made
 * at configuration of what `need` asked for; all of it is valid until the callback ends.
 */
@final
export class StreamEnd {
  /** HTTP status; 0: there was no response. */
  code: i32 = 0;
  /** `StreamInfo::CoreResponseFlag`, a bit each. */
  flags: u64 = 0;
  /** From the first byte of the request to the last of the response. */
  milliseconds: u64 = 0;
  /** Headers and bodies. */
  requestBytes: u64 = 0;
  responseBytes: u64 = 0;
  /** Whether the request is one of gRPC, whoever answered it. */
  isGrpc: bool = false;
  /** Its `grpc-status`; -1: not gRPC, or none. */
  grpcStatus: i32 = -1;
  /** What the route leads to. */
  service: Service = NO_SERVICE;
  /** Who called, where the proxy knows more than the principal, and who was called. */
  readonly source: Workload = new Workload();
  readonly destination: Workload = new Workload();

  /** A bit for each text: on which series depend, for which the proxy is asked, and that somebody else says. */
  private keyed: u32 = 0;
  private asked: u32 = 0;
  private announced: u32 = 0;
  private asksForFlags: bool = false;
  /** On what else series depend. */
  private keysCode: bool = false;
  private keysFlags: bool = false;
  private keysGrpcStatus: bool = false;
  private keysService: bool = false;
  private keysSource: bool = false;
  private keysDestination: bool = false;
  /** For streams with a response and a route, as nearly all have; and for any stream, at the price of looking twice. */
  private expected: Expression | null = null;
  private guarded: Expression | null = null;
  private readonly texts: StaticArray<usize> = new StaticArray<usize>(END_TEXTS);
  private readonly services: Services = new Services();

  /** `knowsPeers`: the proxy is one of Istio, which leaves the workloads of both sides in filter state. */
  constructor(private readonly knowsPeers: bool) {
    this.clear();
  }

  /** `setText` says that text for each stream, so that the proxy need not be asked. To be known before all needs. */
  announce(text: EndText): void {
    this.announced |= bitOf(text);
  }

  /** That text is to be read of each stream. */
  need(text: EndText): void {
    if ((this.announced & bitOf(text)) == 0) this.asked |= bitOf(text);
  }

  needFlags(): void {
    this.asksForFlags = true;
  }

  /** That text is to be read, and series depend on it; so do they on all that comes next. */
  needInKey(text: EndText): void {
    this.keyed |= bitOf(text);
    this.need(text);
  }

  needCodeInKey(): void {
    this.keysCode = true;
  }

  needFlagsInKey(): void {
    this.keysFlags = true;
    this.needFlags();
  }

  needGrpcStatusInKey(): void {
    this.keysGrpcStatus = true;
  }

  needServiceInKey(): void {
    this.keysService = true;
    this.need(EndText.Cluster);
  }

  needSourceInKey(): void {
    this.keysSource = this.knowsPeers;
  }

  needDestinationInKey(): void {
    this.keysDestination = true;
  }

  /** Whether it is read, or said, for each stream. */
  isKnown(text: EndText): bool {
    return ((this.asked | this.announced) & bitOf(text)) != 0;
  }

  /** For `onConfigure`, when all needs are known; false: the proxy evaluates no such expression. */
  compile(): bool {
    this.expected = Expression.compile(this.list(false));
    this.guarded = Expression.compile(this.list(true));
    return this.expected !== null && this.guarded !== null;
  }

  /** Reads the stream that has ended. Where the proxy does not say, everything is as if there were nothing. */
  read(): void {
    this.clear();
    let value = valueOf(this.expected);
    if (value === null) value = valueOf(this.guarded);
    if (value === null) return;
    const members = Pairs.read(value);
    this.code = <i32>nextNumber(members);
    this.milliseconds = nextNumber(members) / NANOSECONDS_PER_MILLISECOND;
    this.requestBytes = nextNumber(members);
    this.responseBytes = nextNumber(members);
    if (this.asksForFlags) this.flags = nextNumber(members);
    for (let text = 0; text < END_TEXTS; text++) {
      if (this.isAsked(text) && members.next()) this.setText(text, members.name.slice(0));
    }
    this.readGrpc();
    if (this.isAsked(EndText.Cluster)) this.service = this.services.of(this.text(EndText.Cluster));
    if (this.keysSource) this.source.readPeer(DOWNSTREAM_PEER.bytes());
    if (this.keysDestination) this.readDestination();
  }

  /** Empty when there is none, or it is not known. */
  text(text: EndText): Bytes {
    // eslint-disable-next-line waypost/no-index -- one for each
    return changetype<Bytes>(unchecked(this.texts[text]));
  }

  /** Says what the proxy was not asked for. `value` must stay until the callback ends. */
  setText(text: EndText, value: Bytes): void {
    // eslint-disable-next-line waypost/no-index -- one for each
    unchecked((this.texts[text] = changetype<usize>(value)));
  }

  /** Adds all that a series depends on. */
  writeKey(writer: ByteWriter): void {
    writer.put(this.isGrpc ? 1 : 0);
    if (this.keysCode) writer.u32le(this.code);
    if (this.keysFlags) {
      writer.u32le(<u32>this.flags);
      writer.u32le(<u32>(this.flags >> 32));
    }
    if (this.keysGrpcStatus) writer.u32le(this.grpcStatus);
    for (let text = 0; text < END_TEXTS; text++) {
      if ((this.keyed & bitOf(text)) != 0) writeKeyText(writer, this.text(text));
    }
    if (this.keysService) this.service.writeKey(writer);
    if (this.keysSource) this.source.writeKey(writer);
    if (this.keysDestination) this.destination.writeKey(writer);
  }

  release(): void {
    const expected = this.expected;
    if (expected !== null) expected.release();
    const guarded = this.guarded;
    if (guarded !== null) guarded.release();
    this.services.release();
  }

  /** A list of all that is asked for: numbers of 64 bits, then texts. */
  private list(isGuarded: bool): string {
    const members = [
      // A stream that the client gave up has no code.
      isGuarded ? "has(response.code) ? response.code : 0" : "response.code",
      "request.duration",
      "request.total_size",
      "response.total_size",
    ];
    if (this.asksForFlags) members.push("response.flags");
    for (let text = 0; text < END_TEXTS; text++) {
      if (this.isAsked(text)) members.push(endTextExpression(text, isGuarded));
    }
    return "[" + members.join(", ") + "]";
  }

  private isAsked(text: EndText): bool {
    return (this.asked & bitOf(text)) != 0;
  }

  private clear(): void {
    this.code = 0;
    this.flags = 0;
    this.milliseconds = 0;
    this.requestBytes = 0;
    this.responseBytes = 0;
    this.isGrpc = false;
    this.grpcStatus = -1;
    this.service = NO_SERVICE;
    this.source.clear();
    this.destination.clear();
    for (let text = 0; text < END_TEXTS; text++) this.setText(text, EMPTY);
  }

  private readGrpc(): void {
    this.isGrpc = isGrpcContentType(this.text(EndText.ContentType));
    if (!this.isGrpc) return;
    const status = GRPC_STATUS.int(NO_GRPC_STATUS);
    if (status == NO_GRPC_STATUS) return;
    // Of what is none, Envoy makes a negative number; for clients it is UNKNOWN.
    this.grpcStatus = status < 0 || status > MAX_GRPC_STATUS ? GrpcStatus.Unknown : <i32>status;
  }

  private readDestination(): void {
    if (this.knowsPeers && this.destination.readPeer(UPSTREAM_PEER.bytes())) return;
    const endpoint = ENDPOINT_WORKLOAD.bytes();
    if (endpoint !== null) this.destination.readEndpoint(endpoint);
  }
}

function bitOf(text: EndText): u32 {
  return 1 << (<u32>text);
}

function valueOf(expression: Expression | null): Bytes | null {
  return expression === null ? null : expression.evaluate();
}

/** The next member, a number of 64 bits; 0 for anything else. */
function nextNumber(members: Pairs): u64 {
  return members.next() && members.name.length == 8 ? load<u64>(members.name.ptr) : 0;
}
