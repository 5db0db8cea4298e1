/** `npm start` as a person uses it: the command, the printed lines in a shell, the edited file, Ctrl-C. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";

const run = promisify(execFile);

let folder: string;
let local: ChildProcess;
let output: string;

function start(...args: string[]): void {
  output = "";
  local = spawn(process.execPath, ["cli/start.mjs", "--folder", folder, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    // A process group of its own, to which a signal can go as Ctrl-C sends it.
    detached: true,
    env: { ...process.env, NO_COLOR: "1" },
  });
  for (const stream of [local.stdout, local.stderr])
    stream?.on("data", (chunk: Buffer) => (output += chunk.toString()));
}

/** What Ctrl-C does: the whole process group gets the signal. */
function interrupt(): void {
  process.kill(-(local.pid ?? 0), "SIGINT");
}

/** Waits until the output has this. */
async function printed(text: string | RegExp): Promise<void> {
  await expect.poll(() => output, { timeout: 60_000 }).toMatch(text);
}

/** The printed line that follows a heading, run in a shell. */
async function runPrinted(heading: string): Promise<string> {
  const line = output.split("\n")[output.split("\n").indexOf(heading) + 1] ?? "";
  return (await run("sh", ["-c", line.replace("curl -i", "curl -s -i")])).stdout;
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "waypost-local-"));
});
afterEach(async () => {
  if (local.exitCode === null && local.signalCode === null) {
    interrupt();
    await once(local, "exit");
  }
  rmSync(folder, { recursive: true });
});

it("shows that every request went as expected, and ends", { timeout: 120_000 }, async () => {
  start("--once");
  const [code] = (await once(local, "close")) as [number];
  expect(code, output).toBe(0);
  for (const request of ["valid token (RS256)", "no token, forged claim header", "expired", "tampered"]) {
    expect(output).toContain(request);
  }
});

it(
  "stays up: printed lines work, an edited file is live, a wrong one harms nothing, Ctrl-C ends all",
  { timeout: 120_000 },
  async () => {
    start();
    await printed("Ctrl-C ends everything.");
    expect(await runPrinted("# valid")).toMatch(/^HTTP\/1.1 200[\s\S]*"x-jwt-sub","alice"/);
    expect(await runPrinted("# expired")).toMatch(/^HTTP\/1.1 401[\s\S]*Jwt is expired/);
    expect(await runPrinted("# wrong issuer")).toMatch(/^HTTP\/1.1 401[\s\S]*Jwt issuer is not configured/);
    expect(await runPrinted("# tampered")).toMatch(/^HTTP\/1.1 401[\s\S]*Jwt verification fails/);
    expect(await runPrinted("# no token")).toMatch(/^HTTP\/1.1 200/);
    const admin = /Envoy's admin\s+(\S+)/.exec(output)?.[1] ?? "";
    expect((await run("curl", ["-s", `${admin}/stats?filter=waypost_jwt_allowed_total`])).stdout).toMatch(/: \d+/);

    const file = path.join(folder, "jwt-auth.yaml");
    const first = readFileSync(file, "utf8");
    writeFileSync(file, `${first}presence: REQUIRED\n`);
    await printed("new configuration is live");
    expect(await runPrinted("# no token")).toMatch(/^HTTP\/1.1 401/);

    writeFileSync(file, first.replace("audiences:", "audience:"));
    await printed(/refused, the old one stays:\n.*jwtRules\[0\]\.audience: unknown field, did you mean audiences\?/);
    expect(await runPrinted("# no token")).toMatch(/^HTTP\/1.1 401/);

    interrupt();
    const [code] = (await once(local, "exit")) as [number];
    expect(code).toBe(0);
    await expect(runPrinted("# valid")).rejects.toThrow();
  },
);

it("says what is wrong with the first configuration", { timeout: 120_000 }, async () => {
  writeFileSync(path.join(folder, "jwt-auth.yaml"), "jwtRules: []\n");
  start("--once");
  const [code] = (await once(local, "close")) as [number];
  expect(code).toBe(1);
  expect(output).toContain("jwt-auth refused its configuration");
  expect(output).toContain("jwtRules: at least one rule is needed");
});
