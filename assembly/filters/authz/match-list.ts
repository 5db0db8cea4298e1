import { NameTable } from "../../matching/name-table";
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
  private readonly texts: Bytes[] = [];
  private readonly table: NameTable = new NameTable();

  constructor(matches: TextMatch[]) {
    super();
    for (let i = 0; i < matches.length; i++) {
      const text = unchecked(matches[i]).text;
      this.texts.push(text);
      this.table.add(text);
    }
  }

  matches(value: Bytes): bool {
    return this.table.find(value) >= 0;
  }

  exactTexts(): Bytes[] | null {
    return this.texts;
  }

  release(): void {
    this.table.release();
  }
}
