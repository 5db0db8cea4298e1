import { proxy_get_buffer_bytes, proxy_get_buffer_status, proxy_set_buffer_bytes } from "../abi/hostcalls";
import { BufferType, Status } from "../abi/types";
import { JsonEditStatus, JsonEditor } from "../json/edit";
import * as arena from "../memory/arena";
import { Bytes } from "../text/bytes";
import { resultNumber, resultPtr, resultSize } from "./result";

/**
 * A body, or the part of it that the host holds: in `onRequestBody` and `onResponseBody` the chunk at hand, or everything
 * so far after `DataStatus.StopIterationAndBuffer`. The end of an HTTP/1.1 body is a callback of its own whose chunk is
 * empty; what is put in its place comes behind what has been passed on.
 *
 * Envoy does not mend `content-length`: remove that header in the headers phase when the body will change its length.
 */
@final
export class Body {
  constructor(private readonly type: BufferType) {}

  /** How many bytes the host holds. */
  size(): i32 {
    store<u32>(resultNumber, 0);
    const status = proxy_get_buffer_status(this.type, resultNumber, resultNumber + 4);
    return status == Status.Ok ? load<i32>(resultNumber) : 0;
  }

  /** A copy of the bytes from `start` on, at most `length`; empty when there are none. */
  read(start: i32 = 0, length: i32 = i32.MAX_VALUE): Bytes {
    const status = proxy_get_buffer_bytes(this.type, start, length, resultPtr, resultSize);
    return status == Status.Ok ? Bytes.view(load<usize>(resultPtr), load<i32>(resultSize)) : Bytes.view(resultPtr, 0);
  }

  /** Puts `data` in the place of everything. */
  replace(data: Bytes): Status {
    return this.write(0, <u32>i32.MAX_VALUE, data);
  }

  /** Puts `data` in the place of `length` bytes from `start` on. */
  replaceRange(start: i32, length: i32, data: Bytes): Status {
    if (start < 0 || length < 0) return Status.BadArgument;
    // The host replaces bytes at the front, and appends; from the middle on it refuses. So the whole is put together here.
    const old = this.read();
    const head = old.slice(0, start);
    const tail = old.slice(head.length + min(length, old.length - head.length));
    const size = head.length + data.length + tail.length;
    const whole = arena.allocate(<usize>size);
    memory.copy(whole, head.ptr, <usize>head.length);
    memory.copy(whole + <usize>head.length, data.ptr, <usize>data.length);
    memory.copy(whole + <usize>(head.length + data.length), tail.ptr, <usize>tail.length);
    return this.replace(Bytes.view(whole, size));
  }

  /**
   * Sets one value in a body that is JSON and whole: `value` is a JSON text, `pointer` says where it goes, such as `/user/name`
   * (RFC 6901). Changes nothing unless the answer is `JsonEditStatus.Ok`.
   */
  setJson(pointer: string, value: string): JsonEditStatus {
    const editor = jsonEditor();
    const status = editor.set(this.read(), Bytes.of(pointer), Bytes.of(value));
    if (status == JsonEditStatus.Ok) this.replace(editor.result);
    return status;
  }

  /** Puts `data` before everything. */
  prepend(data: Bytes): Status {
    return this.write(0, 0, data);
  }

  /** Puts `data` after everything. */
  append(data: Bytes): Status {
    return this.write(<u32>i32.MAX_VALUE, 0, data);
  }

  /**
   * From 0 on the first `length` bytes give way to `data`; with a start at the end, or behind it, `data` is appended; any
   * other start is `Status.BadArgument`.
   */
  private write(start: u32, length: u32, data: Bytes): Status {
    return proxy_set_buffer_bytes(this.type, start, length, data.ptr, data.length);
  }
}

let editor: JsonEditor | null = null;

/** Made when it is first needed: most filters never change JSON. */
function jsonEditor(): JsonEditor {
  const made = editor;
  if (made !== null) return made;
  const created = new JsonEditor();
  editor = created;
  return created;
}

export const requestBody = new Body(BufferType.HttpRequestBody);
export const responseBody = new Body(BufferType.HttpResponseBody);
