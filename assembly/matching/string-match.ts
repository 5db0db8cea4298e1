import { Bytes } from "../text/bytes";

/** A condition on a text: a StringMatch of Istio and Envoy. What it compares with belongs to the configuration. */
export abstract class StringMatch {
  abstract matches(value: Bytes): bool;

  /** The texts that alone match, byte for byte; null when that is not what the condition is about. */
  exactTexts(): Bytes[] | null {
    return null;
  }

  /** Frees what the garbage collector does not. */
  release(): void {}
}

export enum TextMatchKind {
  Exact,
  Prefix,
  Suffix,
  /** Any value that is not empty. */
  Present,
}

/** A condition that looks at a text as it is. */
@final
export class TextMatch extends StringMatch {
  constructor(
    readonly kind: TextMatchKind,
    /** What it compares with; empty for `Present`. */
    readonly text: Bytes,
    /** Whether A-Z and a-z compare as equal. */
    readonly ignoresCase: bool = false,
  ) {
    super();
  }

  matches(value: Bytes): bool {
    const text = this.text;
    switch (this.kind) {
      case TextMatchKind.Exact:
        return value.length == text.length && this.isStartOf(value);
      case TextMatchKind.Prefix:
        return this.isStartOf(value);
      case TextMatchKind.Suffix:
        if (!this.ignoresCase) return value.endsWith(text);
        return value.length >= text.length && value.slice(value.length - text.length).equalsIgnoreCase(text);
      default:
        return value.length > 0;
    }
  }

  exactTexts(): Bytes[] | null {
    return this.kind == TextMatchKind.Exact && !this.ignoresCase ? [this.text] : null;
  }

  private isStartOf(value: Bytes): bool {
    return this.ignoresCase ? value.startsWithIgnoreCase(this.text) : value.startsWith(this.text);
  }
}

/** Whether one of `matches` holds for `value`. */
export function matchesAny(matches: StringMatch[], value: Bytes): bool {
  for (let i = 0; i < matches.length; i++) {
    if (unchecked(matches[i]).matches(value)) return true;
  }
  return false;
}
