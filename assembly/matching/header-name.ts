import { isHeaderName } from "../http/header";
import { Bytes, ConfigObject } from "../sdk";

/** Headers that frame or route the message; a token or a claim in one of them would change what the request is. */
const RESERVED_HEADERS = [
  "connection",
  "content-length",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** The header's name that a field holds, in lower case. Pseudo headers and those that make up the message cannot be named. */
export function readHeaderName(object: ConfigObject, field: string): string {
  const name = object.requiredString(field);
  return name.length == 0 ? name : checkHeaderName(object, field, name);
}

/** The same for a name that is there already: that of the field itself. */
export function checkHeaderName(object: ConfigObject, field: string, name: string): string {
  // Before case is folded: letters outside ASCII can have a lower case inside of it.
  if (!isHeaderName(Bytes.of(name))) object.problem(field, "is not the name of a header");
  const lowerCase = name.toLowerCase();
  if (RESERVED_HEADERS.includes(lowerCase))
    object.problem(field, "must not be a header that frames or routes the message");
  return lowerCase;
}
