import { Status } from "../abi/types";
import { Bytes } from "../text/bytes";
import { ForeignFunction } from "./foreign";

const createFunction = new ForeignFunction("expr_create");
const evaluateFunction = new ForeignFunction("expr_evaluate");
const deleteFunction = new ForeignFunction("expr_delete");

/**
 * A CEL expression over the attributes of Envoy, which the proxy evaluates: one hostcall, whatever it looks at, so a list of
 * many attributes is the cheapest way to read them.
 *
 * ```ts
 * const both = Expression.compile("[response.code, request.duration]"); // in onConfigure
 * const value = both.evaluate(); // in a callback of a stream; Pairs.read(value) has the members as names
 * ```
 */
@final
export class Expression {
  private constructor(private readonly token: Bytes) {}

  /** For `onConfigure`. Null: the proxy does not understand `text`, or evaluates no expressions. */
  static compile(text: string): Expression | null {
    const token = createFunction.call(Bytes.of(text));
    return token === null ? null : new Expression(token.persist());
  }

  /**
   * The value for the stream of the running callback, as a property of that type is given; null when it has none, because an
   * attribute in it is not there. Not in callbacks of callouts: those belong to no stream.
   */
  evaluate(): Bytes | null {
    return evaluateFunction.call(this.token);
  }

  release(): void {
    deleteFunction.call(this.token);
    this.token.release();
  }
}

/** Whether the proxy has expressions at all: to tell a wrong one from a proxy without. */
export function hasExpressions(): bool {
  const token = createFunction.call(Bytes.of("true"));
  if (token === null) return createFunction.status == Status.BadArgument;
  deleteFunction.call(token);
  return true;
}
