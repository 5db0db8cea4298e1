import { GrpcStatus } from "../../abi/types";
import * as sdk from "../../sdk";
import { Bytes } from "../../sdk";
import { pairsFrom, show } from "./commands";
import { Script } from "./script";

/** What `trace.keep` read. */
let trace: sdk.TraceContext | null = null;

/** The first context that sent something by `http.first`. */
let first: sdk.Context | null = null;

/** The calls that were made, by their tags. */
const httpCalls = new Map<string, TaggedCall>();
const grpcCalls = new Map<string, TaggedGrpcCall>();
const grpcStreams = new Map<string, TaggedGrpcStream>();

export function isCall(name: string): bool {
  return name.startsWith("http") || name.startsWith("grpc") || name.startsWith("trace");
}

/** Runs a command about calls out of the filter and answers its result as text. */
export function runCall(words: string[], script: Script, context: sdk.Context): string {
  if (words[0] == "trace.keep") {
    trace = sdk.TraceContext.ofRequest();
    return (trace !== null).toString();
  }
  const tag = words[1];
  if (words[0] == "http.pending") return httpCalls.get(tag).pending.toString();
  if (words[0].startsWith("http")) return sendHttp(words, script, context);
  if (words[0] == "grpc") return sendGrpc(words, script, context);
  if (words[0] == "grpc.pending") return grpcCalls.get(tag).pending.toString();
  if (words[0] == "grpc.cancel") {
    grpcCalls.get(tag).cancel();
    return "ok";
  }
  if (words[0] == "grpcStream.open") return openStream(words, script, context);
  const stream = grpcStreams.get(tag);
  if (words[0] == "grpcStream.send") return stream.send(Bytes.of(words[2]), words.length > 3).toString();
  if (words[0] == "grpcStream.close") stream.close();
  else if (words[0] == "grpcStream.cancel") stream.cancel();
  else if (words[0] == "grpcStream.pending") return stream.pending.toString();
  else return "unknown command";
  return "ok";
}

/**
 * `http TAG CLUSTER PATH TIMEOUT [BODY NAME VALUE…]`; a tag that was used before sends with the same object again.
 *
 * In place of `http`: `http.kept` adds the trace context of `trace.keep`, `http.private` sends none, `http.root` sends for the
 * stream's root and `http.first` for the first context that did, and `http.count` answers how many headers the list has afterwards, beside the status.
 */
function sendHttp(words: string[], script: Script, context: sdk.Context): string {
  const tag = words[1];
  if (!httpCalls.has(tag)) httpCalls.set(tag, new TaggedCall(tag, script, context));
  const headers = sdk.HttpCall.headers("GET", words[2], words[3]);
  for (let i = 6; i + 1 < words.length; i += 2) headers.add(words[i], words[i + 1]);
  const kept = trace;
  if (words[0] == "http.kept" && kept !== null) kept.addTo(headers);
  const call = httpCalls.get(tag);
  call.sendsTraceContext = words[0] != "http.private";
  const body = words.length > 5 ? Bytes.of(words[5]) : null;
  const status = call.send(ownerOf(words[0], context), words[2], headers, body, <u32>parseInt(words[4])).toString();
  return words[0] == "http.count" ? status + " " + headers.count.toString() : status;
}

function ownerOf(command: string, context: sdk.Context): sdk.Context {
  if (command == "http.root") {
    const root = (<sdk.StreamContext>context).owner;
    return root === null ? context : root;
  }
  if (command != "http.first") return context;
  const owner = first;
  first = owner === null ? context : owner;
  return owner === null ? context : owner;
}

class TaggedCall extends sdk.HttpCall {
  constructor(
    private readonly tag: string,
    private readonly script: Script,
    private readonly context: sdk.Context,
  ) {
    super();
  }

  onResponse(status: i32): void {
    this.say("onResponse", status);
    this.script.run("onResponse " + this.tag, this.context);
  }

  onLateResponse(status: i32): void {
    this.say("onLateResponse", status);
  }

  private say(event: string, status: i32): void {
    const trailer = this.responseTrailers.get("x-trailer");
    const header = this.responseHeaders.get("x-header");
    const path = sdk.requestHeaders.get(":path");
    sdk.log.info(
      event +
        " " +
        this.tag +
        ": " +
        status.toString() +
        " " +
        show(this.responseBody.read()) +
        (header === null ? "" : " header " + header) +
        (trailer === null ? "" : " trailer " + trailer) +
        (path === null ? "" : " in " + path),
    );
  }
}

/** `grpc TAG CLUSTER MESSAGE TIMEOUT NAME VALUE…` */
function sendGrpc(words: string[], script: Script, context: sdk.Context): string {
  const call = new TaggedGrpcCall(words[1], script, context);
  grpcCalls.set(words[1], call);
  const metadata = words.length > 5 ? pairsFrom(words, 5) : null;
  const timeout = <u32>parseInt(words[4]);
  return call.send(context, words[2], "test.Service", "Unary", metadata, Bytes.of(words[3]), timeout).toString();
}

class TaggedGrpcCall extends sdk.GrpcCall {
  constructor(
    private readonly tag: string,
    private readonly script: Script,
    private readonly context: sdk.Context,
  ) {
    super();
  }

  onMessage(message: Bytes): void {
    sdk.log.info("onMessage " + this.tag + ": " + show(message));
  }

  onClose(status: GrpcStatus): void {
    sdk.log.info("onClose " + this.tag + ": " + status.toString() + " " + show(this.statusMessage()));
    this.script.run("onClose " + this.tag, this.context);
  }
}

/** `grpcStream.open TAG CLUSTER NAME VALUE…` */
function openStream(words: string[], script: Script, context: sdk.Context): string {
  const stream = new TaggedGrpcStream(words[1], script, context);
  grpcStreams.set(words[1], stream);
  const metadata = words.length > 3 ? pairsFrom(words, 3) : null;
  return stream.open(context, words[2], "test.Service", "Stream", metadata).toString();
}

class TaggedGrpcStream extends sdk.GrpcStream {
  constructor(
    private readonly tag: string,
    private readonly script: Script,
    private readonly context: sdk.Context,
  ) {
    super();
  }

  onInitialMetadata(count: u32): void {
    const value = this.initialMetadata.get("x-initial");
    sdk.log.info("onInitialMetadata " + this.tag + ": " + (value === null ? "null" : value));
  }

  onTrailingMetadata(count: u32): void {
    const value = this.trailingMetadata.get("x-trailing");
    sdk.log.info("onTrailingMetadata " + this.tag + ": " + (value === null ? "null" : value));
  }

  onMessage(message: Bytes): void {
    sdk.log.info("onMessage " + this.tag + ": " + show(message));
    this.script.run("onMessage " + this.tag, this.context);
  }

  onClose(status: GrpcStatus): void {
    sdk.log.info("onClose " + this.tag + ": " + status.toString() + " " + show(this.statusMessage()));
    this.script.run("onClose " + this.tag, this.context);
  }
}
