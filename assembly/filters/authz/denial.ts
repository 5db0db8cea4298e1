import { Bytes, ByteWriter, LocalReply } from "../../sdk";

const BODY = Bytes.constant("RBAC: access denied");
const DETAILS_START = Bytes.constant("rbac_access_denied_matched_policy[");
const DETAILS_END = Bytes.constant("]");

/**
 * Refuses the request as Envoy's RBAC does: 403, and for gRPC PERMISSION_DENIED, which is what Envoy makes of 403.
 * `rule`: the name of the rule that denies, or `none`; it goes into the response code details.
 */
export function sendDenial(rule: Bytes): void {
  const details = ByteWriter.create(DETAILS_START.length + rule.length + DETAILS_END.length);
  details.bytes(DETAILS_START);
  details.bytes(rule);
  details.bytes(DETAILS_END);
  LocalReply.ofBytes(403, BODY).detailsBytes(details.finish()).send();
}
