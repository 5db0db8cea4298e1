import { Bytes, ByteWriter, Expression } from "../../sdk";
import { EMPTY, orEmpty } from "../../text/bytes";
import { Label } from "./label";
import { Origin, writeLabelText } from "./label-text";
import { writeKeyText } from "./series-key";

/** What `typeExpression` says of a value, which comes without its type. */
enum ValueType {
  Text,
  Int,
  Uint,
  Double,
  Bool,
  Other,
}

/** A label that an expression (CEL, over Envoy's attributes) makes, as `tagOverrides` of Istio's Telemetry have it. */
@final
export class ExpressionLabel extends Label {
  private constructor(
    name: string,
    private readonly expression: Expression,
    /** Tells the type of its value; asked only when a series is made. */
    private readonly type: Expression,
  ) {
    super(name);
  }

  /** Null: the proxy does not understand `text`. */
  static compile(name: string, text: string): ExpressionLabel | null {
    const expression = Expression.compile(text);
    if (expression === null) return null;
    const type = Expression.compile(typeExpression(text));
    if (type !== null) return new ExpressionLabel(name, expression, type);
    expression.release();
    return null;
  }

  write(writer: ByteWriter): void {
    const value = this.value();
    const type = this.type.evaluate();
    switch (type !== null && type.length == 8 ? load<i64>(type.ptr) : ValueType.Other) {
      case ValueType.Text:
        writeLabelText(writer, value, Origin.Client);
        break;
      case ValueType.Int:
        if (value.length == 8) writer.i64(load<i64>(value.ptr));
        break;
      case ValueType.Uint:
        if (value.length == 8) writer.u64(load<u64>(value.ptr));
        break;
      case ValueType.Double:
        // Whole: more would make a series of each value, and a dot would end the label.
        if (value.length == 8) writer.i64(<i64>Math.round(load<f64>(value.ptr)));
        break;
      case ValueType.Bool:
        writer.text(value.at(0) != 0 ? "true" : "false");
        break;
      default:
        writeLabelText(writer, EMPTY, Origin.Client);
    }
  }

  /**
   * Text is cleaned, so that values that read the same are one series. What has no more than 8 bytes may be a number, and stays
   * as it is: its type would cost another hostcall. Such values can read the same and still be series of their own.
   */
  writeKey(writer: ByteWriter): void {
    const value = this.value();
    if (value.length <= 8) {
      writeKeyText(writer, value);
      return;
    }
    const cleaned = ByteWriter.create();
    writeLabelText(cleaned, value, Origin.Client);
    writeKeyText(writer, cleaned.finish());
  }

  release(): void {
    this.expression.release();
    this.type.release();
  }

  private value(): Bytes {
    return orEmpty(this.expression.evaluate());
  }
}

function typeExpression(text: string): string {
  return (
    isType(text, "string", ValueType.Text) +
    isType(text, "int", ValueType.Int) +
    isType(text, "uint", ValueType.Uint) +
    isType(text, "double", ValueType.Double) +
    isType(text, "bool", ValueType.Bool) +
    isType(text, "bytes", ValueType.Text) +
    (<i32>ValueType.Other).toString()
  );
}

function isType(text: string, name: string, type: ValueType): string {
  return "type(" + text + ") == " + name + " ? " + (<i32>type).toString() + " : ";
}
