import * as ascii from "../../text/ascii";

/** Attributes that values name by one word, as in `{path}`. A capture cannot be called like one. */
export const PLAIN_ATTRIBUTES = ["path", "method", "authority", "scheme", "route", "lane"];

/** Whether a capture may have this name: it would not be found otherwise. */
export function isCaptureName(name: string): bool {
  if (PLAIN_ATTRIBUTES.includes(name) || name.length == 0) return false;
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i);
    if (!ascii.isLetter(unit) && unit != 0x5f && (i == 0 || !ascii.isDigit(unit))) return false;
  }
  return true;
}
