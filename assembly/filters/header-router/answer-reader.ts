import { decodeBase64 } from "../../encoding/base64";
import { Bytes, ConfigObject } from "../../sdk";
import { DirectResponse } from "./direct-response";
import { PORT_OF_REQUEST, Redirect } from "./redirect";
import { checkPath, readAuthority } from "./rewrite-reader";
import { Route } from "./route";
import { RouterScope } from "./router-scope";
import { readValueTemplate } from "./value-template-reader";

/** What Istio takes for a direct response's body at most. */
const MAX_BODY_LENGTH = 1_048_576;

const BODY_FIELDS = ["string", "bytes"];

const REDIRECT_CODES: i64[] = [301, 302, 303, 307, 308];

/** Reads `redirect` and `directResponse` of a route, either of which is all that the route does. */
export function readAnswer(object: ConfigObject, route: Route, scope: RouterScope): void {
  const redirect = object.object("redirect");
  if (redirect !== null) route.redirect = readRedirect(redirect, scope);
  const direct = object.object("directResponse");
  if (direct !== null) route.directResponse = readDirectResponse(direct);
  if (redirect === null && direct === null) return;
  const field = redirect !== null ? "redirect" : "directResponse";
  if (redirect !== null && direct !== null) object.problem(field, "cannot be combined with directResponse");
  if (object.has("rewrite")) object.problem(field, "cannot be combined with rewrite");
  if (object.has("split")) object.problem(field, "cannot be combined with split");
}

function readRedirect(object: ConfigObject, scope: RouterScope): Redirect {
  const redirect = new Redirect();
  if (object.has("uri")) {
    const text = object.requiredString("uri");
    if (text.includes("#")) object.problem("uri", "must not have a fragment");
    checkPath(object, text);
    redirect.uri = readValueTemplate(object, "uri", text, scope);
  }
  redirect.authority = readAuthority(object, scope);
  if (object.has("scheme")) {
    const scheme = object.choice("scheme", ["http", "https"], 0);
    redirect.scheme = scope.kept.keep(scheme == 0 ? "http" : "https");
  }
  readPort(object, redirect);
  const code = object.integer("redirectCode", 301, 300, 399);
  redirect.code = <u32>code;
  if (!REDIRECT_CODES.includes(code)) object.problem("redirectCode", "must be one of 301, 302, 303, 307, 308");
  const isNothing = !object.has("uri") && !object.has("authority") && !object.has("scheme") && !hasPort(object);
  if (isNothing) object.configuration.problem(object.path, "must have uri, authority, scheme, port or derivePort");
  return redirect;
}

function hasPort(object: ConfigObject): bool {
  return object.has("port") || object.has("derivePort");
}

function readPort(object: ConfigObject, redirect: Redirect): void {
  redirect.port = <i32>object.integer("port", 0, 1, 65_535);
  const derived = object.choice("derivePort", ["FROM_PROTOCOL_DEFAULT", "FROM_REQUEST_PORT"], 0);
  if (derived == 1) redirect.port = PORT_OF_REQUEST;
  if (object.has("port") && object.has("derivePort")) object.problem("derivePort", "cannot be combined with port");
}

function readDirectResponse(object: ConfigObject): DirectResponse {
  if (!object.has("status")) object.problem("status", "missing: a number is needed");
  const status = <u32>object.integer("status", 200, 200, 599);
  const body = object.object("body");
  return new DirectResponse(status, (body === null ? Bytes.of("") : readBody(body)).persist());
}

function readBody(object: ConfigObject): Bytes {
  object.only(BODY_FIELDS);
  const text = Bytes.of(object.string("string"));
  const encoded = object.string("bytes");
  const decoded = object.has("bytes") ? decodeBase64(Bytes.of(encoded)) : text;
  if (decoded === null) object.problem("bytes", "is not base64");
  const body = decoded === null ? text : decoded;
  if (body.length > MAX_BODY_LENGTH)
    object.configuration.problem(object.path, "must not be longer than " + MAX_BODY_LENGTH.toString() + " bytes");
  return body;
}
