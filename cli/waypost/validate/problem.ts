/** What is said against a file. */

/**
 * `error`: it does not load, or a waypoint ignores it, or it cannot do what it is for. `warning`: it works, and is likely
 * not what was meant.
 */
export type Severity = "error" | "warning";

export interface Problem {
  severity: Severity;
  /** Path of the file as it was given or found; `-`: standard input. */
  file: string;
  /** From 1. */
  line: number;
  /** From 1, in UTF-16 code units. */
  column: number;
  /** Where in the document, such as `spec.pluginConfig.jwtRules[0].audience`; empty: the whole of it. */
  path: string;
  message: string;
}

/** A problem whose place is an offset into the text of a file. */
export interface Finding extends Pick<Problem, "severity" | "path" | "message"> {
  offset: number;
}

/** A text of somebody else's on one line of a terminal: control characters and those that turn its direction are escaped. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_C}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** A run of letters that no name is as long as, but a key is, and the payload or signature of a token. */
const LIKELY_SECRET = /[\w+=-]{40,}/g;
const SHOWN_OF_SECRET = 8;

/** What may be shown of a text from a file: it is printable, and what looks like a key or a token is cut. */
export function shown(text: string): string {
  return printable(text).replace(LIKELY_SECRET, (run) => `${run.slice(0, SHOWN_OF_SECRET)}…`);
}
