import { isHeaderValue } from "../http/header";
import { Bytes, ConfigObject } from "../sdk";

/** In bytes: access logs and metrics show it. */
const MAX_LENGTH = 128;

/** Notes a problem when the field `name`, which holds `name`, could not stand in a log, a metric or a header. */
export function checkEntryName(object: ConfigObject, name: string): void {
  const bytes = Bytes.of(name);
  if (!isHeaderValue(bytes)) object.problem("name", "must not have control characters, or spaces around it");
  if (bytes.length > MAX_LENGTH) object.problem("name", "must not be longer than " + MAX_LENGTH.toString() + " bytes");
}
