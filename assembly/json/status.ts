/** Why a JSON text was refused (RFC 8259, with our limits). */
export enum JsonStatus {
  /** Nothing is wrong so far. */
  Ok,
  /** The text ends where something must follow. */
  UnexpectedEnd,
  /** A byte that cannot stand there: also a byte order mark, a comment, a trailing comma. */
  UnexpectedByte,
  /** A control character inside a string that is not escaped. */
  InvalidString,
  /** A backslash sequence that JSON does not have, or one half of a surrogate pair. */
  InvalidEscape,
  /** Bytes inside a string that are not UTF-8. */
  InvalidUtf8,
  /** A number that does not follow the grammar, such as `01`, `.5`, `1.` or `+1`. */
  InvalidNumber,
  /** More objects and arrays inside each other than allowed. */
  TooDeep,
  /** Something other than white space follows the value. */
  TrailingData,
  /** An object has two members of one name. Only readers of whole documents look for it. */
  DuplicateMember,
}

/** What `status` means, to follow "invalid JSON: ". */
export function statusText(status: JsonStatus): string {
  switch (status) {
    case JsonStatus.Ok:
      return "ok";
    case JsonStatus.UnexpectedEnd:
      return "unexpected end";
    case JsonStatus.UnexpectedByte:
      return "unexpected character";
    case JsonStatus.InvalidString:
      return "control character in a string";
    case JsonStatus.InvalidEscape:
      return "invalid escape sequence";
    case JsonStatus.InvalidUtf8:
      return "invalid UTF-8";
    case JsonStatus.InvalidNumber:
      return "invalid number";
    case JsonStatus.TooDeep:
      return "nested too deeply";
    case JsonStatus.TrailingData:
      return "unexpected data after the value";
    case JsonStatus.DuplicateMember:
      return "duplicate member";
    default:
      return "unknown error";
  }
}
