import { ClaimPath } from "../jose/claim-lookup";
import { Bytes, ConfigObject } from "../sdk";

/** The claim that the field `claim` names; null when it names none. */
export function readClaimPath(object: ConfigObject): ClaimPath | null {
  const claim = object.requiredString("claim");
  if (claim.length == 0) return null;
  const path = ClaimPath.parse(Bytes.of(claim));
  if (path === null) object.problem("claim", 'is not a claim: write "a", "a.b" for a nested one, or "[a.b][c]"');
  return path;
}
