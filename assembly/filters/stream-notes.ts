import { Bytes } from "../sdk";
import { KeptValues } from "./kept-values";

/** What authz said about a request. */
export enum AuthzDecision {
  /** It was not asked. */
  None,
  Allowed,
  Denied,
  /** It passed, and policies in mode SHADOW would have refused it. */
  ShadowDenied,
}

/** A decision as a word, as filter state, labels and logs have it: it is public. */
export const ALLOWED = Bytes.constant("allowed");
export const DENIED = Bytes.constant("denied");
export const SHADOW_DENIED = Bytes.constant("shadow_denied");

/** What stands for the name of a rule when none decided, as in Envoy's RBAC. */
export const NO_RULE = Bytes.constant("none");

const UNDECIDED = Bytes.constant("");

/** The word of a decision; empty when there is none. */
export function decisionWord(decision: AuthzDecision): Bytes {
  switch (decision) {
    case AuthzDecision.Allowed:
      return ALLOWED;
    case AuthzDecision.Denied:
      return DENIED;
    case AuthzDecision.ShadowDenied:
      return SHADOW_DENIED;
    default:
      return UNDECIDED;
  }
}

/**
 * What the stages of one stream context found out about its request, for the stage that reports it when the stream ends. In
 * separate plugins the same goes by filter state. The bytes belong to the stages' configurations. Used again for another
 * stream after `reset`.
 */
@final
export class StreamNotes {
  /** The route and the lane that header-router chose; null: none. */
  route: Bytes | null = null;
  lane: Bytes | null = null;
  authz: AuthzDecision = AuthzDecision.None;
  /** The rule that decided, `ns[<namespace>]-policy[<name>]-rule[<index>]`; null: none did. */
  authzRule: Bytes | null = null;
  /** Why jwt-auth refused the request, a word; null: it did not. */
  jwtReason: Bytes | null = null;
  /** Why it would have in mode ENFORCE; null: it would not, or did. */
  jwtShadow: Bytes | null = null;
  /** The claims set of the verified token, a copy; nothing where nobody asked for one. */
  private readonly keptClaims: KeptValues = new KeptValues();

  /** Keeps the claims set for later callbacks; null: there is no verified token. */
  keepClaims(claims: Bytes | null): void {
    this.keptClaims.clear();
    this.keptClaims.put(claims);
  }

  /** What was kept; null: nothing. */
  claims(): Bytes | null {
    this.keptClaims.rewind();
    return this.keptClaims.next();
  }

  /** Forgets the stream. */
  reset(): void {
    this.route = null;
    this.lane = null;
    this.authz = AuthzDecision.None;
    this.authzRule = null;
    this.jwtReason = null;
    this.jwtShadow = null;
    this.keptClaims.clear();
  }
}
