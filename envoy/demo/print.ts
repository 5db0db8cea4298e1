/** A demo as text for a terminal: requests that are alike share a line. */
import pc from "picocolors";
import type { Check, Exchange, Journal } from "./journal.ts";

/** Characters of values and of paths that are shown. */
const VALUE = 32;
const PATH = 60;

export class PrintedJournal implements Journal {
  readonly #write: (line: string) => void;
  /** Not printed yet. */
  #exchanges: Exchange[] = [];
  #checks = 0;
  #failed = 0;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  get checks(): number {
    return this.#checks;
  }

  get failed(): number {
    return this.#failed;
  }

  said(text: string): void {
    this.#flush();
    this.#write(text);
  }

  sent(exchange: Exchange): void {
    this.#exchanges.push(exchange);
  }

  applied(names: readonly string[]): void {
    this.#flush();
    this.#write(pc.dim(`applies ${names.join(", ")}`));
  }

  checked({ what, holds, got, expected }: Check): void {
    this.#flush();
    this.#checks += 1;
    if (holds) return this.#write(`  ${pc.green("✓")} ${what}: ${got}`);
    this.#failed += 1;
    this.#write(`  ${pc.red("✗")} ${what}: ${got}${expected === undefined ? "" : `; expected ${expected}`}`);
  }

  /** A demo did not come to its end, which counts as a check that failed. */
  ended(error: unknown): void {
    this.#flush();
    this.#checks += 1;
    this.#failed += 1;
    this.#write(`  ${pc.red("✗")} ${error instanceof Error ? error.message : String(error)}`);
  }

  /** What was sent since the last line. */
  #flush(): void {
    for (const [question, exchanges] of grouped(this.#exchanges, questionOf)) {
      const answers = [...grouped(exchanges, answerOf)].map(([answer, { length }]) => answer + times(length));
      this.#write(pc.dim(`  → ${question}${headersOf(exchanges)}${times(exchanges.length)}: ${answers.join(", ")}`));
    }
    this.#exchanges = [];
  }
}

/** In the order of the first of each group. */
function grouped(exchanges: readonly Exchange[], keyOf: (exchange: Exchange) => string): Map<string, Exchange[]> {
  const groups = new Map<string, Exchange[]>();
  for (const exchange of exchanges) {
    const key = keyOf(exchange);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [exchange]);
    else group.push(exchange);
  }
  return groups;
}

function questionOf({ from, request: { service, method, path } }: Exchange): string {
  return `${from}: ${method} ${service} ${cut(path, PATH)}`;
}

/** The headers, in brackets; of those that differ only the names. */
function headersOf(exchanges: readonly Exchange[]): string {
  const names = [...new Set(exchanges.flatMap(({ request }) => Object.keys(request.headers)))];
  const shown = names.map((name) => {
    const values = new Set(exchanges.map(({ request }) => request.headers[name]));
    const [value = ""] = values;
    return values.size === 1 ? `${name}: ${cut(value)}` : name;
  });
  return shown.length === 0 ? "" : ` (${shown.join(", ")})`;
}

function cut(text: string, length = VALUE): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}

function answerOf({ reply: { status, pod, body } }: Exchange): string {
  return `${status} ${pod ?? `by the waypoint${body === "" ? "" : `, ${cut(body)}`}`}`;
}

function times(count: number): string {
  return count === 1 ? "" : ` ×${count}`;
}
