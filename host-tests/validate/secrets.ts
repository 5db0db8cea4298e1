/** A configuration with what must not get into logs: a private key among its keys, and a token where none belongs. */

const secret = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
const token =
  "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSIsInJvbGUiOiJhZG1pbiJ9.c2lnbmF0dXJlLW9mLXRoaXMtdG9rZW4tMDEyMzQ1Njc4OQ";

export const jwt = {
  secret,
  token,
  config: {
    jwtRules: [
      { issuer: token, jwks: { keys: [{ kty: "oct", alg: "HS256", k: secret }] }, timeout: token },
      { issuer: "https://issuer.example", jwks: secret, audiences: [token], fromHeaders: [{ name: token }] },
    ],
    policies: [{ name: token, action: secret, rules: [{ when: [{ key: token, values: [secret] }] }] }],
    routes: [{ name: secret, match: [{ uri: { regex: `(${secret}` }, headers: { a: { exact: token } } }] }],
    jwtAuth: { jwtRules: [{ issuer: token, jwks: { keys: [{ kty: "oct", k: secret }] } }] },
    prefix: secret,
  },
};
