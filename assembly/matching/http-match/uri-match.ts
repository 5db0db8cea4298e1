import { Regex } from "../../regex/regex";
import { CandidateIndex } from "../candidate-index";
import { StringMatch, TextMatch, TextMatchKind } from "../string-match";
import { RegexMatch } from "../string-match-kinds";
import { Bytes } from "../../text/bytes";
import { Captures } from "./captures";
import { UriTemplate } from "./uri-template";

/** A part of the path that a value needs. */
@final
class UriCapture {
  constructor(
    /** Its number among the captures. */
    readonly index: i32,
    /** Segment of the template, or group of the regular expression. */
    readonly part: i32,
  ) {}
}

const WHOLE = -1;

/** What a match demands of the path, without query and fragment. One of the constructor's two is null, or both: any path. */
@final
export class UriMatch {
  private readonly captures: UriCapture[] = [];
  /** How many bytes of a path a rewrite replaces; WHOLE: all of them. */
  private readonly replaced: i32;

  constructor(
    private readonly text: StringMatch | null,
    private readonly template: UriTemplate | null,
  ) {
    this.replaced = text !== null ? prefixLength(text) : template !== null ? WHOLE : 1;
  }

  matches(path: Bytes): bool {
    const text = this.text;
    if (text !== null) return text.matches(path);
    const template = this.template;
    return template === null || template.matches(path);
  }

  /**
   * How much of a path that matches a rewrite replaces, as Envoy's prefix_rewrite: the prefix; all of it for any other
   * condition; the first slash where there is none.
   */
  replacedLength(path: Bytes): i32 {
    return this.replaced == WHOLE ? path.length : this.replaced;
  }

  /** Whether there is something called `name` to capture; it then goes to the number `index`. */
  bind(name: string, index: i32): bool {
    const template = this.template;
    const regex = this.regex();
    const part = template !== null ? template.find(name) : regex !== null ? regex.groupNamed(name) : -1;
    if (part >= 0) this.captures.push(new UriCapture(index, part));
    return part >= 0;
  }

  /** Notes what a path that matches captures. */
  capture(path: Bytes, captures: Captures): void {
    if (this.captures.length == 0) return;
    const regex = this.regex();
    if (regex !== null && !regex.fullCapture(path)) return;
    for (let i = 0; i < this.captures.length; i++) {
      const capture = unchecked(this.captures[i]);
      const text = regex !== null ? groupOf(regex, path, capture.part) : this.segmentOf(path, capture.part);
      if (text !== null) captures.set(capture.index, text);
    }
  }

  /** Tells an index for which paths alone `id` can match. */
  addTo(index: CandidateIndex, id: i32): void {
    const template = this.template;
    if (template !== null) index.pathPrefix(id, Bytes.of(template.literal));
    const text = this.text;
    if (text === null) return;
    if (text instanceof TextMatch) {
      const match = <TextMatch>text;
      if (match.ignoresCase) return;
      if (match.kind == TextMatchKind.Exact) index.exactPath(id, match.text);
      else if (match.kind == TextMatchKind.Prefix) index.pathPrefix(id, match.text);
    }
  }

  release(): void {
    const text = this.text;
    if (text !== null) text.release();
    const template = this.template;
    if (template !== null) template.release();
  }

  private segmentOf(path: Bytes, segment: i32): Bytes | null {
    const template = this.template;
    return template === null ? null : template.capture(path, segment);
  }

  private regex(): Regex | null {
    const text = this.text;
    return text !== null && text instanceof RegexMatch ? (<RegexMatch>text).regex : null;
  }
}

function groupOf(regex: Regex, path: Bytes, group: i32): Bytes | null {
  const start = regex.captureStart(group);
  return start < 0 ? null : path.slice(start, regex.captureEnd(group));
}

/** Length of the prefix that a condition compares with; WHOLE: it is none. */
function prefixLength(match: StringMatch): i32 {
  if (!(match instanceof TextMatch)) return WHOLE;
  const text = <TextMatch>match;
  return text.kind == TextMatchKind.Prefix ? text.text.length : WHOLE;
}
