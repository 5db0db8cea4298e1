// The ASCII characters that our grammars are made of.
export const TAB: u8 = 0x09;
export const LINE_FEED: u8 = 0x0a;
export const CARRIAGE_RETURN: u8 = 0x0d;
export const SPACE: u8 = 0x20;
export const QUOTE: u8 = 0x22;
export const HASH: u8 = 0x23;
export const PERCENT: u8 = 0x25;
export const AMPERSAND: u8 = 0x26;
export const PLUS: u8 = 0x2b;
export const COMMA: u8 = 0x2c;
export const MINUS: u8 = 0x2d;
export const DOT: u8 = 0x2e;
export const SLASH: u8 = 0x2f;
export const ZERO: u8 = 0x30;
export const COLON: u8 = 0x3a;
export const SEMICOLON: u8 = 0x3b;
export const EQUALS: u8 = 0x3d;
export const QUESTION: u8 = 0x3f;
export const BRACKET_OPEN: u8 = 0x5b;
export const BACKSLASH: u8 = 0x5c;
export const BRACKET_CLOSE: u8 = 0x5d;
export const UNDERSCORE: u8 = 0x5f;
export const LOWER_A: u8 = 0x61;
export const BRACE_OPEN: u8 = 0x7b;
export const BRACE_CLOSE: u8 = 0x7d;
export const TILDE: u8 = 0x7e;
export const DELETE: u8 = 0x7f;

/** Whether `byte` is a space or a tab (OWS of RFC 9110 §5.6.3). */
export function isBlank(byte: u32): bool {
  return byte == SPACE || byte == TAB;
}

export function isDigit(byte: u32): bool {
  return byte - ZERO < 10;
}

/** Whether `byte` is a letter of either case. */
export function isLetter(byte: u32): bool {
  return (byte | 0x20) - LOWER_A < 26;
}

export function isAlphanumeric(byte: u32): bool {
  return isDigit(byte) || isLetter(byte);
}

/** Value of a hexadecimal digit of either case; -1 for any other byte. */
export function hexValue(byte: u32): i32 {
  if (isDigit(byte)) return byte - ZERO;
  const letter = (byte | 0x20) - LOWER_A;
  return letter < 6 ? letter + 10 : -1;
}

/** The digit, in lower case, for a `value` of 0 to 15. */
export function hexDigit(value: u32): u8 {
  return <u8>(value < 10 ? ZERO + value : LOWER_A - 10 + value);
}
