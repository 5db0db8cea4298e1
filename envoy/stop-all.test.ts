import { expect, it } from "vitest";
import { stopAll } from "./stop-all.ts";

it("ends all, one after the other, and then tells of the first that failed", async () => {
  const ended: string[] = [];
  const stops = ["a", "b", "c"].map((name) => async () => {
    await Promise.resolve();
    ended.push(name);
    if (name !== "c") throw new Error(`${name} failed`);
  });
  await expect(stopAll(stops)).rejects.toThrow("a failed");
  expect(ended).toEqual(["a", "b", "c"]);
  await expect(stopAll([])).resolves.toBeUndefined();
});
