import { Bytes } from "../../sdk";
import * as ascii from "../../text/ascii";

const UNDERSCORE: u8 = 0x5f;

/** Whether `name` can be that of a label, or begin that of a metric, in Prometheus: letters, digits, `_`, no digit first. */
export function isLabelName(name: string): bool {
  const bytes = Bytes.of(name);
  if (bytes.length == 0 || ascii.isDigit(bytes.at(0))) return false;
  for (let i = 0; i < bytes.length; i++) {
    if (!ascii.isAlphanumeric(bytes.at(i)) && bytes.at(i) != UNDERSCORE) return false;
  }
  return true;
}
