/** A filter author: an empty folder, npm, and the tarball of `npm pack`. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";

const run = promisify(execFile);

/** Milliseconds after which a command is given up: the machine may be busy. */
export const PATIENCE = 120_000;

/** What npm and vitest leave for the programs that they run; an author's shell has none of it. */
const FOREIGN =
  /^(npm_(package|lifecycle|config_local_prefix)|INIT_CWD$|VITEST|TEST$|NODE_ENV$|NODE_OPTIONS$|FORCE_COLOR$)/;

const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.test(name))),
  NO_COLOR: "1",
  npm_config_prefer_offline: "true",
  npm_config_audit: "false",
  npm_config_fund: "false",
};

/** Packs this checkout into `folder`, and gives the tarball's path. */
export async function pack(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const { stdout } = await run("npm", ["pack", "--pack-destination", folder], { env, timeout: PATIENCE });
  return path.join(folder, stdout.trim().split("\n").at(-1) ?? "");
}

/** A project in a folder. */
export class AuthorProject {
  constructor(readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  read(file: string): string {
    return readFileSync(path.join(this.folder, file), "utf8");
  }

  write(file: string, text: string): void {
    writeFileSync(path.join(this.folder, file), text);
  }

  /** Saves a file with a change, as an editor does. */
  edit(file: string, from: string, to: string): void {
    const before = this.read(file);
    expect(before).toContain(from);
    this.write(file, before.replace(from, to));
  }

  /** Runs a command line in a shell, and gives its standard output. Rejects with all that it wrote when it fails. */
  sh(line: string): Promise<string> {
    return new Promise((resolve, reject) => {
      execFile("sh", ["-c", line], { cwd: this.folder, env, timeout: PATIENCE }, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`${line}: failed:\n${stdout}${stderr}`));
      });
    });
  }
}

/** A command that stays until Ctrl-C. */
export class Staying {
  output = "";
  readonly #process: ChildProcess;

  constructor(command: string, args: readonly string[], cwd: string) {
    // A process group of its own, to which a signal can go as Ctrl-C sends it.
    this.#process = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream?.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
  }

  /** Waits until the output has this behind position `from`, and gives the match. */
  async printed(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    await expect.poll(() => this.output.slice(from), { timeout: PATIENCE }).toMatch(pattern);
    const match = pattern.exec(this.output.slice(from));
    if (match === null) throw new Error(`the output had ${pattern.source}, and has it no more`);
    return match;
  }

  /** Ctrl-C, and its end. */
  async interrupt(): Promise<void> {
    const closed = once(this.#process, "close", { signal: AbortSignal.timeout(PATIENCE) });
    process.kill(-(this.#process.pid ?? 0), "SIGINT");
    await closed;
  }

  /** For the end of a test that failed; what it started ends with it. */
  kill(): void {
    if (this.#process.exitCode === null && this.#process.signalCode === null)
      process.kill(-(this.#process.pid ?? 0), "SIGKILL");
  }
}
