/** The tokens of the bench: as long as those that identity providers issue. */
import type { SignatureAlgorithm } from "../host-tests/scenario/format.ts";
import { makeKeys, makeToken, type Jwk, type ScenarioKey } from "../host-tests/scenario/tokens.ts";

export type BenchAlgorithm = SignatureAlgorithm;

/** Every algorithm of JWS that jwt-auth knows; RSA keys have 2048 bits. */
export const ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "HS256", "HS384", "HS512"],
] as readonly BenchAlgorithm[];

export const ISSUER = "https://issuer.example";
export const AUDIENCE = "api";

/** Length of a token that an identity provider with roles and scopes issues, in bytes. */
const TOKEN_LENGTH = 900;

/** One key for each algorithm, and tokens signed with it. */
export class TokenFactory {
  readonly #keys: ReadonlyMap<string, ScenarioKey> = makeKeys(
    Object.fromEntries(ALGORITHMS.map((alg) => [alg, { alg, kid: alg }])),
  );

  /** The key set of an issuer that uses this algorithm. */
  jwks(algorithm: BenchAlgorithm): { keys: Jwk[] } {
    const key = this.#keys.get(algorithm);
    return { keys: key === undefined ? [] : [key.jwk] };
  }

  /** Different valid tokens of about TOKEN_LENGTH bytes. */
  make(algorithm: BenchAlgorithm, count = 1): string[] {
    let roles = 0;
    while (this.#make(algorithm, 0, roles).length < TOKEN_LENGTH) roles++;
    return Array.from({ length: count }, (_, number) => this.#make(algorithm, number, roles));
  }

  #make(key: BenchAlgorithm, number: number, roles: number): string {
    const claims = {
      iss: ISSUER,
      sub: `f81d4fae-7dec-11d0-a765-${String(number).padStart(12, "0")}`,
      aud: [AUDIENCE, "account"],
      iat: "now-1m",
      exp: "now+1d",
      azp: "web-frontend",
      scope: "openid profile email",
      name: "Alice Example",
      preferred_username: "alice",
      email: "alice@example.com",
      email_verified: true,
      realm_access: { roles: Array.from({ length: roles }, (_, role) => `role-${role}`) },
    };
    return makeToken({ key, header: { typ: "JWT" }, claims }, this.#keys, Date.now());
  }
}

/** The token with a signature that is not its own. */
export function tampered(token: string): string {
  const start = token.lastIndexOf(".") + 1;
  return token.slice(0, start) + (token[start] === "A" ? "B" : "A") + token.slice(start + 1);
}
