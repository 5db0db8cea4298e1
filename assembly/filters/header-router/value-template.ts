import { Attribute } from "../../matching/request-attribute";
import { Bytes, ByteWriter } from "../../sdk";
import { LiteralText } from "./value-part";
import { MAX_PATH_LENGTH, writeSegmentText } from "./path-text";

/** Longer values are not made: a header that takes the path ten times over would be too large for any server. */
export const MAX_VALUE_LENGTH = 8192;

/** A text of the configuration with attributes of the request in it: `user {claims.sub}`. */
@final
export class ValueTemplate {
  /** Whether the value is the same for every request. */
  readonly isConstant: bool;
  /** Whether it takes something that nobody but the mesh can make up, so that readers of the result trust it. */
  readonly isVerified: bool;

  /** The one part that it has; null: it has several. */
  private readonly only: Attribute | null;

  constructor(private readonly parts: Attribute[]) {
    let only: Attribute | null = null;
    let constants = 0;
    let verified = 0;
    for (let i = 0; i < parts.length; i++) {
      const part = unchecked(parts[i]);
      only = part;
      if (part instanceof LiteralText) constants++;
      if (part.isVerified) verified++;
    }
    this.only = parts.length == 1 ? only : null;
    this.isConstant = constants == parts.length;
    this.isVerified = verified > 0;
  }

  /** The text for the request at hand; null when an attribute is missing, or the text would be too long. */
  render(): Bytes | null {
    const only = this.only;
    if (only !== null) return limited(only.value());
    const parts = this.parts;
    const writer = ByteWriter.create();
    for (let i = 0; i < parts.length; i++) {
      const value = unchecked(parts[i]).value();
      if (value === null || value.length > MAX_VALUE_LENGTH - writer.length) return null;
      writer.bytes(value);
    }
    return writer.finish();
  }

  /**
   * The text for the request at hand as a part of a path. What comes from the path stays as it is; anything else is
   * percent-encoded, so that it stays inside of its segment. Null as above, and when something else is empty.
   */
  renderPath(): Bytes | null {
    const writer = ByteWriter.create();
    for (let i = 0; i < this.parts.length; i++) {
      const part = unchecked(this.parts[i]);
      const value = part.value();
      if (value === null || value.length > MAX_PATH_LENGTH - writer.length) return null;
      if (part.isPathText) writer.bytes(value);
      else if (value.length == 0) return null;
      else writeSegmentText(writer, value);
    }
    return writer.finish();
  }
}

function limited(value: Bytes | null): Bytes | null {
  return value === null || value.length > MAX_VALUE_LENGTH ? null : value;
}
