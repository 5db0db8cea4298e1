import { RequestFacts } from "../../matching/request-facts";
import { Bytes, ConfigObject, Configuration, HeadersStatus, RootContext, StreamContext } from "../../sdk";
import { pluginNamespace } from "../authz/plugin-namespace";
import { AuthzStage } from "../authz/stage";
import { Routing } from "../header-router/routing";
import { HeaderRouterStage } from "../header-router/stage";
import { JwtAuthStage } from "../jwt-auth/stage";
import { WaitingStream } from "../jwt-auth/waiting-streams";

/**
 * The filters as stages of one stream context, with one configuration:
 *
 * ```json
 * {"jwtAuth": {…}, "authz": {…}, "headerRouter": {…}}
 * ```
 *
 * They run in this order whatever the order of the sections, and a stage without a section is absent. Each callback is one
 * entry into the VM in place of one for each filter, headers are read once, and claims go from stage to stage by reference.
 */
@final
export class WaypointRoot extends RootContext {
  readonly facts: RequestFacts = new RequestFacts();
  /** Whether there is a configuration, and so something that checks requests. */
  isConfigured: bool = false;
  jwtAuth: JwtAuthStage | null = null;
  authz: AuthzStage | null = null;
  headerRouter: HeaderRouterStage | null = null;

  onConfigure(configuration: Bytes): bool {
    const config = Configuration.parse(configuration);
    this.read(config.root());
    if (!config.finish()) {
      this.release();
      return false;
    }
    const jwtAuth = this.jwtAuth;
    if (jwtAuth !== null) jwtAuth.begin();
    const headerRouter = this.headerRouter;
    if (headerRouter !== null) headerRouter.begin();
    this.isConfigured = true;
    return true;
  }

  onTick(): void {
    const jwtAuth = this.jwtAuth;
    if (jwtAuth !== null) jwtAuth.onTick();
  }

  onDelete(): void {
    this.release();
    this.facts.release();
  }

  createStream(): StreamContext {
    return new WaypointStream(this);
  }

  private read(root: ConfigObject): void {
    const jwtAuth = root.object("jwtAuth");
    const authz = root.object("authz");
    const headerRouter = root.object("headerRouter");
    if (jwtAuth === null && authz === null && headerRouter === null && !hasSection(root)) {
      root.configuration.problem("", "at least one of jwtAuth, authz and headerRouter is needed");
    }
    // Before the stage is made: what a verified token leaves for others is worked out when it is verified.
    this.facts.claims.isGiven = jwtAuth !== null && (authz !== null || headerRouter !== null);
    if (jwtAuth !== null) this.jwtAuth = new JwtAuthStage(this, jwtAuth, this.facts);
    if (authz !== null) this.authz = AuthzStage.read(authz, this.facts, pluginNamespace());
    if (headerRouter !== null) this.headerRouter = HeaderRouterStage.read(headerRouter, this.facts);
  }

  private release(): void {
    this.isConfigured = false;
    const jwtAuth = this.jwtAuth;
    if (jwtAuth !== null) jwtAuth.release();
    this.jwtAuth = null;
    const authz = this.authz;
    if (authz !== null) authz.release();
    this.authz = null;
    const headerRouter = this.headerRouter;
    if (headerRouter !== null) headerRouter.release();
    this.headerRouter = null;
  }
}

/** Sections of the wrong type have their problem already. */
function hasSection(root: ConfigObject): bool {
  return root.has("jwtAuth") || root.has("authz") || root.has("headerRouter");
}

/** One request, and its response. */
@final
class WaypointStream extends WaitingStream {
  private readonly routing: Routing = new Routing();

  constructor(private readonly root: WaypointRoot) {
    super();
  }

  onRequestHeaders(endOfStream: bool): HeadersStatus {
    const root = this.root;
    // A plugin that is not configured has no streams; should it get one, nobody checked its request.
    if (!root.isConfigured) return HeadersStatus.StopAllIterationAndWatermark;
    root.facts.begin();
    const jwtAuth = root.jwtAuth;
    if (jwtAuth !== null) {
      const status = jwtAuth.onRequestHeaders(this);
      if (status != HeadersStatus.Continue) return status;
    }
    const authz = root.authz;
    if (authz !== null) {
      const status = authz.onRequestHeaders();
      if (status != HeadersStatus.Continue) return status;
    }
    const headerRouter = root.headerRouter;
    return headerRouter === null ? HeadersStatus.Continue : headerRouter.onRequestHeaders(this.routing);
  }

  onResponseHeaders(endOfStream: bool): HeadersStatus {
    const headerRouter = this.root.headerRouter;
    return headerRouter === null ? HeadersStatus.Continue : headerRouter.onResponseHeaders(this.routing);
  }

  resume(): void {
    if (!this.makeEffective()) return;
    if (this.onRequestHeaders(false) == HeadersStatus.Continue) this.continueRequest();
  }

  onDelete(): void {
    const jwtAuth = this.root.jwtAuth;
    if (jwtAuth !== null) jwtAuth.onStreamEnd(this);
  }

  recycle(): bool {
    this.routing.reset();
    return true;
  }
}
