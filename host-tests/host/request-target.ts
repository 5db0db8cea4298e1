/** What Envoy makes of a request target before any filter sees it: the codecs refuse some, and `normalize_path` changes many. */

/** How a request ends that a codec refuses: HTTP/1 is answered 400, an HTTP/2 stream is reset. */
export interface TargetProblem {
  details: string;
}

/** Why the codec does not take a target; `undefined`: it does. Absolute forms (`http://…`) of HTTP/1 are not modelled. */
export function targetProblem(
  target: string,
  method: string | undefined,
  protocol: "http1" | "http2",
): TargetProblem | undefined {
  const isPath = target.startsWith("/") || (target === "*" && method === "OPTIONS");
  if (protocol === "http1") {
    if (/[^!-~]/.test(target)) return { details: "http1.codec_error" };
    return isPath || target.includes("://") ? undefined : { details: "http1.invalid_url" };
  }
  if (/[\0-\x20\x7f]/.test(target)) return { details: "http2.invalid.header.field" };
  return isPath ? undefined : { details: "http2.violation.of.messaging.rule" };
}

/** Of an escape that stands for one of these the character itself is left (RFC 3986 §2.3, unreserved). */
const UNRESERVED = /^[A-Za-z0-9\-._~]$/;

/** Escaped when they come as they are. */
const NOT_IN_PATHS = /[\0-\x20"<>^`{|}\x7f-\xff]/g;

/**
 * A target as `normalize_path` makes it, with slashes in escapes left alone and slashes side by side not merged;
 * `undefined`: the request is answered 400. The query stays as it is.
 */
export function normalTarget(target: string): string | undefined {
  if (target.includes("#")) return undefined;
  if (!target.startsWith("/")) return target;
  const end = target.indexOf("?");
  const path = normalPath(end < 0 ? target : target.slice(0, end));
  return path === undefined || end < 0 ? path : path + target.slice(end);
}

function normalPath(path: string): string | undefined {
  if (/%00/.test(path)) return undefined;
  const segments: string[] = [];
  // A parameter does not hide dots: `..;x` is `..`. But Envoy looks for it before it knows escapes and other slashes.
  const parts = path
    .replace(/(?<=\/)(\.\.?);[^/]*/g, "$1")
    .slice(1)
    .split(/[/\\]/);
  for (const [index, part] of parts.entries()) {
    const segment = unescape(part);
    const isDots = segment === "." || segment === "..";
    if (segment === "..") segments.pop();
    if (!isDots) segments.push(segment);
    else if (index === parts.length - 1) segments.push("");
  }
  return `/${segments.join("/")}`;
}

function unescape(segment: string): string {
  const escaped = segment.replace(NOT_IN_PATHS, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  });
  return escaped.replace(/%([0-9A-Fa-f]{2})/g, (whole, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    return UNRESERVED.test(character) ? character : whole;
  });
}
