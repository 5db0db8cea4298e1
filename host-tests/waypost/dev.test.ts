/** `waypost dev`: what ends a step that is under way, and what the watcher tells. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DevelopmentLoop, type Steps } from "../../cli/waypost/dev/loop.ts";
import { runStep, type StepResult } from "../../cli/waypost/dev/steps.ts";
import { type Change, watchProject } from "../../cli/waypost/dev/watch-project.ts";

const PATIENCE = { timeout: 20_000 };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "waypost-dev-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a step that never ends", () => {
  /** Writes its process id, or that of a process of its own, and hears no signal but SIGKILL. */
  const STUCK = `
const { spawn } = require("node:child_process");
const { writeFileSync, renameSync } = require("node:fs");
const [folder, isOuter] = process.argv.slice(1);
process.on("SIGTERM", () => {});
if (isOuter) spawn(process.execPath, ["-e", process.env.STUCK, folder], { stdio: "ignore" });
const name = folder + (isOuter ? "/outer" : "/inner");
writeFileSync(name + ".new", String(process.pid));
renameSync(name + ".new", name);
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
`;

  afterEach(() => vi.unstubAllEnvs());

  it("ends when it is aborted, with the processes that it started", PATIENCE, async () => {
    vi.stubEnv("STUCK", STUCK);
    const abort = new AbortController();
    const step = runStep(["-e", STUCK, folder, "outer"], abort.signal);
    const files = ["outer", "inner"].map((name) => path.join(folder, name));
    await expect.poll(() => files.every((file) => existsSync(file)), PATIENCE).toBe(true);
    abort.abort();
    expect(await step).toMatchObject({ ok: false });
    const processes = files.map((file) => Number(readFileSync(file, "utf8")));
    await expect.poll(() => processes.filter(isRunning), PATIENCE).toEqual([]);
  });

  it("does not begin when it is aborted before", PATIENCE, async () => {
    expect(await runStep(["-e", "setInterval(() => {}, 1000)"], AbortSignal.abort())).toMatchObject({ ok: false });
  });

  it("gives way to what is saved meanwhile", PATIENCE, async () => {
    vi.spyOn(console, "log").mockReturnValue();
    const runs: string[] = [];
    const never = (signal: AbortSignal) =>
      new Promise<StepResult>((resolve) => {
        signal.addEventListener("abort", () => resolve({ ok: false, output: "" }));
      });
    const steps: Steps = {
      build: () => Promise.resolve({ ok: true, output: String(runs.push("build")) }),
      test: (signal) => (runs.push("test"), never(signal)),
    };
    const loop = new DevelopmentLoop({ name: "a", module: "build/a.wasm" }, { port: 0, adminPort: 0 }, steps);
    loop.take("source");
    await expect.poll(() => runs, PATIENCE).toEqual(["build", "test"]);
    loop.take("tests");
    await expect.poll(() => runs, PATIENCE).toEqual(["build", "test", "test"]);
    loop.take("source");
    await expect.poll(() => runs, PATIENCE).toEqual(["build", "test", "test", "build", "test"]);
    await loop.stop();
  });
});

describe("the watcher", () => {
  let before: string;

  beforeEach(() => {
    before = process.cwd();
    process.chdir(folder);
  });

  afterEach(() => process.chdir(before));

  it(
    "tells what is saved, but not what programs write, and goes on when it cannot watch something",
    PATIENCE,
    async () => {
      for (const name of ["assembly", "coverage", "build"]) mkdirSync(name);
      symlinkSync(".", "circle");
      const changes: Change[] = [];
      const errors: string[] = [];
      const watcher = watchProject(
        (change) => changes.push(change),
        ({ message }) => errors.push(message),
      );
      await new Promise<void>((resolve) => watcher.once("ready", resolve));
      watcher.emit("error", new Error("no more watches"));
      writeFileSync("coverage/result.json", "{}");
      writeFileSync("build/a.json", "{}");
      writeFileSync("assembly/index.ts", "");
      await expect.poll(() => changes, PATIENCE).toEqual(["source"]);
      writeFileSync("waypost.yaml", "");
      await expect.poll(() => changes, PATIENCE).toEqual(["source", "configuration"]);
      expect(errors).toEqual(["no more watches"]);
      await watcher.close();
    },
  );
});

/** Whether there is such a process; one that has ended, and that nobody has asked for yet, is none. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
