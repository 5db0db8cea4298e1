/** The table of requests at the bottom of the terminal, drawn anew each second, with all other output above it. */
import { createLogUpdate } from "log-update";
import pc from "picocolors";
import { MovingWindow, type Summary } from "./summary.ts";
import { NO_REQUESTS, readRequests } from "./requests.ts";
import { OF_A_WINDOW, printable, renderTable, type Size } from "./table.ts";

/** Milliseconds between two readings. */
const PERIOD = 1_000;
/** Milliseconds that the numbers are of. */
const WINDOW = 10_000;
/** The table takes no more lines than this; what scrolls above it is of interest, too. */
const MOST_LINES = 20;

export interface LiveTableOptions {
  /** Prometheus text with the metrics of l7-metrics. */
  read: () => Promise<string>;
  /** A terminal. */
  stream: NodeJS.WriteStream;
  /** When nothing was counted yet, by `performance.now()`. */
  since: number;
  /** Said when there are no metrics. */
  noMetrics: string;
}

export class LiveTable {
  readonly #options: LiveTableOptions;
  readonly #screen: ReturnType<typeof createLogUpdate>;
  readonly #window = new MovingWindow(WINDOW);
  readonly #timer: NodeJS.Timeout;
  #draw: (size: Size) => string = () => "";
  #isReading = false;
  #isStopped = false;

  constructor(options: LiveTableOptions) {
    this.#options = options;
    this.#window.add(NO_REQUESTS, options.since);
    // The cursor stays: what would bring it back at the end takes Ctrl-C to itself.
    this.#screen = createLogUpdate(options.stream, { showCursor: true });
    this.#timer = setInterval(() => void this.#update(), PERIOD);
    options.stream.on("resize", this.#show);
    void this.#update();
  }

  /** Prints lines above the table. */
  print(text: string): void {
    this.#screen.persist(text);
    this.#show();
  }

  /** Ends it; the last table stays where it is. May be called again. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    clearInterval(this.#timer);
    this.#options.stream.off("resize", this.#show);
    this.#screen.done();
  }

  async #update(): Promise<void> {
    // One after the other, also when Envoy takes its time.
    if (this.#isReading) return;
    this.#isReading = true;
    this.#draw = await this.#read();
    this.#isReading = false;
    this.#show();
  }

  async #read(): Promise<(size: Size) => string> {
    try {
      const reading = readRequests(await this.#options.read());
      const summary = this.#window.add(reading, performance.now());
      return (size) => renderLive(summary, this.#options.noMetrics, size);
    } catch (error) {
      const message = pc.red(printable(`The metrics cannot be read: ${(error as Error).message}`));
      return () => message;
    }
  }

  readonly #show = (): void => {
    if (this.#isStopped) return;
    const { columns, rows } = this.#options.stream;
    this.#screen(this.#draw({ columns, lines: Math.min(rows - 1, MOST_LINES) }));
  };
}

/** What stands at the bottom of a terminal: the table, and above it what it is of. */
export function renderLive(summary: Summary, noMetrics: string, { columns, lines }: Size): string {
  const { rows, seconds, latest } = summary;
  if (rows.length === 0) return latest.inFlight === undefined ? noMetrics : "No requests yet.";
  const services = new Set(rows.map(({ service }) => service));
  const title = [
    services.size === 1 ? [...services][0] : `${services.size} services`,
    `the last ${Math.max(1, Math.floor(seconds))} s`,
    `${latest.inFlight ?? 0} in flight`,
    ...(latest.overflow > 0 ? [`${latest.overflow} requests without a series of their own (maxSeries)`] : []),
  ].join(", ");
  // The line above the title keeps other output apart.
  const table = renderTable(summary, OF_A_WINDOW, { columns, lines: lines - 2 });
  return `\n${pc.dim(printable(title).slice(0, columns))}\n${table}`;
}
