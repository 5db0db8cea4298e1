import { LogLevel, Status } from "../../abi/types";
import * as sdk from "../../sdk";
import { Body, Bytes, HeaderMap, PairList, Pairs, Property } from "../../sdk";
import { Script } from "./script";

/** What `keep` read, for `kept`: a view of what the host handed over. */
let kept: Bytes | null = null;

/** The queue of the last `queue.register` or `queue.resolve`. */
let queue: sdk.SharedQueue | null = null;

/** Runs one command and answers its result as text. */
export function runCommand(words: string[], script: Script, context: sdk.Context): string {
  const group = words[0].split(".")[0];
  if (group == "body") return runBody(words);
  if (group == "property") return showProperty(words);
  if (group == "shared" || group == "queue") return runShared(words);
  if (group == "counter" || group == "gauge" || group == "histogram") return runMetric(words);
  if (group == "log") return runLog(words);
  if (group == "stream" || group == "root") return runContext(words, script, context);
  if (group == "reply") return runReply(words);
  if (group == "foreign" || group == "envoy") return runForeign(words);
  if (group == "now") return sdk.nowMilliseconds().toString() + " " + sdk.nowNanoseconds().toString();
  if (group == "keep") {
    kept = sdk.requestHeaders.getBytes(Bytes.of(words[1]));
    return show(kept);
  }
  if (group == "kept") return show(kept);
  return runHeaders(words);
}

/** Text in quotes, or `null`. */
export function show(value: Bytes | null): string {
  return value === null ? "null" : '"' + value.toString() + '"';
}

function showText(value: string | null): string {
  return value === null ? "null" : '"' + value + '"';
}

function showPairs(pairs: Pairs): string {
  const parts: string[] = [];
  while (pairs.next()) parts.push(pairs.name.toString() + "=" + pairs.value.toString());
  return pairs.count.toString() + " [" + parts.join(", ") + "]";
}

function word(words: string[], index: i32): string {
  return index < words.length ? words[index] : "";
}

function number(words: string[], index: i32): i32 {
  return <i32>parseInt(word(words, index));
}

function bytes(words: string[], index: i32): Bytes {
  return Bytes.of(word(words, index));
}

/** The pairs of the words from `index` on. */
export function pairsFrom(words: string[], index: i32): PairList {
  const list = PairList.create(1);
  for (let i = index; i + 1 < words.length; i += 2) list.add(words[i], words[i + 1]);
  return list;
}

function headerMap(name: string): HeaderMap {
  if (name == "request") return sdk.requestHeaders;
  if (name == "requestTrailers") return sdk.requestTrailers;
  if (name == "response") return sdk.responseHeaders;
  return sdk.responseTrailers;
}

function runHeaders(words: string[]): string {
  const map = headerMap(word(words, 1));
  const name = word(words, 2);
  const value = word(words, 3);
  if (words[0] == "get") return showText(map.get(name));
  if (words[0] == "has") return map.has(name).toString();
  if (words[0] == "getAll") return "[" + map.getAll(name).join("|") + "]";
  if (words[0] == "set") return map.set(name, value).toString();
  if (words[0] == "add") return map.add(name, value).toString();
  if (words[0] == "remove") return map.remove(name).toString();
  if (words[0] == "pairs") return showPairs(map.pairs());
  if (words[0] == "first") return show(map.pairs().first(Bytes.of(name)));
  if (words[0] == "byteSize") return map.byteSize().toString();
  if (words[0] == "replaceAll") return map.replaceAll(pairsFrom(words, 2)).toString();
  if (words[0] == "replaceAllBy") return map.replaceAll(manyPairs(<i32>parseInt(name))).toString();
  if (words[0] == "copyTo") {
    const list = PairList.create();
    map.copyTo(list, name, value);
    return showPairs(Pairs.read(list.encode()));
  }
  return "unknown command";
}

function manyPairs(count: i32): PairList {
  const list = PairList.create();
  for (let i = 0; i < count; i++) list.add("x-" + i.toString(), "v");
  return list;
}

function runBody(words: string[]): string {
  const body: Body = word(words, 1) == "request" ? sdk.requestBody : sdk.responseBody;
  if (words[0] == "body.size") return body.size().toString();
  if (words[0] == "body.read")
    return show(words.length > 2 ? body.read(number(words, 2), number(words, 3)) : body.read());
  if (words[0] == "body.replace") return body.replace(bytes(words, 2)).toString();
  if (words[0] == "body.replaceRange") {
    return body.replaceRange(number(words, 2), number(words, 3), bytes(words, 4)).toString();
  }
  if (words[0] == "body.prepend") return body.prepend(bytes(words, 2)).toString();
  if (words[0] == "body.append") return body.append(bytes(words, 2)).toString();
  if (words[0] == "body.setJson") return body.setJson(word(words, 2), word(words, 3)).toString();
  if (words[0] == "body.repeat") return repeatBody(body, number(words, 2)).toString();
  return "unknown command";
}

/** The body so many times in a row. */
function repeatBody(body: Body, times: i32): Status {
  const writer = sdk.ByteWriter.create();
  const once = body.read();
  for (let i = 0; i < times; i++) writer.bytes(once);
  return body.replace(writer.finish());
}

function showProperty(words: string[]): string {
  const property = new Property(words.slice(1));
  const type = words[0].split(".")[1];
  if (type == "bytes") return show(property.bytes());
  if (type == "has") return property.has().toString();
  if (type == "string") return showText(property.string());
  if (type == "int") return property.int(-1).toString();
  if (type == "double") return property.double(-1).toString();
  if (type == "bool") return property.bool(false).toString() + " " + property.bool(true).toString();
  if (type == "timestamp") return property.timestamp(-1).toString();
  if (type == "duration") return property.duration(-1).toString();
  if (type == "set") {
    const status = sdk.setFilterState(Bytes.of(words[1]), Bytes.of(words[2]));
    return status.toString();
  }
  const pairs = type == "list" ? property.list() : property.map();
  return pairs === null ? "null" : showPairs(pairs);
}

function runShared(words: string[]): string {
  const key = bytes(words, 1);
  if (words[0] == "shared.get") return show(sdk.sharedData.get(key)) + " " + (sdk.sharedData.cas != 0).toString();
  if (words[0] == "shared.set") return sdk.sharedData.set(key, bytes(words, 2)).toString();
  if (words[0] == "shared.replace") return sdk.sharedData.replace(key, bytes(words, 2)).toString();
  if (words[0] == "queue.register") queue = sdk.SharedQueue.register(word(words, 1));
  if (words[0] == "queue.resolve") queue = sdk.SharedQueue.resolve(word(words, 1), word(words, 2));
  const current = queue;
  if (current === null) return "null";
  if (words[0] == "queue.enqueue") return current.enqueue(key).toString();
  if (words[0] == "queue.dequeue") return show(current.dequeue());
  return "ok";
}

function runMetric(words: string[]): string {
  const value = <i64>parseInt(word(words, 2));
  if (words[0] == "counter") {
    const counter = new sdk.Counter(words[1]);
    counter.increment(<u32>value);
    return counter.value().toString();
  }
  if (words[0] == "gauge.set" || words[0] == "gauge.add") {
    const gauge = new sdk.Gauge(words[1]);
    if (words[0] == "gauge.set") gauge.set(<u64>value);
    else gauge.add(value);
    return (<i64>gauge.value()).toString();
  }
  const histogram = new sdk.Histogram(words[1]);
  histogram.record(<u64>value);
  return histogram.value().toString();
}

function runLog(words: string[]): string {
  const level = <LogLevel>["trace", "debug", "info", "warn", "error", "critical"].indexOf(word(words, 1));
  if (words[0] == "log.enabled") return sdk.log.enabled(level).toString();
  if (words[0] == "log.line") {
    const number = <i64>parseInt(word(words, 3));
    sdk.log.line(level).text(word(words, 2)).bytes(Bytes.of("|")).number(number).send();
  } else if (words[0] == "log.body") {
    sdk.log.line(level).bytes(sdk.requestBody.read()).send();
  } else if (level == LogLevel.Trace) {
    sdk.log.trace(words[2]);
  } else if (level == LogLevel.Debug) {
    sdk.log.debug(words[2]);
  } else if (level == LogLevel.Warn) {
    sdk.log.warn(words[2]);
  } else if (level == LogLevel.Error) {
    sdk.log.error(words[2]);
  } else {
    sdk.log.critical(words[2]);
  }
  return "ok";
}

function runContext(words: string[], script: Script, context: sdk.Context): string {
  const stream = script.stream;
  if (words[0] == "root.tick" && context instanceof sdk.RootContext) {
    (<sdk.RootContext>context).setTickPeriod(number(words, 1));
    return "ok";
  }
  if (words[0] == "root.done") {
    context.done();
    return "ok";
  }
  if (stream === null) return "no stream";
  if (words[0] == "stream.enter") return stream.makeEffective().toString();
  if (words[0] == "stream.continueRequest") stream.continueRequest();
  else if (words[0] == "stream.continueResponse") stream.continueResponse();
  else if (words[0] == "stream.reset") stream.reset();
  else return "unknown command";
  return "ok";
}

/** `reply STATUS BODY DETAILS GRPC-STATUS NAME VALUE…` */
function runReply(words: string[]): string {
  const reply = sdk.LocalReply.of(<u32>number(words, 1), word(words, 2));
  if (word(words, 3).length > 0) reply.details(words[3]);
  if (word(words, 4).length > 0) reply.grpcStatus(<sdk.GrpcStatus>number(words, 4));
  for (let i = 5; i + 1 < words.length; i += 2) reply.header(words[i], words[i + 1]);
  return reply.send().toString();
}

function runForeign(words: string[]): string {
  if (words[0] == "envoy.clearRouteCache") return sdk.clearRouteCache().toString();
  if (words[0] == "envoy.declare") return sdk.declareStringFilterState(bytes(words, 1)).toString();
  if (words[0] == "envoy.setFilterState") {
    return sdk.setEnvoyFilterState(bytes(words, 1), bytes(words, 2), sdk.LifeSpan.Request).toString();
  }
  const foreign = new sdk.ForeignFunction(words[1]);
  let result = foreign.call(bytes(words, 2));
  if (result !== null && words.length > 3) result = new sdk.ForeignFunction(words[3]).call(result);
  return foreign.status.toString() + " " + show(result);
}
