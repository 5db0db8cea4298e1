import { Bytes } from "../../text/bytes";

export enum StringMatchKind {
  Exact,
  Prefix,
  Suffix,
  /** Any value that is not empty. */
  Present,
}

/** A condition on a text: a StringMatch of Istio and Envoy. */
@final
export class StringMatch {
  constructor(
    readonly kind: StringMatchKind,
    /** What it compares with; empty for `Present`. Owned by the configuration. */
    readonly text: Bytes,
    /** Whether A-Z and a-z compare as equal. */
    readonly ignoresCase: bool = false,
  ) {}

  matches(value: Bytes): bool {
    const text = this.text;
    switch (this.kind) {
      case StringMatchKind.Exact:
        return value.length == text.length && this.equals(value);
      case StringMatchKind.Prefix:
        return value.length >= text.length && this.equals(value.slice(0, text.length));
      case StringMatchKind.Suffix:
        return value.length >= text.length && this.equals(value.slice(value.length - text.length));
      default:
        return value.length > 0;
    }
  }

  /** `value` has the length of the text. */
  private equals(value: Bytes): bool {
    return this.ignoresCase ? value.startsWithIgnoreCase(this.text) : value.startsWith(this.text);
  }
}
