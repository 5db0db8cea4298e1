/** The arguments of `npm start`. */
import { Command, InvalidArgumentError, Option } from "commander";

export interface Options {
  port: number;
  sleepPort: number;
  adminPort: number;
  workers: number;
  folder: string;
  reset?: true;
  once?: true;
  /** False: no table. */
  live: boolean;
  /** Requests a second. */
  traffic?: number;
  prometheus?: true;
}

/** More than a laptop sends from one process. */
const MOST_TRAFFIC = 1_000;

/** Reads them from the command line. Ends the process where they are wrong, and for `--help`. */
export function parseOptions(): Options {
  return command().parse().opts<Options>();
}

/** What they are. */
export function command(): Command {
  const port = integer(0, 65_535);
  return new Command("npm start --")
    .description("Runs a local mesh: Bookinfo behind a waypoint with all filters, two callers and an issuer.")
    .option("--port <port>", "port for calls to reviews as productpage (0: a free one)", port, 0)
    .option("--sleep-port <port>", "port for calls to reviews as sleep (0: a free one)", port, 0)
    .option("--admin-port <port>", "port of the waypoint's admin interface (0: a free one)", port, 0)
    .option("--workers <count>", "worker threads of the waypoint", integer(1, 64), 1)
    .option("--folder <path>", "where the configuration that you edit is kept", ".waypost")
    .option("--reset", "write the configuration anew, as it was at first")
    .option("--traffic <rate>", "send so many requests a second, until Ctrl-C", integer(1, MOST_TRAFFIC))
    .option("--prometheus", "run a Prometheus that reads the metrics")
    .option("--no-live", "no table of requests at the bottom of the terminal")
    .addOption(
      new Option(
        "--once",
        "show requests and their metrics, and end; the exit code says whether all went as expected",
      ).conflicts(["traffic", "prometheus"]),
    );
}

function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`must be ${least} to ${most}`);
  };
}
