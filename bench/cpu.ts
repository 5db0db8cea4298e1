/** What a process has used, as Linux counts it (proc(5)). */
import { readdir, readFile } from "node:fs/promises";

/** Unit of times in `/proc/<pid>/stat` on every architecture: USER_HZ. */
const TICK_NANOSECONDS = 10_000_000;

/** Where the user and the system time stand in `/proc/<pid>/stat`, counted after the name of the program. */
const USER_TIME = 11;
const SYSTEM_TIME = 12;

/** CPU time that a process used since it began, user and system, all threads, in nanoseconds. */
export async function cpuTime(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const times = await Promise.all(threads.map((thread) => timeOnCpu(`/proc/${pid}/task/${thread}/schedstat`)));
  const total = times.reduce((sum, time) => sum + time, 0);
  // A kernel without scheduler statistics says 0.
  return total > 0 ? total : coarseCpuTime(pid);
}

/** Resident memory of a process, in bytes. */
export async function residentMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** 0 for a thread that has ended, and where there is no such file. */
async function timeOnCpu(schedstat: string): Promise<number> {
  const text = await readFile(schedstat, "utf8").catch(() => "");
  return Number(text.split(" ")[0]);
}

async function coarseCpuTime(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[USER_TIME]) + Number(fields[SYSTEM_TIME])) * TICK_NANOSECONDS;
}
