/** The commands of a script: each makes one raw hostcall and logs `command => status result`. */
import * as host from "./env";
import { bytesOf, out, pairsOf, show, showPairs } from "./text";

/** The number that the last hostcall wrote: `$last` in a script. */
let last: u32 = 0;

/** Of the running callback: `$root`, `$stream`. */
let rootId: u32 = 0;
let streamId: u32 = 0;

const INFO: u32 = 2;

/** A pointer that is outside of every memory: `!` in place of text. */
const BAD_POINTER: usize = 0xfffffff0;

export function log(message: string): void {
  const bytes = String.UTF8.encode(message);
  host.proxy_log(INFO, changetype<usize>(bytes), bytes.byteLength);
}

export function setContexts(root: u32, stream: u32): void {
  rootId = root;
  streamId = stream;
}

/** A word as pointer and size. Kept in a field so that the collector leaves it alone during the hostcall. */
@final
class Text {
  readonly buffer: ArrayBuffer;
  readonly pointer: usize;
  readonly size: usize;

  constructor(word: string) {
    this.buffer = word == "!" ? new ArrayBuffer(0) : bytesOf(word);
    this.pointer = word == "!" ? BAD_POINTER : changetype<usize>(this.buffer);
    this.size = word == "!" ? 100 : this.buffer.byteLength;
  }
}

function at(words: string[], index: i32): string {
  return index < words.length ? words[index] : "";
}

function text(words: string[], index: i32): Text {
  return new Text(at(words, index));
}

function number(words: string[], index: i32): u32 {
  const word = at(words, index);
  if (word == "$last") return last;
  if (word == "$root") return rootId;
  if (word == "$stream") return streamId;
  return <u32>(<i64>parseInt(word));
}

function value(status: u32): string {
  return status == 0 ? " " + show(load<u32>(out()), load<u32>(out(8))) : "";
}

function written(status: u32): string {
  if (status == 0) last = load<u32>(out());
  return status == 0 ? " " + load<u32>(out()).toString() : "";
}

/** Runs one command and logs what came of it. */
export function run(line: string): void {
  const words = line.split(" ");
  memory.fill(out(), 0, 32);
  const result = perform(words[0], words);
  log(line + " => " + result);
}

function perform(name: string, words: string[]): string {
  if (name == "say" || name == "level" || name == "time" || name == "tick" || name == "effective" || name == "done") {
    return general(name, words);
  }
  if (name == "prop" || name == "setprop" || name == "status" || name == "foreign") return properties(name, words);
  if (name == "buffer" || name == "length" || name == "setbuffer") return buffers(name, words);
  if (name == "local" || name == "continue" || name == "close" || name == "trap" || name == "grow")
    return streams(name, words);
  if (name == "http" || name.startsWith("grpc")) return calls(name, words);
  if (name.startsWith("shared") || name.startsWith("queue")) return shared(name, words);
  if (name.startsWith("metric")) return metrics(name, words);
  return headers(name, words);
}

function general(name: string, words: string[]): string {
  if (name == "say") {
    const message = text(words, 2);
    return host.proxy_log(number(words, 1), message.pointer, message.size).toString();
  }
  if (name == "level") {
    const status = host.proxy_get_log_level(out());
    return status.toString() + written(status);
  }
  if (name == "time") return host.proxy_get_current_time_nanoseconds(out()).toString();
  if (name == "tick") return host.proxy_set_tick_period_milliseconds(number(words, 1)).toString();
  if (name == "effective") return host.proxy_set_effective_context(number(words, 1)).toString();
  return host.proxy_done().toString();
}

function properties(name: string, words: string[]): string {
  if (name == "prop") {
    const path = text(words, 1);
    const status = host.proxy_get_property(path.pointer, path.size, out(), out(8));
    return status.toString() + value(status);
  }
  if (name == "setprop") {
    const path = text(words, 1);
    const data = text(words, 2);
    return host.proxy_set_property(path.pointer, path.size, data.pointer, data.size).toString();
  }
  if (name == "status") {
    const status = host.proxy_get_status(out(16), out(), out(8));
    return status.toString() + " " + load<u32>(out(16)).toString() + value(status);
  }
  const called = text(words, 1);
  const argument = text(words, 2);
  if (at(words, 2) == "$last") store<u32>(out(24), last);
  const pointer = at(words, 2) == "$last" ? out(24) : argument.pointer;
  const size: usize = at(words, 2) == "$last" ? 4 : argument.size;
  const status = host.proxy_call_foreign_function(called.pointer, called.size, pointer, size, out(), out(8));
  if (status == 0 && load<u32>(out(8)) == 4) last = load<u32>(load<u32>(out()));
  return status.toString() + value(status);
}

function headers(name: string, words: string[]): string {
  const map = number(words, 1);
  const key = text(words, 2);
  const data = text(words, 3);
  if (name == "get") {
    const status = host.proxy_get_header_map_value(map, key.pointer, key.size, out(), out(8));
    return status.toString() + value(status);
  }
  if (name == "add")
    return host.proxy_add_header_map_value(map, key.pointer, key.size, data.pointer, data.size).toString();
  if (name == "replace") {
    return host.proxy_replace_header_map_value(map, key.pointer, key.size, data.pointer, data.size).toString();
  }
  if (name == "remove") return host.proxy_remove_header_map_value(map, key.pointer, key.size).toString();
  if (name == "pairs") {
    const status = host.proxy_get_header_map_pairs(map, out(), out(8));
    return status.toString() + (status == 0 ? " " + showPairs(load<u32>(out()), load<u32>(out(8))) : "");
  }
  if (name == "setpairs") {
    const pairs = pairsOf(words, 2);
    return host.proxy_set_header_map_pairs(map, changetype<usize>(pairs), pairs.byteLength).toString();
  }
  if (name == "manypairs") return manyPairs(map, number(words, 2)).toString();
  if (name == "rawpairs") return host.proxy_set_header_map_pairs(map, key.pointer, key.size).toString();
  if (name == "mapsize") {
    const status = host.proxy_get_header_map_size(map, out());
    return status.toString() + written(status);
  }
  return "unknown command";
}

/** `count` pairs `x-N=v` behind the pseudo-headers of a request. */
function manyPairs(map: u32, count: u32): u32 {
  const words: string[] = [":method=GET", ":path=/many", ":authority=many", ":scheme=http"];
  for (let i: u32 = 0; i < count; i++) words.push("x-" + i.toString() + "=v");
  const pairs = pairsOf(words, 0);
  return host.proxy_set_header_map_pairs(map, changetype<usize>(pairs), pairs.byteLength);
}

function buffers(name: string, words: string[]): string {
  const buffer = number(words, 1);
  if (name == "length") {
    const status = host.proxy_get_buffer_status(buffer, out(), out(8));
    return status.toString() + written(status);
  }
  const start = number(words, 2);
  const length = number(words, 3);
  if (name == "buffer") {
    const status = host.proxy_get_buffer_bytes(buffer, start, length, out(), out(8));
    return status.toString() + value(status);
  }
  const data = text(words, 4);
  const times = words.length > 5 ? number(words, 5) : 1;
  if (times == 1) return host.proxy_set_buffer_bytes(buffer, start, length, data.pointer, data.size).toString();
  const many = new ArrayBuffer(<i32>data.size * <i32>times);
  for (let i: usize = 0; i < <usize>times; i++)
    memory.copy(changetype<usize>(many) + i * data.size, data.pointer, data.size);
  return host.proxy_set_buffer_bytes(buffer, start, length, changetype<usize>(many), many.byteLength).toString();
}

function streams(name: string, words: string[]): string {
  if (name == "continue") return host.proxy_continue_stream(number(words, 1)).toString();
  if (name == "close") return host.proxy_close_stream(number(words, 1)).toString();
  if (name == "trap") unreachable();
  if (name == "grow") return memory.grow(<i32>number(words, 1)).toString();
  const details = text(words, 2);
  const body = text(words, 3);
  const pairs = pairsOf(words, 5);
  return host
    .proxy_send_local_response(
      number(words, 1),
      details.pointer,
      details.size,
      body.pointer,
      body.size,
      changetype<usize>(pairs),
      pairs.byteLength,
      <i32>number(words, 4),
    )
    .toString();
}

function calls(name: string, words: string[]): string {
  if (name == "http") {
    const cluster = text(words, 1);
    const body = text(words, 3);
    const pairs = pairsOf(words, 4);
    const status = host.proxy_http_call(
      cluster.pointer,
      cluster.size,
      changetype<usize>(pairs),
      pairs.byteLength,
      body.pointer,
      body.size,
      0,
      0,
      number(words, 2),
      out(),
    );
    return status.toString() + " " + load<u32>(out()).toString();
  }
  if (name == "grpcsend") {
    const message = text(words, 2);
    return host.proxy_grpc_send(number(words, 1), message.pointer, message.size, number(words, 3)).toString();
  }
  if (name == "grpcclose") return host.proxy_grpc_close(number(words, 1)).toString();
  if (name == "grpccancel") return host.proxy_grpc_cancel(number(words, 1)).toString();
  return grpcStart(name, words);
}

function grpcStart(name: string, words: string[]): string {
  const cluster = text(words, 1);
  const service = text(words, 2);
  const method = text(words, 3);
  const pairs = pairsOf(words, 6);
  const metadata = changetype<usize>(pairs);
  let status: u32 = 0;
  if (name == "grpcstream") {
    status = host.proxy_grpc_stream(
      cluster.pointer,
      cluster.size,
      service.pointer,
      service.size,
      method.pointer,
      method.size,
      metadata,
      pairs.byteLength,
      out(),
    );
  } else {
    const message = text(words, 5);
    status = host.proxy_grpc_call(
      cluster.pointer,
      cluster.size,
      service.pointer,
      service.size,
      method.pointer,
      method.size,
      metadata,
      pairs.byteLength,
      message.pointer,
      message.size,
      number(words, 4),
      out(),
    );
  }
  return status.toString() + written(status);
}

function shared(name: string, words: string[]): string {
  const key = text(words, 1);
  const data = text(words, 2);
  if (name == "sharedget") {
    const status = host.proxy_get_shared_data(key.pointer, key.size, out(), out(8), out(16));
    if (status == 0) last = load<u32>(out(16));
    return status.toString() + value(status);
  }
  if (name == "sharedset") {
    return host.proxy_set_shared_data(key.pointer, key.size, data.pointer, data.size, number(words, 3)).toString();
  }
  if (name == "queueregister") return host.proxy_register_shared_queue(key.pointer, key.size, out()).toString();
  if (name == "queueresolve") {
    const status = host.proxy_resolve_shared_queue(key.pointer, key.size, data.pointer, data.size, out());
    if (status == 0) last = load<u32>(out());
    return status.toString();
  }
  if (name == "queuepush") return host.proxy_enqueue_shared_queue(number(words, 1), data.pointer, data.size).toString();
  const status = host.proxy_dequeue_shared_queue(number(words, 1), out(), out(8));
  return status.toString() + value(status);
}

function metrics(name: string, words: string[]): string {
  if (name == "metricdefine") {
    const metric = text(words, 2);
    const status = host.proxy_define_metric(number(words, 1), metric.pointer, metric.size, out());
    return status.toString() + written(status);
  }
  if (name == "metricadd") return host.proxy_increment_metric(number(words, 1), I64.parseInt(at(words, 2))).toString();
  if (name == "metricrecord") return host.proxy_record_metric(number(words, 1), U64.parseInt(at(words, 2))).toString();
  const status = host.proxy_get_metric(number(words, 1), out());
  return status.toString() + (status == 0 ? " " + load<u64>(out()).toString() : "");
}
