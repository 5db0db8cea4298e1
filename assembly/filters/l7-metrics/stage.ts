import { RequestFacts } from "../../matching/request-facts";
import {
  Bytes,
  ByteWriter,
  ConfigObject,
  Counter,
  Gauge,
  declareStringFilterState,
  incrementMetric,
  recordMetric,
  setFilterState,
} from "../../sdk";
import { hash64 } from "../../text/hash";
import { Stage } from "../stage";
import { StreamNotes } from "../stream-notes";
import { L7MetricsConfig } from "./config";
import { readConfig } from "./config-reader";
import { EndText } from "./end-text";
import { GivenTexts } from "./given-texts";
import { GrpcMessages } from "./grpc-messages";
import { MetricKind } from "./metric-kind";
import { SeriesRegistry } from "./series-registry";
import { SeriesTable } from "./series-table";

/** Filter state that names a request's operation, for access logs: `wasm.waypost_operation`. */
const OPERATION = Bytes.constant("waypost_operation");

/** The HTTP statuses that mean something (RFC 9110 §15). */
const FIRST_CODE = 100;
const LAST_CODE = 599;

/** Counts streams when they end: all of l7-metrics but the contexts. */
@final
export class L7MetricsStage extends Stage {
  private readonly series: SeriesTable;
  /** Those of requests whose own series would be one too many, by response code. */
  private readonly others: SeriesTable;
  private readonly registry: SeriesRegistry;
  private readonly messages: GrpcMessages = new GrpcMessages();
  /** Null until the configuration is accepted. */
  private inFlight: Gauge | null = null;
  private overflow: Counter | null = null;

  private constructor(
    private readonly config: L7MetricsConfig,
    private readonly facts: RequestFacts,
    private readonly given: GivenTexts,
  ) {
    super();
    this.series = new SeriesTable(config.names, false);
    this.others = new SeriesTable(config.names, true);
    this.registry = new SeriesRegistry(hash64(config.identity()), config.maxSeries);
  }

  /** Reads the configuration, and notes its problems there. `given`: what stages of the same context say. */
  static read(object: ConfigObject, facts: RequestFacts, given: GivenTexts): L7MetricsStage {
    return new L7MetricsStage(readConfig(object, facts, given), facts, given);
  }

  /** Whether claims of the verified token are looked at when the stream ends. */
  get needsClaims(): bool {
    return this.config.needsClaims;
  }

  begin(): void {
    const config = this.config;
    if (config.countsInFlight) this.inFlight = new Gauge(config.names.ofProxy("requests_in_flight"));
    this.overflow = new Counter(config.names.ofProxy("series_overflow_total"));
    if (config.operations !== null) declareStringFilterState(OPERATION);
  }

  /** A stream begins. For each there is one `onStreamGone`. */
  onStreamBegin(): void {
    const inFlight = this.inFlight;
    if (inFlight !== null) inFlight.add(1);
  }

  onStreamGone(): void {
    const inFlight = this.inFlight;
    if (inFlight !== null) inFlight.add(-1);
  }

  /** Counts the stream that has ended. `notes`: what stages of the same context found out about it. */
  onLog(notes: StreamNotes): void {
    const config = this.config;
    const end = config.end;
    end.read();
    this.given.give(end, notes);
    if (config.needsRequest) this.lookAtRequest(notes.claims());
    const log = config.decisionLog;
    if (log !== null) log.log(end, notes);
    const key = this.keyOf();
    const series = this.seriesOf(key);
    if (series >= 0) this.count(this.series, series);
    else this.countAsOther();
  }

  release(): void {
    this.series.release();
    this.others.release();
    this.registry.release();
    this.config.release();
  }

  /** The headers are those that the request has now: with all that filters and the router made of it. */
  private lookAtRequest(claims: Bytes | null): void {
    this.facts.begin();
    if (claims !== null) this.facts.claims.give(claims);
    const operations = this.config.operations;
    if (operations === null) return;
    const index = operations.find();
    if (index < 0) return;
    const name = operations.name(index);
    this.config.end.setText(EndText.Operation, name);
    setFilterState(OPERATION, name);
  }

  private keyOf(): Bytes {
    const key = ByteWriter.create(512);
    this.config.end.writeKey(key);
    const labels = this.config.labels;
    for (let i = 0; i < labels.length; i++) unchecked(labels[i]).writeKey(key);
    return key.finish();
  }

  /** -1: there is no place for it. */
  private seriesOf(key: Bytes): i32 {
    const known = this.series.find(key);
    if (known >= 0) return known;
    const isRoom = this.series.size < this.config.maxSeries && this.registry.admit(key);
    return isRoom ? this.series.add(key) : -1;
  }

  private countAsOther(): void {
    const overflow = this.overflow;
    if (overflow !== null) overflow.increment();
    const end = this.config.end;
    // An upstream can answer with any number: those that mean nothing are as if there were none.
    if (end.code < FIRST_CODE || end.code > LAST_CODE) end.code = 0;
    const key = ByteWriter.create();
    key.u32le(end.code);
    // A gRPC status is in a name of its own, where it is not a label.
    key.u32le(end.grpcStatus);
    const known = this.others.find(key.finish());
    this.count(this.others, known >= 0 ? known : this.others.add(key.finish()));
  }

  private count(table: SeriesTable, series: i32): void {
    const config = this.config;
    const end = config.end;
    this.add(table, series, MetricKind.RequestCount, 1);
    this.record(table, series, MetricKind.RequestDuration, end.milliseconds);
    this.record(table, series, MetricKind.RequestSize, end.requestBytes);
    this.record(table, series, MetricKind.ResponseSize, end.responseBytes);
    if (end.isGrpc) this.countGrpc(table, series);
  }

  private countGrpc(table: SeriesTable, series: i32): void {
    const messages = this.messages;
    messages.read();
    this.add(table, series, MetricKind.GrpcRequestMessages, messages.ofRequest);
    this.add(table, series, MetricKind.GrpcResponseMessages, messages.ofResponse);
    if (this.config.end.grpcStatus >= 0) this.add(table, series, MetricKind.GrpcResponses, 1);
  }

  private record(table: SeriesTable, series: i32, kind: MetricKind, value: u64): void {
    if (this.config.isEnabled(kind)) recordMetric(table.metric(series, kind), value);
  }

  /** A counter that there is nothing to add to does not come into being. */
  private add(table: SeriesTable, series: i32, kind: MetricKind, count: u64): void {
    if (count > 0 && this.config.isEnabled(kind)) incrementMetric(table.metric(series, kind), count);
  }
}
