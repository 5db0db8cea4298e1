import { Regex } from "../regex/regex";
import { Bytes } from "../text/bytes";
import { StringMatch } from "./string-match";

/** The whole text matches a regular expression. */
@final
export class RegexMatch extends StringMatch {
  constructor(readonly regex: Regex) {
    super();
  }

  matches(value: Bytes): bool {
    return this.regex.matches(value);
  }

  release(): void {
    this.regex.release();
  }
}

/** The text is one of a list. */
@final
export class InMatch extends StringMatch {
  constructor(
    readonly texts: Bytes[],
    private readonly ignoresCase: bool,
  ) {
    super();
  }

  matches(value: Bytes): bool {
    if (!this.ignoresCase) return value.isOneOf(this.texts);
    for (let i = 0; i < this.texts.length; i++) {
      if (value.equalsIgnoreCase(unchecked(this.texts[i]))) return true;
    }
    return false;
  }

  exactTexts(): Bytes[] | null {
    return this.ignoresCase ? null : this.texts;
  }
}

/** The text is there, and another condition does not hold for it. */
@final
export class NotMatch extends StringMatch {
  constructor(readonly inner: StringMatch) {
    super();
  }

  matches(value: Bytes): bool {
    return !this.inner.matches(value);
  }

  release(): void {
    this.inner.release();
  }
}
