import { encodedByte } from "../encoding/percent";
import * as ascii from "../text/ascii";
import { Bytes } from "../text/bytes";
import { PathTemplate } from "./path-template";
import { TextMatch, TextMatchKind } from "./string-match";

/** A path of an AuthorizationPolicy: a text, with `*` at an end or not, or a template. One of both is null. */
@final
export class PathMatch {
  constructor(
    readonly text: TextMatch | null,
    readonly template: PathTemplate | null,
  ) {}

  matches(path: Bytes): bool {
    const text = this.text;
    const template = this.template;
    return text !== null ? text.matches(path) : template !== null && template.matches(path);
  }

  /** Whether it names one path, byte for byte. */
  get isExact(): bool {
    const text = this.text;
    return text !== null && text.kind == TextMatchKind.Exact;
  }

  release(): void {
    const template = this.template;
    if (template !== null) template.release();
  }
}

/** The path of a request target (`:path`), as Envoy matches it: without query and fragment. */
export function pathOf(target: Bytes): Bytes {
  for (let i = 0; i < target.length; i++) {
    const byte = target.at(i);
    if (byte == ascii.QUESTION || byte == ascii.HASH) return target.slice(0, i);
  }
  return target;
}

/**
 * Whether every server takes `path` for the same resource, or nearly every one. Not when it has segments `.` or `..`, a
 * backslash, parameters of a segment (`;`), or the percent-encoding of a byte that means something in a path: some servers
 * resolve them, and `/public/..%2fadmin`, `/public/..;/admin` and `/admin;.css` are then other paths than they seem to be.
 */
export function isUnambiguous(path: Bytes): bool {
  if (path.at(0) != ascii.SLASH) return false;
  for (let i = 0; i < path.length; i++) {
    const byte = path.at(i);
    if (byte == ascii.BACKSLASH || byte == ascii.SEMICOLON) return false;
    if (byte == ascii.SLASH && isDotSegment(path, i + 1)) return false;
    if (byte == ascii.PERCENT && !isHarmless(encodedByte(path, i))) return false;
  }
  return true;
}

/** Whether a segment `.` or `..` starts at `at`. */
function isDotSegment(path: Bytes, at: i32): bool {
  if (path.at(at) != ascii.DOT) return false;
  const end = path.at(at + 1) == ascii.DOT ? at + 2 : at + 1;
  return end == path.length || path.at(end) == ascii.SLASH;
}

/** Lead bytes of overlong UTF-8, in which some servers read `%c0%ae` as a dot. */
const OVERLONG_2 = 0xc0;
const OVERLONG_2_LAST = 0xc1;

/** Whether a byte means nothing in a path when it stands there decoded. -1: the encoding is malformed. */
function isHarmless(byte: i32): bool {
  if (byte < <i32>ascii.SPACE || byte == ascii.DELETE) return false;
  if (byte == OVERLONG_2 || byte == OVERLONG_2_LAST) return false;
  switch (byte) {
    case ascii.SLASH:
    case ascii.BACKSLASH:
    case ascii.DOT:
    case ascii.SEMICOLON:
    case ascii.QUESTION:
    case ascii.HASH:
    case ascii.PERCENT:
      return false;
    default:
      return true;
  }
}
