import { Regex } from "../../regex/regex";
import { RegexRewrite } from "../../regex/rewrite";
import { HttpMatch } from "../../matching/http-match/http-match";
import { RequestFacts } from "../../matching/request-facts";
import * as ascii from "../../text/ascii";
import { Bytes, ByteWriter, Status } from "../../sdk";
import { MAX_PATH_LENGTH, isAuthority, isSafePath } from "./path-text";
import { ValueTemplate } from "./value-template";

/** Changes path and authority of requests: HTTPRewrite of VirtualService. Query and fragment stay as they are. */
@final
export class Rewrite {
  /** What takes the place of the part of the path that the match is about; null: nothing does. */
  uri: ValueTemplate | null = null;
  /** In place of `uri`: what is done wherever the regular expression matches. */
  substitution: RegexRewrite | null = null;
  /** The regular expression of `substitution`, to be released with it. */
  pattern: Regex | null = null;
  /** Null: the authority stays. */
  authority: ValueTemplate | null = null;

  /** `originalPathSlot`: that of `x-envoy-original-path`. */
  constructor(private readonly originalPathSlot: i32) {}

  /**
   * Rewrites the request at hand, of which `match` holds, where it makes a difference. False when a value that is needed is
   * missing, or the path or authority would not be one: the request must not go on.
   */
  apply(facts: RequestFacts, match: HttpMatch): bool {
    return this.applyToPath(facts, match) && this.applyToAuthority(facts);
  }

  release(): void {
    const substitution = this.substitution;
    if (substitution !== null) substitution.release();
    const pattern = this.pattern;
    if (pattern !== null) pattern.release();
  }

  private applyToPath(facts: RequestFacts, match: HttpMatch): bool {
    const path = facts.path;
    // CONNECT has none, and the target `*` of OPTIONS is none.
    if (path.at(0) != ascii.SLASH || (this.uri === null && this.substitution === null)) return true;
    const newPath = this.rewrittenPath(path, match);
    if (newPath === null) return false;
    // As Envoy does, also where the path stays what it is: a client's own header would be taken for ours.
    const target = facts.target;
    if (facts.headers.set(this.originalPathSlot, target) != Status.Ok) return false;
    if (newPath.equals(path)) return true;
    if (newPath.length > MAX_PATH_LENGTH || !isSafePath(newPath)) return false;
    return facts.headers.set(facts.pathSlot, concatenated(newPath, target.slice(path.length))) == Status.Ok;
  }

  private rewrittenPath(path: Bytes, match: HttpMatch): Bytes | null {
    const substitution = this.substitution;
    if (substitution !== null) return substitution.replaceAll(path, MAX_PATH_LENGTH);
    const uri = this.uri;
    if (uri === null) return path;
    const start = uri.renderPath();
    return start === null ? null : concatenated(start, path.slice(match.uri.replacedLength(path)));
  }

  private applyToAuthority(facts: RequestFacts): bool {
    const template = this.authority;
    if (template === null) return true;
    const authority = template.render();
    if (authority === null || !isAuthority(authority)) return false;
    if (authority.equals(facts.authority)) return true;
    return facts.headers.set(facts.authoritySlot, authority) == Status.Ok;
  }
}

/** One text after the other. */
function concatenated(start: Bytes, end: Bytes): Bytes {
  if (end.length == 0) return start;
  const writer = ByteWriter.create(start.length + end.length);
  writer.bytes(start);
  writer.bytes(end);
  return writer.finish();
}
