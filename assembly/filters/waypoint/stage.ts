import { RequestFacts } from "../../matching/request-facts";
import { ConfigObject, HeadersStatus, RootContext } from "../../sdk";
import { pluginNamespace } from "../authz/plugin-namespace";
import { AuthzStage } from "../authz/stage";
import { Routing } from "../header-router/routing";
import { HeaderRouterStage } from "../header-router/stage";
import { JwtAuthStage } from "../jwt-auth/stage";
import { WaitingStream } from "../jwt-auth/waiting-streams";
import { Stage } from "../stage";

/**
 * The stages of the other filters, with one configuration:
 *
 * ```json
 * {"jwtAuth": {…}, "authz": {…}, "headerRouter": {…}}
 * ```
 *
 * They run in this order whatever the order of the sections, and a stage without a section is absent. Each callback is one
 * entry into the VM in place of one for each filter, headers are read once, and claims go from stage to stage by reference.
 */
@final
export class WaypointStage extends Stage {
  private jwtAuth: JwtAuthStage | null = null;
  private authz: AuthzStage | null = null;
  private headerRouter: HeaderRouterStage | null = null;
  /** Those of them that there are. */
  private readonly stages: Stage[] = [];

  /** Reads the configuration; where it has a problem, it is noted in `object`, and the stage must not be used. */
  constructor(root: RootContext, object: ConfigObject, facts: RequestFacts) {
    super();
    const jwtAuth = object.object("jwtAuth");
    const authz = object.object("authz");
    const headerRouter = object.object("headerRouter");
    if (!hasSection(object))
      object.configuration.problem("", "at least one of jwtAuth, authz and headerRouter is needed");
    // Before the stage is made: what a verified token leaves for others is worked out when it is verified.
    facts.claims.isGiven = jwtAuth !== null && (authz !== null || headerRouter !== null);
    if (jwtAuth !== null) {
      const stage = new JwtAuthStage(root, jwtAuth, facts);
      this.jwtAuth = stage;
      this.stages.push(stage);
    }
    if (authz !== null) {
      const stage = AuthzStage.read(authz, facts, pluginNamespace());
      this.authz = stage;
      this.stages.push(stage);
    }
    if (headerRouter !== null) {
      const stage = HeaderRouterStage.read(headerRouter, facts);
      this.headerRouter = stage;
      this.stages.push(stage);
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

  /** Takes the request whose facts have begun through the stages, to the first that answers it or lets it wait. */
  onRequestHeaders(stream: WaitingStream, routing: Routing): HeadersStatus {
    const jwtAuth = this.jwtAuth;
    if (jwtAuth !== null) {
      const status = jwtAuth.onRequestHeaders(stream);
      if (status != HeadersStatus.Continue) return status;
    }
    const authz = this.authz;
    if (authz !== null) {
      const status = authz.onRequestHeaders();
      if (status != HeadersStatus.Continue) return status;
    }
    const headerRouter = this.headerRouter;
    return headerRouter === null ? HeadersStatus.Continue : headerRouter.onRequestHeaders(routing);
  }

  onResponseHeaders(routing: Routing): HeadersStatus {
    const headerRouter = this.headerRouter;
    return headerRouter === null ? HeadersStatus.Continue : headerRouter.onResponseHeaders(routing);
  }

  /** The stream does not wait any more: it has ended. */
  onStreamEnd(stream: WaitingStream): void {
    const jwtAuth = this.jwtAuth;
    if (jwtAuth !== null) jwtAuth.onStreamEnd(stream);
  }
}

/** Whether there is a section, of whatever type: a wrong one has its own problem. */
function hasSection(object: ConfigObject): bool {
  return object.has("jwtAuth") || object.has("authz") || object.has("headerRouter");
}
