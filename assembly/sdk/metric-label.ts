import * as ascii from "../text/ascii";
import { Bytes } from "../text/bytes";

/** The label of what has none of its own because there would be too many. */
export const OTHERS = "other";

/**
 * `text` as a label in the name of a metric (`tag.<label>;.`, `component.<label>.`): letters, digits, `-` and `/` stay,
 * anything else becomes `_`, because Istio finds where labels end by dots and semicolons. For configuration time; allocates.
 */
export function metricLabel(text: string): string {
  const bytes = Bytes.of(text);
  let label = "";
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes.at(i);
    const isPlain = ascii.isAlphanumeric(byte) || byte == ascii.MINUS || byte == ascii.SLASH;
    label += isPlain ? String.fromCharCode(byte) : "_";
  }
  return label;
}
