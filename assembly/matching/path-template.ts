import * as ascii from "../text/ascii";
import { Bytes } from "../text/bytes";

const ANY_SEGMENT = "{*}";
const ANY_REST = "{**}";

// Bytes that the placeholders stand for, one bit each: letters, digits and `-._~%!$&'()*+,;:@=`, as in Envoy's uri_template.
const PATH_LOW: u64 = 0x2fff7ff200000000;
const PATH_HIGH: u64 = 0x47fffffe87ffffff;

/**
 * A path template of Istio's AuthorizationPolicy: `{*}` stands for one segment, `{**}` for any number of them, none included.
 * `/users/{*}/orders/{**}` matches `/users/7/orders/` and `/users/7/orders/8/items`, but not `/users/7/orders`.
 */
@final
export class PathTemplate {
  /**
   * `segments`: in front of `{**}`, null for `{*}`. `rest`: what follows `{**}`, from the slash on; null when there is no
   * `{**}`, and the segments are all.
   */
  private constructor(
    private readonly segments: (Bytes | null)[],
    private readonly rest: Bytes | null,
  ) {}

  /** Whether `text` is meant as a template. */
  static isTemplate(text: string): bool {
    return text.includes("{") || text.includes("}");
  }

  /** The template that `text` spells, kept for ever; null when it spells none. */
  static parse(text: string): PathTemplate | null {
    if (!text.startsWith("/")) return null;
    const parts = text.substring(1).split("/");
    const segments: (Bytes | null)[] = [];
    for (let i = 0; i < parts.length; i++) {
      const part = unchecked(parts[i]);
      if (part == ANY_REST) return PathTemplate.withRest(segments, parts.slice(i + 1));
      if (part == ANY_SEGMENT) segments.push(null);
      else if (isLiteral(part, i == parts.length - 1)) segments.push(Bytes.constant(part));
      else return null;
    }
    return new PathTemplate(segments, null);
  }

  private static withRest(segments: (Bytes | null)[], parts: string[]): PathTemplate | null {
    for (let i = 0; i < parts.length; i++) {
      if (!isLiteral(unchecked(parts[i]), i == parts.length - 1)) return null;
    }
    return new PathTemplate(segments, Bytes.constant(parts.length == 0 ? "" : "/" + parts.join("/")));
  }

  /** Whether `path`, without its query, is one that the template describes. */
  matches(path: Bytes): bool {
    const segments = this.segments;
    let at = 0;
    for (let i = 0; i < segments.length; i++) {
      if (path.at(at) != ascii.SLASH) return false;
      const slash = path.indexOf(ascii.SLASH, at + 1);
      const end = slash < 0 ? path.length : slash;
      const segment = path.slice(at + 1, end);
      const literal = unchecked(segments[i]);
      if (literal === null ? segment.length == 0 || !isPathText(segment, false) : !segment.equals(literal))
        return false;
      at = end;
    }
    const rest = this.rest;
    if (rest === null) return at == path.length;
    if (path.at(at) != ascii.SLASH) return false;
    const tail = path.slice(at + 1);
    return tail.endsWith(rest) && isPathText(tail.slice(0, tail.length - rest.length), true);
  }

  release(): void {
    for (let i = 0; i < this.segments.length; i++) {
      const segment = unchecked(this.segments[i]);
      if (segment !== null) segment.release();
    }
    const rest = this.rest;
    if (rest !== null) rest.release();
  }
}

/**
 * Whether `text` can be a segment of a template as it stands: without a star, which would be taken for a placeholder. Only the
 * last one may be empty, after a final slash.
 */
function isLiteral(text: string, isLast: bool): bool {
  return text.length == 0 ? isLast : !text.includes("*") && isPathText(Bytes.of(text), false);
}

function isPathText(text: Bytes, slashes: bool): bool {
  for (let i = 0; i < text.length; i++) {
    const byte = text.at(i);
    const bits = byte < 64 ? PATH_LOW : PATH_HIGH;
    const isPath = byte < 128 && ((bits >> (<u64>(byte & 63))) & 1) != 0;
    if (!isPath && !(slashes && byte == ascii.SLASH)) return false;
  }
  return true;
}
