/** What happens at each save: build, test, and swap the module in the waypoint; one after the other, the newest last. */
import path from "node:path";
import pc from "picocolors";
import { ConfigurationFile } from "../../../envoy/local/configuration-file.ts";
import { seconds } from "../../setup.mjs";
import { CONFIGURATION, type Project } from "../project.ts";
import { runBuild, runTests, type Step } from "./steps.ts";
import { DevelopmentWaypoint, type Ports } from "./waypoint.ts";
import type { Change } from "./watch-project.ts";

/** Editors and version control write several files at once; milliseconds that count as one save. */
const SETTLE_TIME = 100;

/** The steps from a source to a module that may go live. */
export interface Steps {
  build: Step;
  test: Step;
}

/** A step that runs, and the changes after which nobody wants to know what comes of it. */
interface UnderWay {
  outdatedBy: readonly Change[];
  abort: AbortController;
}

export class DevelopmentLoop {
  readonly #project: Project;
  readonly #ports: Ports;
  readonly #steps: Steps;
  readonly #stopped = new AbortController();
  readonly #changes = new Set<Change>();
  #working: Promise<void> | undefined;
  #underWay: UnderWay | undefined;
  #waypoint: DevelopmentWaypoint | undefined;
  /** Whether the module is that of the source as it is. */
  #isBuilt = false;
  /** Whether the module passed its tests. */
  #isTested = false;

  constructor(project: Project, ports: Ports, steps: Steps = { build: runBuild, test: runTests }) {
    this.#project = project;
    this.#ports = ports;
    this.#steps = steps;
  }

  /**
   * Takes note of a change. What follows from it happens after what is under way, but a configuration needs not wait; a step that it
   * outdates ends at once: a test of a filter with an endless loop would never end.
   */
  take(change: Change): void {
    if (change === "configuration" && this.#waypoint !== undefined) return void this.#waypoint.takeConfiguration();
    this.#changes.add(change);
    if (this.#underWay?.outdatedBy.includes(change)) this.#underWay.abort.abort();
    this.#working ??= this.#work().finally(() => (this.#working = undefined));
  }

  /** Ends what is under way, and the waypoint. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#working;
    await this.#waypoint?.stop();
  }

  async #work(): Promise<void> {
    while (this.#changes.size > 0 && !this.#isStopping) {
      await new Promise((resolve) => setTimeout(resolve, SETTLE_TIME));
      const changes = new Set(this.#changes);
      this.#changes.clear();
      try {
        await this.#follow(changes);
      } catch (error) {
        this.#tell(pc.red("failed"), (error as Error).message);
      }
    }
  }

  async #follow(changes: ReadonlySet<Change>): Promise<void> {
    if (changes.has("source")) this.#isBuilt = false;
    if (changes.has("source") || changes.has("tests")) this.#isTested = false;
    // It was saved while the waypoint started.
    if (changes.has("configuration")) await this.#waypoint?.takeConfiguration();
    if (!this.#isBuilt) this.#isBuilt = await this.#step("built", ["source"], this.#steps.build);
    if (!this.#isBuilt || this.#isTested) return this.#startUnlessThere();
    this.#isTested = await this.#step("tested", ["source", "tests"], this.#steps.test);
    if (!this.#isTested) return;
    if (this.#waypoint === undefined) return this.#startUnlessThere();
    await this.#waypoint.takeModule();
  }

  /** Runs one step and tells what came of it, unless it was aborted. */
  async #step(done: string, outdatedBy: readonly Change[], run: Step): Promise<boolean> {
    const started = performance.now();
    this.#underWay = { outdatedBy, abort: new AbortController() };
    const signal = AbortSignal.any([this.#stopped.signal, this.#underWay.abort.signal]);
    const { ok, output } = await run(signal);
    this.#underWay = undefined;
    if (signal.aborted) return false;
    const took = seconds(performance.now() - started);
    if (ok) this.#tell(pc.green(done), `${this.#project.module} in ${took}`);
    else this.#tell(pc.red(`not ${done}`), `${this.#whatStays()}:\n${output}`);
    return ok;
  }

  #whatStays(): string {
    if (this.#waypoint === undefined) return "the waypoint starts when the module is built and passes its tests";
    return "the waypoint keeps the module that it has";
  }

  /** The first module that passes its tests starts the waypoint. */
  async #startUnlessThere(): Promise<void> {
    if (this.#waypoint !== undefined || !this.#isTested || this.#isStopping) return;
    const file = new ConfigurationFile(path.resolve(CONFIGURATION));
    const tell = (what: string, text: string) => this.#tell(what, text);
    const waypoint = await DevelopmentWaypoint.start(this.#project, file, { ports: this.#ports, tell });
    this.#waypoint = waypoint;
    void waypoint.ended.then(() => this.#lose(waypoint));
  }

  /** Envoy ended: because it was stopped, or by itself. */
  async #lose(waypoint: DevelopmentWaypoint): Promise<void> {
    if (this.#isStopping) return;
    this.#waypoint = undefined;
    this.#tell(pc.red("failed"), "Envoy ended by itself; the next source that is saved starts another");
    await waypoint.stop();
  }

  get #isStopping(): boolean {
    return this.#stopped.signal.aborted;
  }

  #tell(what: string, text: string): void {
    if (!this.#isStopping) console.log(`${pc.bold(what)}: ${text}`);
  }
}
