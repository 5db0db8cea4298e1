/** Keeps a listener busy while a test changes something under it, and looks at every answer. */
import { setTimeout as sleep } from "node:timers/promises";
import { within } from "../within.ts";
import type { Answer, Request } from "../client/answer.ts";
import { Http1Connection } from "../client/http1.ts";

/** Milliseconds that rounds may take. */
const ROUNDS_TIMEOUT = 60_000;

export interface LoadOptions {
  port: number;
  /** Connections, each with one request at a time; default 4. */
  clients?: number;
  /** The request that a client sends next. */
  request: (client: number, count: number) => Request;
  /** What is wrong with an answer; `undefined`: nothing. */
  verify?: (answer: Answer, request: Request) => string | undefined;
}

export interface LoadReport {
  /** Answers, broken ones included. */
  answers: number;
  /** Answers by status; 0: none came. */
  statuses: ReadonlyMap<number, number>;
  /** What was wrong, with how often. */
  problems: ReadonlyMap<string, number>;
  /** Length of the run in milliseconds. */
  duration: number;
}

/** A load that runs. */
export interface Load {
  /** What there was up to now. */
  report(): LoadReport;
  /** Waits until every client has `count` more answers: whatever changed before has reached them all. */
  rounds(count: number): Promise<void>;
  /** Lets each client finish its request. */
  stop(): Promise<LoadReport>;
}

/** Starts a load, which runs until it is stopped. */
export function startLoad(options: LoadOptions): Load {
  const { clients = 4 } = options;
  const started = performance.now();
  const statuses = new Map<number, number>();
  const problems = new Map<string, number>();
  const counts = new Array<number>(clients).fill(0);
  let running = true;

  const take = (client: number, answer: Answer, request: Request) => {
    counts[client] = (counts[client] ?? 0) + 1;
    add(statuses, answer.status);
    const problem = answer.broken ? "the connection broke" : options.verify?.(answer, request);
    if (problem !== undefined) add(problems, problem);
  };
  const runs = counts.map((_, client) => runClient(options, client, () => running, take));

  const report = (): LoadReport => ({
    answers: counts.reduce((sum, count) => sum + count, 0),
    statuses: new Map(statuses),
    problems: new Map(problems),
    duration: performance.now() - started,
  });
  return {
    report,
    async rounds(count) {
      const goals = counts.map((sent) => sent + count);
      const reached = async () => {
        while (running && counts.some((sent, client) => sent < (goals[client] ?? 0))) await sleep(1);
      };
      // A client that could not connect any more would never get there.
      await within(
        ROUNDS_TIMEOUT,
        `${count} more answers to each client`,
        Promise.race([reached(), Promise.all(runs)]),
      );
    },
    async stop() {
      running = false;
      await Promise.all(runs);
      return report();
    },
  };
}

/** Runs a load for so many milliseconds. */
export async function runLoad(options: LoadOptions, milliseconds: number): Promise<LoadReport> {
  const load = startLoad(options);
  await sleep(milliseconds);
  return load.stop();
}

async function runClient(
  { port, request }: LoadOptions,
  client: number,
  isRunning: () => boolean,
  take: (client: number, answer: Answer, request: Request) => void,
): Promise<void> {
  let connection: Http1Connection | undefined;
  for (let count = 0; isRunning(); count++) {
    connection ??= await Http1Connection.open(port);
    const next = request(client, count);
    const answer = await connection.send(next);
    take(client, answer, next);
    if (answer.broken || closes(answer)) {
      connection.close();
      connection = undefined;
    }
  }
  connection?.close();
}

/** Envoy asks its clients to come again on a new connection when it drains a listener; that is no failure. */
export function closes(answer: Answer): boolean {
  return answer.headers.some(([name, value]) => name.toLowerCase() === "connection" && value === "close");
}

function add<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
