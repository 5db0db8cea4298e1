/** A Docker daemon of our own, with all that it keeps in a folder that goes with it. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { firstOnPath } from "../find-program.ts";
import { Child } from "../harness/child.ts";
import { runCommand } from "../run-command.ts";

/** Milliseconds until it must answer. */
const READY_TIMEOUT = 30_000;

/** Characters of its log that an error shows. */
const SHOWN_LOG = 1_000;

export interface Daemon {
  /** For DOCKER_HOST. */
  host: string;
  stop: () => Promise<void>;
}

/** Starts `dockerd`, as root. Rejects with an Error that has the end of its log. */
export async function startDaemon(): Promise<Daemon> {
  if (process.getuid?.() !== 0) throw new Error("dockerd needs root");
  const binary = await firstOnPath(process.env, "dockerd");
  const folder = await mkdtemp(path.join(tmpdir(), "waypost-docker-"));
  const host = `unix://${folder}/docker.sock`;
  let log = "";
  const child = new Child(binary, argumentsOf(folder, host), { folder, onOutput: (text) => (log += text) });
  const answers = () => runCommand("docker", ["--host", host, "version"], { timeout: READY_TIMEOUT }).then(() => true);
  const outcome = await child.waitUntil(answers, Date.now() + READY_TIMEOUT);
  if (outcome === "done") return { host, stop: () => child.end() };
  await child.end();
  const what = outcome === "ended" ? `ended with ${child.outcome}` : `did not answer in ${READY_TIMEOUT / 1_000} s`;
  throw new Error(`dockerd ${what}: ${log.trimEnd().slice(-SHOWN_LOG)}`);
}

function argumentsOf(folder: string, host: string): string[] {
  return [
    ...["--host", host],
    ...["--data-root", path.join(folder, "data")],
    ...["--exec-root", path.join(folder, "exec")],
    ...["--pidfile", path.join(folder, "pid")],
  ];
}
