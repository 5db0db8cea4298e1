/** Tokens for whole requests: of one key set that has every kind of key, so that many are valid. */
import { randomToken, renderToken, type SetSpec } from "./cases.ts";
import { member } from "./edits.ts";
import type { FuzzKey } from "./keys.ts";
import type { Random } from "./random.ts";

type JwkSet = { keys: Record<string, string>[] };

export class TokenSource {
  /** What is configured. */
  readonly jwks: JwkSet;
  readonly #set: SetSpec;

  /** @param now  milliseconds since 1970 */
  constructor(
    private readonly keys: ReadonlyMap<string, FuzzKey>,
    private readonly now: number,
  ) {
    const own = [...keys.values()].filter(({ name }) => !name.startsWith("foreign"));
    this.jwks = { keys: own.map(({ name, jwk }) => ({ ...jwk, kid: name })) };
    const specs = this.jwks.keys.map((jwk, index) => ({
      key: own[index] as FuzzKey,
      members: Object.entries(jwk).map(([name, value]) => member(name, value)),
      edits: [],
    }));
    this.#set = { keys: specs, edits: [] };
  }

  /** A token of any kind, as a byte string without line breaks. */
  any(random: Random): string {
    return this.#render({ ...randomToken(this.#set, [...this.keys.values()], this.now, random) });
  }

  /** A valid one. */
  valid(random: Random): string {
    const usable = this.#set.keys.filter(({ key }) => key.algorithms.length > 0);
    const { key } = random.pick(usable);
    const seed = random.below(2 ** 32);
    const alg = random.pick(key.algorithms);
    return this.#render({
      signedBy: key.name,
      signer: key.signer,
      alg,
      form: "regular",
      kid: key.name,
      edits: [],
      seed,
    });
  }

  #render(spec: Parameters<typeof renderToken>[0]): string {
    return renderToken(spec, this.now);
  }
}
