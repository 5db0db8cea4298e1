/**
 * A thousand keys of each curve. A bound of a formula that is wrong shows with few keys only, in tables and without: crypto
 * code with such a mistake has passed tests of thousands of field operations, and failed one key in a hundred.
 */
import { createHash, verify } from "node:crypto";
import { expect, test } from "vitest";
import { inverse, modulo, toNumber } from "../fuzz/numbers.ts";
import { Random } from "../fuzz/random.ts";
import { CryptoModule } from "./crypto-module.ts";
import { type Affine, type CurveModel, CURVES, type Point } from "./ecdsa-model.ts";
import { EcdsaKey } from "./ecdsa-module.ts";
import { flipped, seed } from "./random-input.ts";

const KEYS = 1000;

/** One key in so many is shown to Node too, whose verdicts take far longer than ours on the larger curves. */
const JUDGED = 8;

const module = new CryptoModule();

/** A point and its logarithm. */
interface Known {
  scalar: bigint;
  point: Affine;
}

/**
 * Points with their logarithms, each from the one before by a random step: Node takes a millisecond and a half to make a key
 * on P-521, and as long to sign.
 */
class Walk {
  private readonly steps: Known[] = [];
  private position: Known;

  constructor(
    private readonly model: CurveModel,
    private readonly random: Random,
  ) {
    const scalar = toNumber(this.random.bytes(model.octets)) % model.n;
    this.position = { scalar, point: finite(model.multiply(scalar)) };
    while (this.steps.length < 16) {
      this.steps.push(this.position);
      this.position = this.sum(this.position, this.position);
    }
  }

  next(): Known {
    this.position = this.sum(this.position, this.random.pick(this.steps));
    return this.position;
  }

  private sum(left: Known, right: Known): Known {
    const point = finite(this.model.add(left.point, right.point));
    return { scalar: (left.scalar + right.scalar) % this.model.n, point };
  }
}

function finite(point: Point): Affine {
  if (point === null) throw new Error(`came to infinity, seed ${seed}`);
  return point;
}

test.each(CURVES.map((model, curve) => ({ model, curve, hash: (["sha256", "sha384", "sha512"] as const)[curve]! })))(
  "$model.name",
  { timeout: 120_000 },
  ({ model, curve, hash }) => {
    const random = new Random(seed + curve);
    const [keys, nonces] = [new Walk(model, random), new Walk(model, random)];
    for (let i = 0; i < KEYS; i++) {
      const { scalar, point } = keys.next();
      const nonce = nonces.next();
      const message = random.bytes(random.below(80) + 1);
      const digest = createHash(hash).update(message).digest();
      const e = toNumber(digest);
      const r = nonce.point.x % model.n;
      const signature = model.signature(r, modulo(inverse(nonce.scalar, model.n) * (e + r * scalar), model.n));

      const context = `key ${i}, seed ${seed}`;
      const forgeries: [message: Buffer, signature: Buffer][] = [
        [message, flipped(signature, random.below(4 * signature.length))],
        [message, flipped(signature, 4 * signature.length + random.below(4 * signature.length))],
        [flipped(message, random.below(8 * message.length)), signature],
      ];
      if (i % JUDGED === 0) {
        const native = model.nodeKey(point);
        const verdicts = [[message, signature] as const, ...forgeries].map(([message, signature]) =>
          verify(hash, message, { key: native, dsaEncoding: "ieee-p1363" }, signature),
        );
        expect(verdicts, context).toEqual([true, false, false, false]);
      }

      const key = EcdsaKey.of(module, curve, point.x, point.y);
      // The third use is the last without a table; the fourth makes it.
      expect(key.verify(hash, message, signature), context).toBe(true);
      for (const forgery of forgeries.slice(i % 2, (i % 2) + 2))
        expect(key.verify(hash, ...forgery), context).toBe(false);
      expect(key.verify(hash, message, signature), context).toBe(true);
      for (const forgery of forgeries) expect(key.verify(hash, ...forgery), context).toBe(false);
      key.release();

      const other = flipped(
        Buffer.concat([model.encode(point.x), model.encode(point.y)]),
        random.below(16 * model.octets),
      );
      const [x, y] = [other.subarray(0, model.octets), other.subarray(model.octets)];
      expect(EcdsaKey.create(module, curve, x, y), context).toBeNull();
    }
  },
);
