/** The tokens of the bench: as long as those that identity providers issue. */
import { makeKeys, makeToken, type Jwk, type ScenarioKey } from "../host-tests/scenario/tokens.ts";

export type BenchAlgorithm = "RS256" | "ES256";

export const ISSUER = "https://issuer.example";
export const AUDIENCE = "api";

/** Length of a token that an identity provider with roles and scopes issues, in bytes. */
const TOKEN_LENGTH = 900;

export class TokenFactory {
  readonly #keys: ReadonlyMap<string, ScenarioKey> = makeKeys({
    RS256: { alg: "RS256", kid: "rsa" },
    ES256: { alg: "ES256", kid: "ec" },
  });

  /** The public keys. */
  get jwks(): { keys: Jwk[] } {
    return { keys: [...this.#keys.values()].map(({ jwk }) => jwk) };
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
