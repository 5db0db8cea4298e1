import { ByteWriter } from "../../sdk";

/** One label of metrics: what it is called, and what it says of a stream that has ended. */
export abstract class Label {
  constructor(readonly name: string) {}

  /** Tells `StreamEnd` what the value is made of, if it comes from there. For configuration. */
  need(): void {}

  /** Whether it keeps its value in the series of all that have none of their own. */
  get isKeptInOther(): bool {
    return false;
  }

  /** Writes its value for the stream at hand, cleaned. */
  abstract write(writer: ByteWriter): void;

  /** Adds to the key of the stream's series what the value is made of, if `StreamEnd` does not have it. */
  writeKey(writer: ByteWriter): void {}

  /** Frees what the garbage collector does not. */
  release(): void {}
}
