import { RequestFacts } from "../../matching/request-facts";
import * as ascii from "../../text/ascii";
import { Bytes, ByteWriter, LocalReply } from "../../sdk";
import { isAuthority, isSafePath } from "./path-text";
import { ValueTemplate } from "./value-template";

const LOCATION = Bytes.constant("location");
/** Response code details of Envoy's own redirects and direct responses. */
const DETAILS = Bytes.constant("direct_response");
const NOTHING = Bytes.constant("");
const SCHEME_END = Bytes.constant("://");
const HTTP = Bytes.constant("http");
const HTTPS = Bytes.constant("https");
const HTTP_PORT = Bytes.constant(":80");
const HTTPS_PORT = Bytes.constant(":443");

/** A redirect uses the port that the request was sent to. */
export const PORT_OF_REQUEST = -1;

/** Sends the client elsewhere: HTTPRedirect of VirtualService. What it does not name is as in the request. */
@final
export class Redirect {
  /** In place of the path; with a query in place of the request's as well. */
  uri: ValueTemplate | null = null;
  authority: ValueTemplate | null = null;
  /** `http` or `https`. */
  scheme: Bytes | null = null;
  /** 0: none is named. */
  port: i32 = 0;
  code: u32 = 301;

  /** Answers the request at hand; false, without an answer, when a value that is needed is missing. */
  send(facts: RequestFacts): bool {
    const location = this.location(facts);
    if (location === null) return false;
    LocalReply.ofBytes(this.code, NOTHING).headerBytes(LOCATION, location).detailsBytes(DETAILS).send();
    return true;
  }

  /** As Envoy builds it: scheme, host, port and path, each the redirect's or else the request's. */
  private location(facts: RequestFacts): Bytes | null {
    const named = this.scheme;
    const scheme = named === null ? facts.scheme : named;
    const port = this.portIn(facts, scheme);
    const host = this.host(facts, scheme, port > 0);
    const path = this.path(facts);
    if (host === null || path === null) return null;
    const writer = ByteWriter.create(scheme.length + host.length + path.length + 16);
    writer.bytes(scheme);
    writer.bytes(SCHEME_END);
    writer.bytes(host);
    if (port > 0) {
      writer.put(ascii.COLON);
      writer.u64(<u64>port);
    }
    writer.bytes(path);
    return writer.finish();
  }

  /** The port to name; 0: none, or the one that the scheme has anyway. */
  private portIn(facts: RequestFacts, scheme: Bytes): i32 {
    const port = this.port == PORT_OF_REQUEST ? facts.destinationPort : this.port;
    if (port == 80 && scheme.equals(HTTP)) return 0;
    return port == 443 && scheme.equals(HTTPS) ? 0 : max(port, 0);
  }

  private host(facts: RequestFacts, scheme: Bytes, hasPort: bool): Bytes | null {
    const template = this.authority;
    if (template !== null) {
      const host = template.render();
      return host !== null && isAuthority(host) ? host : null;
    }
    const authority = facts.authority;
    const colon = portStart(authority);
    if (colon < 0) return authority;
    // A port that belongs to the scheme of the request does not belong to another scheme.
    const port = authority.slice(colon);
    const requestScheme = facts.scheme;
    const isOfScheme =
      (port.equals(HTTP_PORT) && requestScheme.equals(HTTP)) ||
      (port.equals(HTTPS_PORT) && requestScheme.equals(HTTPS));
    return hasPort || (isOfScheme && !scheme.equals(requestScheme)) ? authority.slice(0, colon) : authority;
  }

  private path(facts: RequestFacts): Bytes | null {
    const template = this.uri;
    const target = facts.target;
    if (template === null) return target;
    const path = template.renderPath();
    if (path === null) return null;
    const question = path.indexOf(ascii.QUESTION);
    if (!isSafePath(question < 0 ? path : path.slice(0, question))) return null;
    const query = target.indexOf(ascii.QUESTION);
    if (question >= 0 || query < 0) return path;
    const writer = ByteWriter.create(path.length + target.length);
    writer.bytes(path);
    writer.bytes(target.slice(query));
    return writer.finish();
  }
}

/** Where the port's colon stands in an authority; -1: it has no port. */
function portStart(authority: Bytes): i32 {
  const colon = authority.lastIndexOf(ascii.COLON);
  return colon > authority.lastIndexOf(ascii.BRACKET_CLOSE) ? colon : -1;
}
