import { expect, it } from "vitest";
import { fuzz } from "./fuzz.ts";

const SECONDS = 3;

it("nothing traps jwt-auth or leaves a request waiting, and nothing passes without a valid token", async () => {
  const seed = Date.now() % 2 ** 32;
  const { failures, accepted, passed, refused, documents } = await fuzz(SECONDS, seed);
  expect(failures, `npx tsx host-tests/fuzz/fuzz.ts --seed ${seed}`).toEqual([]);
  // All kinds of requests came up.
  expect(Math.min(accepted, passed, refused, documents)).toBeGreaterThan(10);
});
