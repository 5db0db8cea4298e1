import { ByteWriter } from "../../sdk";
import { StreamEnd } from "./stream-end";

/** One label of metrics: what it is called, and what it says of a stream that has ended. */
export abstract class Label {
  constructor(readonly name: string) {}

  /** Tells what it needs to know of a stream. For configuration. */
  abstract need(end: StreamEnd): void;

  /** Writes its value for the stream at hand, cleaned. */
  abstract write(writer: ByteWriter): void;

  /** Adds to the key of the stream's series what the value is made of, if `StreamEnd` does not have it. */
  writeKey(writer: ByteWriter): void {}

  /** Frees what the garbage collector does not. */
  release(): void {}
}
