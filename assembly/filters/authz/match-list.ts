import { PostingTable } from "../../matching/posting-table";
import { StringMatch, TextMatch, TextMatchKind } from "../../matching/string-match";
import { Bytes } from "../../sdk";

/** From so many on, exact texts are looked up in place of being compared one after the other. */
const MANY = 8;

/** The values of an attribute, while they are being read. */
@final
export class MatchList {
  /** Those that are compared byte for byte, */
  readonly exact: TextMatch[] = [];
  /** and all others. */
  readonly other: StringMatch[] = [];

  get size(): i32 {
    return this.exact.length + this.other.length;
  }

  addExact(text: Bytes): void {
    this.exact.push(new TextMatch(TextMatchKind.Exact, text));
  }

  /** What checks use. */
  finish(): StringMatch[] {
    const matches: StringMatch[] = [];
    if (this.exact.length >= MANY) {
      matches.push(new ExactSet(this.exact));
    } else {
      for (let i = 0; i < this.exact.length; i++) matches.push(unchecked(this.exact[i]));
    }
    return matches.concat(this.other);
  }
}

/** The text is one of many. */
@final
class ExactSet extends StringMatch {
  private readonly texts: PostingTable = new PostingTable();

  constructor(texts: TextMatch[]) {
    super();
    for (let i = 0; i < texts.length; i++) this.texts.add(unchecked(texts[i]).text, 0);
  }

  matches(value: Bytes): bool {
    return this.texts.has(value);
  }

  release(): void {
    this.texts.release();
  }
}
