import { Bytes, Property } from "../../sdk";
import { EMPTY, orEmpty } from "../../text/bytes";
import { ALLOWED, AuthzDecision, DENIED, NO_RULE, SHADOW_DENIED, StreamNotes } from "../stream-notes";
import { EndText } from "./end-text";
import { StreamEnd } from "./stream-end";

/** The rule that decided, where authz is a plugin of its own. */
const AUTHZ_RULE = new Property(["filter_state", "wasm.waypost_authz_rule"]);

/** How response code details of Envoy's own filters that refuse requests begin: RBAC, jwt_authn, ext_authz. */
const NATIVE_REFUSALS: Bytes[] = [
  Bytes.constant("rbac_access_denied_matched_policy["),
  Bytes.constant("jwt_authn_access_denied{"),
  Bytes.constant("ext_authz_"),
];

/** Who says what was decided. */
export enum Judge {
  /** Nobody: the request passed unjudged. */
  None,
  JwtAuth,
  Authz,
  /** A filter of Envoy's own. */
  Envoy,
}

/** What was decided about a request, by the first who refused it. One object, used again and again. */
@final
export class Verdict {
  /** `allowed`, `denied` or `shadow_denied`. */
  decision: Bytes = ALLOWED;
  judge: Judge = Judge.None;
  private why: Bytes = EMPTY;

  /** Tells what `read` needs of each stream. */
  static need(end: StreamEnd): void {
    end.need(EndText.JwtReason);
    end.need(EndText.JwtShadow);
    end.need(EndText.AuthzDecision);
    end.need(EndText.CodeDetails);
  }

  /** Finds out what was decided about the stream that has ended. It asks the proxy for nothing more. */
  read(end: StreamEnd): void {
    const jwtReason = end.text(EndText.JwtReason);
    const jwtShadow = end.text(EndText.JwtShadow);
    const authz = end.text(EndText.AuthzDecision);
    const details = end.text(EndText.CodeDetails);
    if (jwtReason.length > 0) this.set(DENIED, Judge.JwtAuth, jwtReason);
    else if (authz.equals(DENIED)) this.set(DENIED, Judge.Authz, EMPTY);
    else if (isNativeRefusal(details)) this.set(DENIED, Judge.Envoy, details);
    else if (jwtShadow.length > 0) this.set(SHADOW_DENIED, Judge.JwtAuth, jwtShadow);
    else if (authz.equals(SHADOW_DENIED)) this.set(SHADOW_DENIED, Judge.Authz, EMPTY);
    else this.set(ALLOWED, authz.length > 0 ? Judge.Authz : Judge.None, EMPTY);
  }

  get isDenial(): bool {
    return this.decision !== ALLOWED;
  }

  /** Why, in the words of who says it: the reason of jwt-auth, the rule of authz, response code details. Empty: not known. */
  reason(notes: StreamNotes): Bytes {
    if (this.judge != Judge.Authz) return this.why;
    const noted = notes.authzRule;
    if (noted !== null) return noted;
    if (notes.authz != AuthzDecision.None) return NO_RULE;
    return orEmpty(AUTHZ_RULE.bytes());
  }

  private set(decision: Bytes, judge: Judge, why: Bytes): void {
    this.decision = decision;
    this.judge = judge;
    this.why = why;
  }
}

function isNativeRefusal(details: Bytes): bool {
  for (let i = 0; i < NATIVE_REFUSALS.length; i++) {
    if (details.startsWith(unchecked(NATIVE_REFUSALS[i]))) return true;
  }
  return false;
}
