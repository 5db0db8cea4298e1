/** Says which tokens are valid, with jose: independent of the code under test. The filter may refuse more, never less. */
import { compactVerify, decodeProtectedHeader, importJWK } from "jose";
import type { FuzzRequest } from "./requests.ts";
import { AUDIENCE, ISSUER, jwks } from "./tokens.ts";

const CLOCK_SKEW_SECONDS = 60;

const keys = await Promise.all(
  jwks.keys.map(async (jwk) => ({ kid: jwk["kid"], alg: String(jwk["alg"]), key: await importJWK(jwk) })),
);

/** Whether a token is signed by one of the keys, for us, and neither expired nor early. */
async function isValid(token: string): Promise<boolean> {
  for (const { kid, alg, key } of keys) {
    try {
      // A key without `kid` is one for any token, as in Envoy; jose's own key sets know no such thing.
      const named = decodeProtectedHeader(token).kid;
      if (kid !== undefined && named !== undefined && named !== kid) continue;
      const { payload } = await compactVerify(token, key, { algorithms: [alg] });
      return isAcceptable(JSON.parse(Buffer.from(payload).toString("utf8")) as Record<string, unknown>);
    } catch {
      // Not by this key.
    }
  }
  return false;
}

function isAcceptable({ iss, aud, exp, nbf }: Record<string, unknown>): boolean {
  const now = Date.now() / 1000;
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];
  return (
    iss === ISSUER &&
    audiences.includes(AUDIENCE) &&
    typeof exp === "number" &&
    exp > now - CLOCK_SKEW_SECONDS &&
    (nbf === undefined || (typeof nbf === "number" && nbf <= now + CLOCK_SKEW_SECONDS))
  );
}

const COMPACT_JWS = /[\w-]+\.[\w-]+\.[\w-]+/g;

/** Whether the request holds a valid token with this payload (the middle part of the compact form). */
export async function holdsToken({ init, tokens }: FuzzRequest, payload: string): Promise<boolean> {
  const texts = [init.path, unescaped(init.path), ...init.headers.map(([, value]) => value)];
  const placed = tokens.filter((token) => texts.some((text) => text.includes(token)));
  const found = texts.flatMap((text) => text.match(COMPACT_JWS) ?? []);
  for (const token of new Set([...placed, ...found])) {
    if (token.split(".")[1] === payload && (await isValid(token))) return true;
  }
  return false;
}

function unescaped(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
