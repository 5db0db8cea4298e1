import { RequestFacts } from "../../matching/request-facts";
import { ConfigObject, HeadersStatus, RootContext } from "../../sdk";
import { pluginNamespace } from "../authz/plugin-namespace";
import { AuthzStage } from "../authz/stage";
import { Routing } from "../header-router/routing";
import { HeaderRouterStage } from "../header-router/stage";
import { JwtAuthStage } from "../jwt-auth/stage";
import { WaitingStream } from "../jwt-auth/waiting-streams";
import { GivenTexts } from "../l7-metrics/given-texts";
import { L7MetricsStage } from "../l7-metrics/stage";
import { Stage } from "../stage";
import { StreamNotes } from "../stream-notes";

/**
 * The stages of the other filters, with one configuration:
 *
 * ```json
 * {"jwtAuth": {…}, "authz": {…}, "headerRouter": {…}, "l7Metrics": {…}}
 * ```
 *
 * They run in this order whatever the order of the sections, l7Metrics when the stream ends, and a stage without a section is
 * absent. Each callback is one entry into the VM in place of one for each filter, headers are read once, and claims go from
 * stage to stage by reference.
 */
@final
export class WaypointStage extends Stage {
  private jwtAuth: JwtAuthStage | null = null;
  private authz: AuthzStage | null = null;
  private headerRouter: HeaderRouterStage | null = null;
  private l7Metrics: L7MetricsStage | null = null;
  /** Those of them that there are. */
  private readonly stages: Stage[] = [];

  /** Reads the configuration; where it has a problem, it is noted in `object`, and the stage must not be used. */
  constructor(
    root: RootContext,
    object: ConfigObject,
    private readonly facts: RequestFacts,
  ) {
    super();
    const jwtAuth = object.object("jwtAuth");
    const authz = object.object("authz");
    const headerRouter = object.object("headerRouter");
    const l7Metrics = object.object("l7Metrics");
    if (!hasSection(object))
      object.configuration.problem("", "at least one of jwtAuth, authz, headerRouter and l7Metrics is needed");
    // Before the stage is made: what a verified token leaves for others is worked out when it is verified.
    facts.claims.isGiven = jwtAuth !== null && (authz !== null || headerRouter !== null || l7Metrics !== null);
    if (jwtAuth !== null) this.jwtAuth = this.add(new JwtAuthStage(root, jwtAuth, facts));
    if (authz !== null) this.authz = this.add(AuthzStage.read(authz, facts, pluginNamespace()));
    if (headerRouter !== null) this.headerRouter = this.add(HeaderRouterStage.read(headerRouter, facts));
    if (l7Metrics !== null) {
      const given = new GivenTexts(headerRouter !== null, authz !== null, jwtAuth !== null);
      this.l7Metrics = this.add(L7MetricsStage.read(l7Metrics, facts, given));
    }
  }

  begin(): void {
    for (let i = 0; i < this.stages.length; i++) unchecked(this.stages[i]).begin();
  }

  release(): void {
    for (let i = 0; i < this.stages.length; i++) unchecked(this.stages[i]).release();
  }

  /** For the root's `onTick`. */
  onTick(): void {
    const jwtAuth = this.jwtAuth;
    if (jwtAuth !== null) jwtAuth.onTick();
  }

  onStreamBegin(): void {
    const l7Metrics = this.l7Metrics;
    if (l7Metrics !== null) l7Metrics.onStreamBegin();
  }

  /**
   * Takes the request whose facts have begun through the stages, to the first that answers it or lets it wait; they note what
   * they find out.
   */
  onRequestHeaders(stream: WaitingStream, routing: Routing, notes: StreamNotes): HeadersStatus {
    const status = this.decide(stream, routing, notes);
    const l7Metrics = this.l7Metrics;
    if (l7Metrics !== null && l7Metrics.needsClaims && this.jwtAuth !== null)
      notes.keepClaims(this.facts.claims.given());
    return status;
  }

  private decide(stream: WaitingStream, routing: Routing, notes: StreamNotes): HeadersStatus {
    const jwtAuth = this.jwtAuth;
    if (jwtAuth !== null) {
      const status = jwtAuth.onRequestHeaders(stream, notes);
      if (status != HeadersStatus.Continue) return status;
    }
    const authz = this.authz;
    if (authz !== null) {
      const status = authz.onRequestHeaders(notes);
      if (status != HeadersStatus.Continue) return status;
    }
    const headerRouter = this.headerRouter;
    return headerRouter === null ? HeadersStatus.Continue : headerRouter.onRequestHeaders(routing, notes);
  }

  onResponseHeaders(routing: Routing): HeadersStatus {
    const headerRouter = this.headerRouter;
    return headerRouter === null ? HeadersStatus.Continue : headerRouter.onResponseHeaders(routing);
  }

  /** The stream is complete, whoever answered it. */
  onLog(notes: StreamNotes): void {
    const l7Metrics = this.l7Metrics;
    if (l7Metrics !== null) l7Metrics.onLog(notes);
  }

  /** The stream is over, and does not wait any more. */
  onStreamGone(stream: WaitingStream): void {
    const jwtAuth = this.jwtAuth;
    if (jwtAuth !== null) jwtAuth.onStreamEnd(stream);
    const l7Metrics = this.l7Metrics;
    if (l7Metrics !== null) l7Metrics.onStreamGone();
  }

  private add<S extends Stage>(stage: S): S {
    this.stages.push(stage);
    return stage;
  }
}

/** Whether there is a section, of whatever type: a wrong one has its own problem. */
function hasSection(object: ConfigObject): bool {
  return object.has("jwtAuth") || object.has("authz") || object.has("headerRouter") || object.has("l7Metrics");
}
