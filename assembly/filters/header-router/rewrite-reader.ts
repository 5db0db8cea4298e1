import { readRegex } from "../../matching/string-match-reader";
import { RegexRewrite } from "../../regex/rewrite";
import { Bytes, ConfigObject } from "../../sdk";
import { isAuthority } from "./path-text";
import { Rewrite } from "./rewrite";
import { RouterScope } from "./router-scope";
import { ValueTemplate } from "./value-template";
import { readValueTemplate } from "./value-template-reader";

/** A long one could make a path of gigabytes of one of kilobytes. */
const MAX_SUBSTITUTION_LENGTH = 1024;

/** Reads the field `rewrite` of a route; null: it has none. */
export function readRewrite(route: ConfigObject, scope: RouterScope): Rewrite | null {
  const object = route.object("rewrite");
  if (object === null) return null;
  const rewrite = new Rewrite(scope.facts.headers.add("x-envoy-original-path"));
  rewrite.uri = readUri(object, scope);
  rewrite.authority = readAuthority(object, scope);
  const substitution = object.object("uriRegexRewrite");
  if (substitution !== null) readSubstitution(substitution, rewrite);
  if (substitution !== null && object.has("uri")) object.problem("uriRegexRewrite", "cannot be combined with uri");
  if (substitution === null && !object.has("uri") && !object.has("authority"))
    route.problem("rewrite", "must have uri, authority or uriRegexRewrite");
  return rewrite;
}

/** What takes the place of a path, or of its start. */
function readUri(object: ConfigObject, scope: RouterScope): ValueTemplate | null {
  if (!object.has("uri")) return null;
  const text = object.requiredString("uri");
  if (text.includes("?") || text.includes("#")) object.problem("uri", "must not have a query or fragment");
  checkPath(object, text);
  return readValueTemplate(object, "uri", text, scope);
}

/** Notes a problem when the field `uri` can be no path. A path may begin with `{path}` or a capture, which are paths. */
export function checkPath(object: ConfigObject, text: string): void {
  if (text.length > 0 && !text.startsWith("/") && !text.startsWith("{")) object.problem("uri", "must start with /");
  const bytes = Bytes.of(text);
  for (let i = 0; i < bytes.length; i++) {
    if (bytes.at(i) > 0x20 && bytes.at(i) < 0x7f) continue;
    object.problem("uri", "has a character that must be percent-encoded");
    return;
  }
}

/** Reads the field `authority` of a rewrite or a redirect; null: it has none. */
export function readAuthority(object: ConfigObject, scope: RouterScope): ValueTemplate | null {
  if (!object.has("authority")) return null;
  const template = readValueTemplate(object, "authority", object.requiredString("authority"), scope);
  if (template === null || !template.isConstant) return template;
  const authority = template.render();
  if (authority !== null && authority.length > 0 && !isAuthority(authority))
    object.problem("authority", "must be a host, with a port or without");
  return template;
}

function readSubstitution(object: ConfigObject, rewrite: Rewrite): void {
  const pattern = object.requiredString("match");
  const text = object.string("rewrite");
  if (text.includes("?") || text.includes("#")) object.problem("rewrite", "must not have a query or fragment");
  if (text.length > MAX_SUBSTITUTION_LENGTH)
    object.problem("rewrite", "must not be longer than " + MAX_SUBSTITUTION_LENGTH.toString() + " characters");
  if (pattern.length == 0) return;
  const regex = readRegex(object, "match", pattern);
  if (regex === null) return;
  rewrite.pattern = regex;
  rewrite.substitution = RegexRewrite.parse(text, regex);
  if (rewrite.substitution === null) object.problem("rewrite", RegexRewrite.problem);
}
