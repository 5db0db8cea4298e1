import * as ascii from "../../text/ascii";
import { PathTemplate } from "../path-template";
import { Bytes } from "../../text/bytes";

/**
 * A path template whose placeholders can have names, to be captured: `/users/{id}/{rest=**}`. `{id}` is one segment, as are
 * `{*}` and `{id=*}`; `{**}` and `{rest=**}` are any number of them. Otherwise as a template of AuthorizationPolicy.
 */
@final
export class UriTemplate {
  private constructor(
    private readonly template: PathTemplate,
    /** What stands in front of the first placeholder. */
    readonly literal: string,
    /** Names of the placeholders by the number of the segment; empty: none, or it is literal. */
    private readonly names: string[],
    /** Number of the segment that is `{**}`, or -1; and the length of what follows it. */
    private readonly restAt: i32,
    private readonly tailLength: i32,
  ) {}

  /** The template that `text` spells; null when it spells none, or names two placeholders alike. */
  static parse(text: string): UriTemplate | null {
    const parts = text.split("/");
    const names: string[] = [];
    const plain: string[] = [];
    let restAt = -1;
    for (let i = 0; i < parts.length; i++) {
      const part = unchecked(parts[i]);
      const name = placeholderName(part);
      if (name.length > 0 && names.includes(name)) return null;
      names.push(name);
      const isRest = part == "{**}" || (name.length > 0 && part.endsWith("=**}"));
      if (isRest && restAt < 0) restAt = i;
      plain.push(isRest ? "{**}" : name.length > 0 ? "{*}" : part);
    }
    const template = PathTemplate.parse(plain.join("/"));
    if (template === null) return null;
    const tail = restAt < 0 ? "" : plain.slice(restAt + 1).join("/");
    const tailLength = restAt < 0 || restAt + 1 == plain.length ? 0 : 1 + String.UTF8.byteLength(tail);
    const brace = text.indexOf("{");
    return new UriTemplate(template, brace < 0 ? text : text.substring(0, brace), names, restAt, tailLength);
  }

  matches(path: Bytes): bool {
    return this.template.matches(path);
  }

  /** Number of the segment that the placeholder `name` stands for; -1: there is none of that name. */
  find(name: string): i32 {
    return this.names.indexOf(name);
  }

  /** All names of placeholders. */
  captureNames(): string[] {
    const names: string[] = [];
    for (let i = 0; i < this.names.length; i++) {
      const name = unchecked(this.names[i]);
      if (name.length > 0) names.push(name);
    }
    return names;
  }

  /** What the placeholder at `segment` stands for in `path`, which matches. */
  capture(path: Bytes, segment: i32): Bytes {
    // The first segment is what is in front of the first slash: nothing.
    let start = 0;
    for (let i = 0; i < segment; i++) start = path.indexOf(ascii.SLASH, start) + 1;
    if (segment == this.restAt) return path.slice(start, path.length - this.tailLength);
    const end = path.indexOf(ascii.SLASH, start);
    return path.slice(start, end < 0 ? path.length : end);
  }

  release(): void {
    this.template.release();
  }
}

/** The name of a placeholder; empty when `part` is none, or has none. */
function placeholderName(part: string): string {
  if (!part.startsWith("{") || !part.endsWith("}")) return "";
  const inner = part.substring(1, part.length - 1);
  const equals = inner.indexOf("=");
  const name = equals < 0 ? inner : inner.substring(0, equals);
  if (equals >= 0 && inner.substring(equals + 1) != "*" && inner.substring(equals + 1) != "**") return "";
  return name == "*" || name == "**" ? "" : name;
}
