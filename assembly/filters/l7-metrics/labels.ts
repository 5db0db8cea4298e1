import { NameTable } from "../../matching/name-table";
import { ClaimAttribute } from "../../matching/request-attribute";
import { RequestFacts } from "../../matching/request-facts";
import { Bytes, ByteWriter, OTHERS } from "../../sdk";
import * as ascii from "../../text/ascii";
import { orEmpty } from "../../text/bytes";
import { EndText } from "./end-text";
import { Label } from "./label";
import { Origin, writeLabelText } from "./label-text";
import { writeKeyText } from "./series-key";
import { StreamEnd } from "./stream-end";

const OTHER = Bytes.constant(OTHERS);

/** A text of the stream's end: operation, route, lane, decision. All of them come from configurations. */
@final
export class TextLabel extends Label {
  constructor(
    name: string,
    private readonly end: StreamEnd,
    private readonly text: EndText,
  ) {
    super(name);
  }

  need(): void {
    this.end.needInKey(this.text);
  }

  write(writer: ByteWriter): void {
    // People gave them, with dots and all that could end a label.
    writeLabelText(writer, this.end.text(this.text), Origin.Client);
  }
}

/** The destination service as `<namespace>/<name>`, for names of metrics in which a dot would end the label. */
@final
export class ServiceLabel extends Label {
  constructor(private readonly end: StreamEnd) {
    super("destination_service");
  }

  need(): void {
    this.end.needServiceInKey();
  }

  write(writer: ByteWriter): void {
    const service = this.end.service;
    if (service.name.length > 0) {
      writeLabelText(writer, service.namespace, Origin.Client);
      writer.put(ascii.SLASH);
    }
    writeLabelText(writer, service.name, Origin.Client);
  }
}

/** What of a request a client chose, or its token says. */
abstract class RequestLabel extends Label {
  constructor(
    name: string,
    /** All others are `other`; null: any value is one. */
    private readonly values: NameTable | null,
  ) {
    super(name);
  }

  write(writer: ByteWriter): void {
    writeLabelText(writer, this.bounded(), Origin.Client);
  }

  /** Cleaned, so that values that read the same are one series. */
  writeKey(writer: ByteWriter): void {
    const cleaned = ByteWriter.create();
    this.write(cleaned);
    writeKeyText(writer, cleaned.finish());
  }

  release(): void {
    const values = this.values;
    if (values !== null) values.release();
  }

  /** The value as the request has it; empty: none. */
  protected abstract value(): Bytes;

  private bounded(): Bytes {
    const value = this.value();
    const values = this.values;
    return values === null || value.length == 0 || values.find(value) >= 0 ? value : OTHER;
  }
}

/** The first value of a request header. */
@final
export class HeaderLabel extends RequestLabel {
  constructor(
    name: string,
    values: NameTable | null,
    private readonly facts: RequestFacts,
    private readonly slot: i32,
  ) {
    super(name, values);
  }

  protected value(): Bytes {
    return orEmpty(this.facts.headers.value(this.slot));
  }
}

/** A claim of the verified token that is a text, a number, `true` or `false`. */
@final
export class ClaimLabel extends RequestLabel {
  private readonly claim: ClaimAttribute;

  constructor(name: string, values: NameTable | null, facts: RequestFacts, slot: i32) {
    super(name, values);
    this.claim = new ClaimAttribute(facts, slot);
  }

  protected value(): Bytes {
    return orEmpty(this.claim.value());
  }
}
