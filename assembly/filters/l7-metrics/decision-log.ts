import { Bytes, ByteWriter, LogLevel, Property, log } from "../../sdk";
import * as ascii from "../../text/ascii";
import { EMPTY, orEmpty } from "../../text/bytes";
import { StreamNotes } from "../stream-notes";
import { DecisionLine } from "./decision-line";
import { EndText, filterStateOf } from "./end-text";
import { writeResponseFlags } from "./response-flags";
import { Sampler } from "./sampler";
import { StreamEnd } from "./stream-end";
import { Judge, Verdict } from "./verdict";

/** What marks the lines among others in the proxy's log. */
const KIND = Bytes.constant("decision");

/** A UUID has 36 bytes. A JWT never fits into 64. */
const MAX_REQUEST_ID_LENGTH = 64;
/** Longer than all registered methods. */
const MAX_METHOD_LENGTH = 32;

const METHOD = new Property(["request", "method"]);
const REQUEST_ID = new Property(["request", "id"]);
const ROUTE = new Property(["filter_state", filterStateOf(EndText.Route)]);
const LANE = new Property(["filter_state", filterStateOf(EndText.Lane)]);
const PRINCIPAL = new Property(["filter_state", filterStateOf(EndText.SourcePrincipal)]);

const verdict = new Verdict();

/**
 * Writes what was decided about requests to the proxy's log, at level `warn`, because Istio's proxies show nothing below: one
 * JSON object a line. What is in it, by who has the say over it:
 *
 * - configurations: names of the rule, route, lane and operation
 * - this proxy: decision, reason, code, flags, service
 * - the mesh: the caller's principal
 * - the client: method and request id, cut and cleaned
 *
 * Nothing else of the request: no path, query or header, where tokens and data of persons are, and no claims.
 */
@final
export class DecisionLog {
  private readonly sampler: Sampler;

  /** `onlyDenials`: requests that nobody refused are left out. `samplePercent`: above 0, up to 100. */
  constructor(
    private readonly onlyDenials: bool,
    samplePercent: f64,
  ) {
    this.sampler = new Sampler(samplePercent);
  }

  /** Tells what it needs to know of each stream. The rest is asked for when a line is written. */
  need(end: StreamEnd): void {
    Verdict.need(end);
    end.need(EndText.Cluster);
    end.needFlags();
  }

  /** Writes the line of the stream that has ended, if it gets one. */
  log(end: StreamEnd, notes: StreamNotes): void {
    if (!this.onlyDenials && !this.sampler.take()) return;
    verdict.read(end);
    if (this.onlyDenials && !(verdict.isDenial && this.sampler.take())) return;
    if (log.enabled(LogLevel.Warn)) log.line(LogLevel.Warn).bytes(describe(end, notes)).send();
  }
}

/** The line of a stream about which `verdict` is read. */
function describe(end: StreamEnd, notes: StreamNotes): Bytes {
  const line = DecisionLine.begin().text("waypost", KIND).text("decision", verdict.decision);
  line.text("reason", verdict.reason(notes), prefixOf(verdict.judge));
  if (end.code > 0) line.number("code", end.code);
  if (end.grpcStatus >= 0) line.number("grpc_status", end.grpcStatus);
  line
    .text("flags", flagsOf(end))
    .clientText("method", orEmpty(METHOD.bytes()), MAX_METHOD_LENGTH)
    .text("operation", end.text(EndText.Operation))
    .text("route", textOf(end, EndText.Route, ROUTE))
    .text("lane", textOf(end, EndText.Lane, LANE))
    .text("principal", textOf(end, EndText.SourcePrincipal, PRINCIPAL))
    .text("service", serviceOf(end))
    .clientText("request_id", orEmpty(REQUEST_ID.bytes()), MAX_REQUEST_ID_LENGTH);
  return line.finish();
}

function prefixOf(judge: Judge): string {
  switch (judge) {
    case Judge.JwtAuth:
      return "jwt: ";
    case Judge.Authz:
      return "authz: ";
    default:
      return "";
  }
}

/** What was read for all streams, else what the proxy says when it is asked. */
function textOf(end: StreamEnd, text: EndText, property: Property): Bytes {
  return end.isKnown(text) ? end.text(text) : orEmpty(property.bytes());
}

function flagsOf(end: StreamEnd): Bytes {
  if (end.flags == 0) return EMPTY;
  const writer = ByteWriter.create();
  writeResponseFlags(writer, end.flags);
  return writer.finish();
}

/** `<namespace>/<name>` */
function serviceOf(end: StreamEnd): Bytes {
  const service = end.service;
  if (service.namespace.length == 0) return service.name;
  const writer = ByteWriter.create();
  writer.bytes(service.namespace);
  writer.put(ascii.SLASH);
  writer.bytes(service.name);
  return writer.finish();
}
