import { isHeaderValue } from "../../http/header";
import { checkHeaderName } from "../../matching/header-name";
import { Bytes, ConfigObject } from "../../sdk";
import { HeaderOperations, HeaderValue } from "./header-operations";
import { RouterScope } from "./router-scope";
import { readValueTemplate } from "./value-template-reader";

/** Headers of one operation. */
const MAX_HEADERS = 64;

/** The headers of a route or a lane, `headers`: `{request: {set, add, remove}, response: {…}}`, as Istio's Headers. */
@final
export class HeadersConfig {
  readonly request: HeaderOperations = new HeaderOperations();
  readonly response: HeaderOperations = new HeaderOperations();
}

/** Reads the field `headers` of a route or a lane. */
export function readHeaders(parent: ConfigObject, scope: RouterScope): HeadersConfig {
  const config = new HeadersConfig();
  const object = parent.object("headers");
  if (object === null) return config;
  const request = object.object("request");
  if (request !== null) readOperations(request, config.request, scope, true);
  const response = object.object("response");
  if (response !== null) readOperations(response, config.response, scope, false);
  return config;
}

function readOperations(object: ConfigObject, operations: HeaderOperations, scope: RouterScope, ofRequest: bool): void {
  readValues(object, "set", operations.set, scope, ofRequest);
  readValues(object, "add", operations.add, scope, ofRequest);
  const removed = object.strings("remove");
  checkCount(object, "remove", removed.length);
  for (let i = 0; i < removed.length; i++) {
    const name = checkHeaderName(object, "remove[" + i.toString() + "]", unchecked(removed[i]));
    if (ofRequest) operations.removedSlots.push(scope.facts.headers.add(name));
    else operations.removedNames.push(scope.kept.keep(name));
  }
}

function readValues(
  object: ConfigObject,
  field: string,
  values: HeaderValue[],
  scope: RouterScope,
  ofRequest: bool,
): void {
  const headers = object.object(field);
  if (headers === null) return;
  const names = headers.names();
  checkCount(object, field, names.length);
  const known: string[] = [];
  for (let i = 0; i < names.length; i++) {
    const given = unchecked(names[i]);
    const text = headers.requiredString(given);
    const name = checkHeaderName(headers, given, given);
    if (known.includes(name)) headers.problem(given, "is there twice: names of headers do not depend on case");
    known.push(name);
    if (!isHeaderValue(Bytes.of(text))) headers.problem(given, "is not the value of a header");
    const value = readValueTemplate(headers, given, text, scope);
    if (value === null) continue;
    if (ofRequest) scope.sanitize(name, value.isVerified);
    values.push(new HeaderValue(scope.kept.keep(name), ofRequest ? scope.facts.headers.add(name) : -1, value));
  }
}

function checkCount(object: ConfigObject, field: string, count: i32): void {
  if (count > MAX_HEADERS) object.problem(field, "must not have more than " + MAX_HEADERS.toString() + " headers");
}
