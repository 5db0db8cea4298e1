import { Bytes, EMPTY } from "../text/bytes";
import * as ascii from "../text/ascii";

const SCHEME = Bytes.constant("spiffe://");
const NAMESPACE = Bytes.constant("ns");
const SERVICE_ACCOUNT = Bytes.constant("sa");

/**
 * An identity as Istio gives it to workloads: `spiffe://<trust domain>/ns/<namespace>/sa/<service account>`
 * (SPIFFE-ID §2). One object, used again and again; its fields share the memory of what was parsed.
 */
@final
export class SpiffeId {
  /** Empty, as the others, when the identity is not of this form. */
  trustDomain: Bytes = EMPTY;
  namespace: Bytes = EMPTY;
  serviceAccount: Bytes = EMPTY;

  /** Reads `id`; false when it is not of this form. */
  parse(id: Bytes): bool {
    this.reset();
    if (!id.startsWith(SCHEME)) return false;
    const domain = segmentOf(id, SCHEME.length);
    const ns = segmentOf(id, SCHEME.length + domain.length + 1);
    const namespaceStart = SCHEME.length + domain.length + 1 + ns.length + 1;
    const namespace = segmentOf(id, namespaceStart);
    const sa = segmentOf(id, namespaceStart + namespace.length + 1);
    const account = id.slice(namespaceStart + namespace.length + 1 + sa.length + 1);
    if (!ns.equals(NAMESPACE) || !sa.equals(SERVICE_ACCOUNT)) return false;
    if (domain.length == 0 || namespace.length == 0 || account.length == 0) return false;
    if (account.indexOf(ascii.SLASH) >= 0) return false;
    this.trustDomain = domain;
    this.namespace = namespace;
    this.serviceAccount = account;
    return true;
  }

  reset(): void {
    this.trustDomain = EMPTY;
    this.namespace = EMPTY;
    this.serviceAccount = EMPTY;
  }
}

/** `id` as AuthorizationPolicy writes it, without `spiffe://`; null when it is none. */
export function withoutScheme(id: Bytes): Bytes | null {
  return id.startsWith(SCHEME) ? id.slice(SCHEME.length) : null;
}

/** From `start` to the next slash, or the end. */
function segmentOf(id: Bytes, start: i32): Bytes {
  const slash = id.indexOf(ascii.SLASH, start);
  return id.slice(start, slash < 0 ? id.length : slash);
}
