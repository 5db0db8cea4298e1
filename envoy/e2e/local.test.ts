/** `npm start` as a person uses it: the command, the printed lines in a shell, the edited file, Ctrl-C. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { PluginFile } from "../local/plugin-file.ts";

const run = promisify(execFile);

/** The command may have to wait for the machine; milliseconds after which it is given up. */
const PATIENCE = 60_000;
const TIMEOUT = { timeout: 2 * PATIENCE };
/** Of an answer that should be there at once; seconds. */
const CURL = ["-s", "--max-time", "10"];

/** An element of what Prometheus answers. */
interface Answered {
  metric: Record<string, string>;
  value: [time: number, value: string];
}

let folder: string;
let file: string;
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

/** Sends a signal to the whole process group; SIGINT is what Ctrl-C sends. */
function signal(name: "SIGINT" | "SIGKILL"): void {
  process.kill(-(local.pid ?? 0), name);
}

/** Waits for the command's end, and answers its exit code. */
async function ended(): Promise<number | null> {
  const [code] = (await once(local, "close", { signal: AbortSignal.timeout(PATIENCE) })) as [number | null];
  return code;
}

/** Waits until the output has this. */
async function printed(text: string | RegExp): Promise<void> {
  await expect.poll(() => output, { timeout: PATIENCE }).toMatch(text);
}

/** The printed line that follows a heading, run in a shell. */
async function runPrinted(heading: string): Promise<string> {
  const lines = output.split("\n");
  const line = lines[lines.indexOf(`# ${heading}`) + 1] ?? "";
  return (await run("sh", ["-c", line.replace("curl -i", `curl -i ${CURL.join(" ")}`)])).stdout;
}

/** A response in which this pod and this body are. */
function response(status: number, { pod, body = "" }: { pod?: string; body?: string }): RegExp {
  const header = pod === undefined ? "" : `[\\s\\S]*x-pod: ${pod}\\r\\n`;
  return new RegExp(`^HTTP/1.1 ${status}\\b${header}[\\s\\S]*${body}`);
}

/** Matches a number in a range. */
function between(least: number, most: number): unknown {
  return expect.toSatisfy((value: number) => value > least && value < most);
}

/** Saves the file with a change, as an editor does. */
function edit(...[from, to]: [from: string, to: string]): void {
  const before = readFileSync(file, "utf8");
  expect(before).toContain(from);
  writeFileSync(file, before.replace(from, to));
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "waypost-local-"));
  file = path.join(folder, "waypoint.yaml");
});
afterEach(async () => {
  if (local.exitCode === null && local.signalCode === null) {
    signal("SIGKILL");
    await ended();
  }
  rmSync(folder, { recursive: true });
});

it("shows whether every request went as expected, and ends", TIMEOUT, async () => {
  const old = path.join(folder, "jwt-auth.yaml");
  writeFileSync(old, "jwtRules: []\n");
  start("--once");
  expect(await ended(), output).toBe(0);
  for (const row of [
    /│ +valid token \(RS256\) .*│ reviews-v1: .*x-jwt-sub: alice/,
    /│ +tampered .*│ 401 Jwt verification fails +│ nothing/,
    /│ +\/admin, another team .*│ 403 RBAC: access denied +│ nothing/,
    /│ +sleep reads .*│ reviews-v1: \/reviews\/1 /,
    /│ +productpage deletes .*│ reviews-v1: DELETE \/reviews\/1 /,
    /│ +sleep deletes .*│ 403 RBAC: access denied +│ nothing/,
    /│ +sleep deletes, forged identity .*│ 403 RBAC: access denied +│ nothing/,
    /│ +bob, of the 20 % .*│ reviews-v2: .*x-jwt-sub: bob/,
    /│ +tess asks for the canary .*│ reviews-v2: .*x-jwt-sub: tess/,
    /│ +no token, forged lane header .*│ reviews-v1: \/reviews\/1 /,
  ]) {
    expect(output).toMatch(row);
  }
  for (const row of [
    /^operation +lane +requests +4xx +5xx +p50 +p99$/,
    /^admin +stable +1 +0% +0%( +\d+\.\d ms){2}$/,
    /^admin +unknown +3 +100% +0%( +\d+\.\d ms){2}$/,
    /^get_review +canary +3 +0% +0%( +\d+\.\d ms){2}$/,
    /^get_review +stable +9 +0% +0%( +\d+\.\d ms){2}$/,
    /^delete_review +unknown +4 +75\.0% +0%( +\d+\.\d ms){2}$/,
    /^get_review +unknown +8 +50\.0% +0%( +\d+\.\d ms){2}$/,
    /^unknown +unknown +1 +100% +0%( +\d+\.\d ms){2}$/,
    /^all +29 +37\.9% +0%( +\d+\.\d ms){2}$/,
  ]) {
    expect(output.split("\n")).toContainEqual(expect.stringMatching(row));
  }
  expect(readFileSync(old, "utf8"), "the file of an earlier version").toBe("jwtRules: []\n");

  edit("{ name: canary, weight: 20 }", "{ name: canary, weight: 0 }");
  start("--once");
  expect(await ended(), output).toBe(1);
  expect(output).toMatch(/│ +bob, of the 20 % .*│ 200 \(went to reviews-v1\) +│ reviews-v1: /);
  expect(output).toContain("--reset writes it anew");
});

it(
  "stays up: printed lines work, an edited file is live, a wrong one harms nothing, Ctrl-C ends all",
  TIMEOUT,
  async () => {
    start();
    await printed("Ctrl-C ends everything.");
    expect(output, "a table for terminals only").not.toContain("req/s");
    expect(await runPrinted("valid token")).toMatch(response(200, { pod: "reviews-v1", body: '"x-jwt-sub","alice"' }));
    expect(await runPrinted("expired")).toMatch(response(401, { body: "Jwt is expired" }));
    expect(await runPrinted("wrong issuer")).toMatch(response(401, { body: "Jwt issuer is not configured" }));
    expect(await runPrinted("tampered")).toMatch(response(401, { body: "Jwt verification fails" }));
    expect(await runPrinted("no token")).toMatch(response(200, { pod: "reviews-v1" }));
    expect(await runPrinted("/admin, team platform")).toMatch(response(200, { pod: "reviews-v1" }));
    expect(await runPrinted("/admin, another team")).toMatch(response(403, { body: "RBAC: access denied" }));
    expect(await runPrinted("productpage deletes")).toMatch(response(200, { pod: "reviews-v1", body: '"DELETE"' }));
    expect(await runPrinted("sleep deletes")).toMatch(response(403, { body: "RBAC: access denied" }));
    const page = /^Bookinfo +(\S+)/m.exec(output)?.[1] ?? "";
    expect((await run("curl", [...CURL, page])).stdout).toMatch(/The Comedy of Errors[\s\S]*from reviews-v1/);
    expect(await runPrinted("a user of the canary")).toMatch(response(200, { pod: "reviews-v2" }));
    expect(await runPrinted("a tester asks for the canary")).toMatch(response(200, { pod: "reviews-v2" }));
    expect(await runPrinted("somebody else asks for it")).toMatch(response(200, { pod: "reviews-v1" }));
    const admin = /Envoy's admin\s+(\S+)/.exec(output)?.[1] ?? "";
    expect((await run("curl", [...CURL, `${admin}/stats?filter=waypost_jwt_allowed_total`])).stdout).toMatch(/: \d+/);
    const metrics = /Metrics\s+(\S+)/.exec(output)?.[1] ?? "";
    expect((await run("curl", [...CURL, metrics])).stdout).toMatch(
      /^waypost_requests_rq\{.*tag="get_review".*\} \d+$/m,
    );

    edit("# presence: REQUIRED", "presence: REQUIRED");
    await printed("new configuration is live");
    expect(await runPrinted("no token")).toMatch(response(401, {}));

    edit("audiences:", "audience:");
    await printed(
      /refused, the old one stays:\n.*jwtAuth\.jwtRules\[0\]\.audience: unknown field, did you mean audiences\?/,
    );
    expect(await runPrinted("no token")).toMatch(response(401, {}));

    signal("SIGINT");
    expect(await ended()).toBe(0);
    await expect(runPrinted("valid token")).rejects.toThrow();
  },
);

it("says what is wrong with the first configuration", TIMEOUT, async () => {
  writeFileSync(file, "jwtAuth: { jwtRules: [] }\n");
  start("--once");
  expect(await ended()).toBe(1);
  expect(output).toContain("The configuration is refused");
  expect(output).toContain("jwtAuth.jwtRules: at least one rule is needed");
});

it("shows the same metrics with labels: TAGGED", TIMEOUT, async () => {
  await PluginFile.open(folder, false);
  edit("l7Metrics:\n", "l7Metrics:\n  labels: TAGGED\n");
  start("--once");
  expect(await ended(), output).toBe(0);
  const lines = output.split("\n");
  expect(lines).toContainEqual(expect.stringMatching(/^get_review +canary +3 +0% +0%( +\d+\.\d ms){2}$/));
  expect(lines).toContainEqual(expect.stringMatching(/^all +29 +37\.9% +0%( +\d+\.\d ms){2}$/));
});

it("goes on with a configuration without metrics, and says so", TIMEOUT, async () => {
  await PluginFile.open(folder, false);
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.slice(0, text.indexOf("l7Metrics:")));
  start("--once");
  expect(await ended(), output).toBe(0);
  expect(output).toContain(`No metrics: they need a section l7Metrics in ${file}`);
});

it("runs a Prometheus that answers the printed queries about a steady stream of requests", TIMEOUT, async () => {
  start("--prometheus", "--traffic", "100");
  await printed("Ctrl-C ends everything.");
  const [rates, errors, p99] = [...output.matchAll(/^ +(http\S+\/api\/v1\/query\?\S+)$/gm)].map(([, url]) => url ?? "");
  const byLabels = async (url = "") => {
    const { data } = (await (await fetch(url)).json()) as { data: { result: Answered[] } };
    return Object.fromEntries(
      data.result.map(({ metric: { operation = "", lane = "" }, value }) => [`${operation} ${lane}`, Number(value[1])]),
    );
  };
  await expect
    .poll(() => byLabels(rates), { timeout: PATIENCE })
    .toMatchObject({
      "get_review stable": between(10, 100),
      "get_review canary": between(2, 50),
      "admin stable": between(0.5, 20),
    });
  await expect.poll(() => byLabels(errors), { timeout: PATIENCE }).toEqual({ " ": between(0.005, 0.05) });
  // The pod waits at least 2 ms for its answers.
  expect(await byLabels(p99)).toMatchObject({ "get_review ": between(2, 1_000) });

  const server = /^Prometheus +(http\S+)/m.exec(output)?.[1] ?? "";
  expect((await fetch(`${server}/-/healthy`)).status).toBe(200);
  signal("SIGINT");
  expect(await ended()).toBe(0);
  await expect(fetch(`${server}/-/healthy`)).rejects.toThrow();
});

it.each([
  ["--once with traffic, which would not end", ["--once", "--traffic", "5"], /--once.*cannot be used with.*--traffic/],
  ["a rate that is none", ["--traffic", "0"], /--traffic <rate>.*must be 1 to 1000/],
])("refuses %s", TIMEOUT, async (_what, args, message) => {
  start(...args);
  expect(await ended()).not.toBe(0);
  expect(output).toMatch(message);
});
