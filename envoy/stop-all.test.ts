import { spawn } from "node:child_process";
import { once } from "node:events";
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

it("ends the process although something keeps it", async () => {
  const program = `import { endSoon } from "./envoy/stop-all.ts"; setInterval(() => {}, 1_000); process.exitCode = 3; endSoon();`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", program]);
  expect(await once(child, "exit")).toEqual([3, null]);
});
