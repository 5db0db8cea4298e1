import { writeJsonString } from "../../json/writer";
import * as arena from "../../memory/arena";
import { Bytes, ByteWriter } from "../../sdk";
import * as ascii from "../../text/ascii";

const SIZE = 1024;

/** Longest text of a member, in bytes. */
const MAX_LENGTH: i32 = 512;

/** What becomes of a byte that a client should not be able to put into a log. */
const REPLACEMENT: u8 = ascii.UNDERSCORE;

/**
 * A JSON object on one line in the making: valid, and without a line break, whatever it is told. A member without a value is
 * left out. Like all that lives in the arena it ends with the callback.
 */
@unmanaged
@final
export class DecisionLine {
  private writer: ByteWriter;

  static begin(): DecisionLine {
    const line = changetype<DecisionLine>(arena.allocate(offsetof<DecisionLine>()));
    line.writer = ByteWriter.create(SIZE);
    return line;
  }

  /** Text from a configuration, the mesh or the proxy. `before`: what goes in front of it. `name` and `before` need no escapes. */
  text(name: string, value: Bytes, before: string = ""): DecisionLine {
    if (value.length == 0) return this;
    const whole = ByteWriter.create();
    whole.text(before);
    whole.bytes(value.slice(0, MAX_LENGTH));
    this.member(name);
    writeJsonString(this.writer, whole.finish());
    return this;
  }

  /** Text that a client wrote: cut at `most` bytes, with `_` for all that is not printable ASCII. */
  clientText(name: string, value: Bytes, most: i32): DecisionLine {
    const length = min(value.length, most);
    const cleaned = ByteWriter.create(length);
    for (let i = 0; i < length; i++) {
      const byte = value.at(i);
      cleaned.put(byte >= ascii.SPACE && byte < ascii.DELETE ? byte : REPLACEMENT);
    }
    return this.text(name, cleaned.finish());
  }

  number(name: string, value: i32): DecisionLine {
    this.member(name);
    this.writer.i64(value);
    return this;
  }

  finish(): Bytes {
    this.writer.put(ascii.BRACE_CLOSE);
    return this.writer.finish();
  }

  private member(name: string): void {
    const writer = this.writer;
    writer.put(writer.length == 0 ? ascii.BRACE_OPEN : ascii.COMMA);
    writer.put(ascii.QUOTE);
    writer.text(name);
    writer.put(ascii.QUOTE);
    writer.put(ascii.COLON);
  }
}
