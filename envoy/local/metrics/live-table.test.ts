import { EventEmitter } from "node:events";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LiveTable } from "./live-table.ts";
import { metricsText } from "./metrics-text.ts";

/** A terminal of endless height that knows the commands which log-update sends; no line is as long as it is wide. */
class Terminal extends EventEmitter {
  readonly isTTY = true;
  columns = 100;
  rows = 30;
  #lines = [""];
  #line = 0;
  #column = 0;

  write(text: string): boolean {
    const [before = "", ...commands] = text.split("\u001b[");
    this.#show(before);
    for (const command of commands) {
      const [, count, name = "", rest = ""] = /^([?\d;]*)([A-Za-z])([^]*)$/.exec(command) ?? [];
      this.#do(name, Number(count) || 1);
      this.#show(rest);
    }
    return true;
  }

  /** All that stands there, without empty lines. */
  screen(): string[] {
    return this.#lines.map((line) => line.trimEnd()).filter((line) => line !== "");
  }

  #do(command: string, count: number): void {
    const text = this.#lines[this.#line] ?? "";
    if (command === "A") this.#moveTo(this.#line - count, this.#column);
    else if (command === "B") this.#moveTo(this.#line + count, this.#column);
    else if (command === "G") this.#column = 0;
    else if (command === "K") this.#lines[this.#line] = count === 2 ? "" : text.slice(0, this.#column);
    // What is left are colours, and whether to wait for the rest.
    else expect("mhl").toContain(command);
  }

  #moveTo(line: number, column: number): void {
    this.#line = Math.max(0, line);
    this.#column = column;
    while (this.#lines.length <= this.#line) this.#lines.push("");
  }

  #show(shown: string): void {
    for (const [index, part] of shown.split("\n").entries()) {
      if (index > 0) this.#moveTo(this.#line + 1, 0);
      const text = (this.#lines[this.#line] ?? "").padEnd(this.#column);
      this.#lines[this.#line] = text.slice(0, this.#column) + part + text.slice(this.#column + part.length);
      this.#column += part.length;
    }
  }
}

let terminal: Terminal;
let answers: (string | Error)[];
let table: LiveTable | undefined;

/** Starts a table; each reading takes the next of `answers`, the last one again and again. */
async function start(...texts: (string | Error)[]): Promise<void> {
  answers = texts;
  const read = () => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ?? "");
  };
  const stream = terminal as unknown as NodeJS.WriteStream;
  table = new LiveTable({ read, stream, since: performance.now(), noMetrics: "no metrics here" });
  await vi.advanceTimersByTimeAsync(0);
}

function text(count: number): string {
  return metricsText([{ operation: "get_review", lane: "stable", codes: { 200: count }, durations: { 1: count } }]);
}

beforeEach(() => {
  vi.useFakeTimers();
  terminal = new Terminal();
});
afterEach(() => {
  table?.stop();
  vi.useRealTimers();
});

it("draws the table anew each second, in place", async () => {
  await start(text(0), text(5), text(15));
  await vi.advanceTimersByTimeAsync(2_000);
  expect(terminal.screen()).toEqual([
    "default/reviews, the last 2 s, 0 in flight",
    expect.stringMatching(/^operation +lane +req/),
    expect.stringMatching(/^get_review +stable +7\.5 .* 15$/),
    expect.stringMatching(/^all +7\.5 .* 15$/),
  ]);
});

it("counts what came before it, since the start", async () => {
  const since = performance.now();
  await vi.advanceTimersByTimeAsync(2_000);
  const stream = terminal as unknown as NodeJS.WriteStream;
  table = new LiveTable({ read: () => Promise.resolve(text(24)), stream, since, noMetrics: "" });
  await vi.advanceTimersByTimeAsync(0);
  expect(terminal.screen()).toContainEqual(expect.stringMatching(/^get_review +stable +12\.0 .* 24$/));
});

it("prints other lines above, where they stay", async () => {
  await start(text(5), text(6), text(7));
  table?.print("new configuration is live");
  await vi.advanceTimersByTimeAsync(1_000);
  table?.print("new configuration refused:\n  configuration: no");
  await vi.advanceTimersByTimeAsync(1_000);
  const lines = terminal.screen();
  expect(lines.slice(0, 3)).toEqual(["new configuration is live", "new configuration refused:", "  configuration: no"]);
  expect(lines.slice(3)).toHaveLength(4);
  expect(lines.at(-1)).toMatch(/^all .* 7$/);
});

it("says why there are no numbers, and goes on when there are", async () => {
  await start("", new Error("connect ECONNREFUSED"), "half a line", text(5));
  expect(terminal.screen()).toEqual(["no metrics here"]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(terminal.screen()).toEqual(["The metrics cannot be read: connect ECONNREFUSED"]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(terminal.screen().join()).toContain("Prometheus text broke off");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(terminal.screen()).toContainEqual(expect.stringMatching(/^get_review +stable/));
});

it("fits itself to a terminal whose size changes", async () => {
  await start(text(5));
  expect(terminal.screen()).toContainEqual(expect.stringMatching(/p50 +p99 +total$/));
  terminal.columns = 50;
  terminal.emit("resize");
  expect(terminal.screen()).toContainEqual(expect.stringMatching(/5xx +p50 +p99$/));
  expect(terminal.screen()).toHaveLength(4);
});

it("leaves the last table when it ends", async () => {
  await start(text(5), text(6));
  const before = terminal.screen();
  table?.stop();
  terminal.emit("resize");
  await vi.advanceTimersByTimeAsync(5_000);
  expect(terminal.screen()).toEqual(before);
});
