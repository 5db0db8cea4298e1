/** The users of the demonstration, and tokens of theirs. */
import type { JWTPayload } from "jose";
import type { Issuer } from "../services/issuer.ts";
import { ADMIN_TEAM, AUDIENCE, type LaneName } from "./names.ts";

export interface User {
  sub: string;
  team: string;
  /** Where the split sends this user. It follows from `sub`, the salt and the weights alone, so it never changes. */
  lane: LaneName;
  isTester?: boolean;
}

export const ALICE: User = { sub: "alice", team: "reviews", lane: "stable" };
export const BOB: User = { sub: "bob", team: "reviews", lane: "canary" };
export const DAVE: User = { sub: "dave", team: ADMIN_TEAM, lane: "stable" };
export const TESS: User = { sub: "tess", team: "reviews", lane: "stable", isTester: true };

export type DemoTokens = Awaited<ReturnType<typeof mintDemoTokens>>;

/** Fresh tokens. `stranger` signs those of the wrong issuer. They are of ES256, for shorter lines, where nothing else is said. */
export async function mintDemoTokens(issuer: Issuer, stranger: Issuer) {
  const algorithm = "ES256";
  const ofUser = (user: User) => issuer.mint({ algorithm, claims: claimsOf(user) });
  const claims = claimsOf(ALICE);
  const alice = await ofUser(ALICE);
  return {
    alice,
    aliceRs256: await issuer.mint({ algorithm: "RS256", claims }),
    bob: await ofUser(BOB),
    dave: await ofUser(DAVE),
    tess: await ofUser(TESS),
    expired: await issuer.mint({ algorithm, claims, lifetime: -3_600 }),
    wrongIssuer: await stranger.mint({ algorithm, claims }),
    wrongAudience: await issuer.mint({ algorithm, claims: { ...claims, aud: "somebody-else" } }),
    tampered: tamper(alice),
  };
}

function claimsOf({ sub, team, isTester }: User): JWTPayload {
  return { aud: AUDIENCE, sub, org: { team }, ...(isTester === true && { tester: true }) };
}

/** The same header and signature around another subject. */
function tamper(token: string): string {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as object;
  const forged = Buffer.from(JSON.stringify({ ...claims, sub: "root" })).toString("base64url");
  return `${header}.${forged}.${signature}`;
}
