import * as ascii from "../text/ascii";
import { Bytes } from "../text/bytes";
import { parseUnsigned } from "../text/decimal";

/** Why a URL was refused. */
export enum UrlStatus {
  Ok,
  /** It does not start with `http://` or `https://`. */
  Scheme,
  /** It has a user or a password, which would end up in logs. */
  UserInfo,
  /** The host is missing, or is neither a name, an IPv4 address nor an IPv6 address in brackets. */
  Host,
  /** The port is not a number from 1 to 65535. */
  Port,
  /** Path or query have a byte that must be percent-encoded, or a malformed percent-encoding. */
  Path,
  /** It has a fragment, which no server ever sees. */
  Fragment,
}

/** What `status` means, to follow "invalid URL: ". */
export function urlStatusText(status: UrlStatus): string {
  switch (status) {
    case UrlStatus.Ok:
      return "ok";
    case UrlStatus.Scheme:
      return "must start with http:// or https://";
    case UrlStatus.UserInfo:
      return "must not have a user or a password";
    case UrlStatus.Host:
      return "the host is missing or malformed";
    case UrlStatus.Port:
      return "the port must be a number from 1 to 65535";
    case UrlStatus.Path:
      return "the path or query has a character that must be percent-encoded";
    case UrlStatus.Fragment:
      return "must not have a fragment";
    default:
      return "unknown error";
  }
}

const HTTP = Bytes.constant("http://");
const HTTPS = Bytes.constant("https://");
const ROOT = Bytes.constant("/");

/** Longest name of a host (RFC 1035 §2.3.4, without the final dot). */
const MAX_HOST_LENGTH = 253;
const MAX_LABEL_LENGTH = 63;

// What may stand in path and query unencoded (RFC 3986 §3.3, §3.4) beside letters and digits, one bit a byte:
// `!$&'()*+,-./:;=?@_~`; the percent sign is looked at apart.
const PATH_LOW: u64 = 0xafffffd200000000;
const PATH_HIGH: u64 = 0x47fffffe87ffffff;

/** An absolute http or https URL (RFC 9110 §4.2) in its parts, which share the memory of the text. */
@final
export class Url {
  /** Whether the scheme is https. */
  secure: bool = false;
  /** Host and port as they are written, for `:authority`. */
  authority: Bytes = ROOT;
  /** The host as it is written, an IPv6 address with its brackets. */
  host: Bytes = ROOT;
  /** The port; that of the scheme when none is written. */
  port: i32 = 0;
  /** Path and query as they are written, for `:path`; `/` when there is none. */
  path: Bytes = ROOT;

  /** Takes `text` apart. The fields say something after `Ok` only. */
  parse(text: Bytes): UrlStatus {
    this.secure = text.startsWithIgnoreCase(HTTPS);
    if (!this.secure && !text.startsWithIgnoreCase(HTTP)) return UrlStatus.Scheme;
    const rest = text.slice(this.secure ? HTTPS.length : HTTP.length);
    const end = authorityEnd(rest);
    const status = this.readAuthority(rest.slice(0, end));
    return status == UrlStatus.Ok ? this.readPath(rest.slice(end)) : status;
  }

  private readAuthority(authority: Bytes): UrlStatus {
    if (authority.indexOf(0x40) >= 0) return UrlStatus.UserInfo;
    this.authority = authority;
    const bracket = authority.lastIndexOf(ascii.BRACKET_CLOSE);
    const colon = authority.indexOf(ascii.COLON, bracket + 1);
    this.host = colon < 0 ? authority : authority.slice(0, colon);
    if (!isHost(this.host)) return UrlStatus.Host;
    this.port = this.secure ? 443 : 80;
    if (colon < 0) return UrlStatus.Ok;
    this.port = <i32>parseUnsigned(authority.slice(colon + 1), 65535);
    return this.port > 0 ? UrlStatus.Ok : UrlStatus.Port;
  }

  private readPath(path: Bytes): UrlStatus {
    if (path.indexOf(ascii.HASH) >= 0) return UrlStatus.Fragment;
    // Only a path starts with a slash, and `:path` must: `http://host?query` is rare enough to be refused.
    if (path.length > 0 && path.at(0) != ascii.SLASH) return UrlStatus.Path;
    for (let i = 0; i < path.length; i++) {
      if (!isPathByte(path.at(i)) && !isPercentEncoding(path, i)) return UrlStatus.Path;
    }
    this.path = path.length == 0 ? ROOT : path;
    return UrlStatus.Ok;
  }
}

function authorityEnd(rest: Bytes): i32 {
  let at = 0;
  for (; at < rest.length; at++) {
    const byte = rest.at(at);
    if (byte == ascii.SLASH || byte == ascii.QUESTION || byte == ascii.HASH) break;
  }
  return at;
}

function isPathByte(byte: u32): bool {
  const bits = byte < 64 ? PATH_LOW : PATH_HIGH;
  return byte < 128 && ((bits >> (<u64>(byte & 63))) & 1) != 0;
}

function isPercentEncoding(text: Bytes, at: i32): bool {
  return text.at(at) == ascii.PERCENT && ascii.hexValue(text.at(at + 1)) >= 0 && ascii.hexValue(text.at(at + 2)) >= 0;
}

function isHost(host: Bytes): bool {
  if (host.at(0) == ascii.BRACKET_OPEN) return host.endsWith(CLOSE) && isIPv6(host.slice(1, host.length - 1));
  return isName(host);
}

const CLOSE = Bytes.constant("]");

/** Labels of letters, digits, `-` and, because names inside clusters have it, `_`; an IPv4 address is one as well. */
function isName(host: Bytes): bool {
  if (host.length > MAX_HOST_LENGTH) return false;
  let label = 0;
  for (let i = 0; i < host.length; i++) {
    const byte = <u32>host.at(i);
    if (byte == ascii.DOT) {
      if (label == 0) return false;
      label = 0;
      continue;
    }
    if (!ascii.isAlphanumeric(byte) && byte != ascii.MINUS && byte != 0x5f) return false;
    label += 1;
    if (label > MAX_LABEL_LENGTH) return false;
  }
  return host.length > 0 && label > 0;
}

/** Eight groups of up to four hexadecimal digits, one run of groups left out (RFC 4291 §2.2; no IPv4 in its end). */
function isIPv6(address: Bytes): bool {
  let groups = 0;
  let digits = 0;
  let shortened = false;
  for (let i = 0; i < address.length; i++) {
    const byte = address.at(i);
    if (ascii.hexValue(byte) >= 0) {
      digits += 1;
      if (digits > 4) return false;
      if (digits == 1) groups += 1;
      continue;
    }
    if (byte != ascii.COLON) return false;
    const double = address.at(i + 1) == ascii.COLON;
    if (double) {
      if (shortened) return false;
      shortened = true;
      i += 1;
    } else if (digits == 0 || i + 1 == address.length) {
      return false;
    }
    digits = 0;
  }
  return shortened ? groups < 8 : groups == 8;
}
