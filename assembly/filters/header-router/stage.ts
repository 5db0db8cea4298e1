import { HttpMatch } from "../../matching/http-match/http-match";
import { RequestFacts } from "../../matching/request-facts";
import {
  Bytes,
  ConfigObject,
  HeadersStatus,
  LocalReply,
  LogLevel,
  declareStringFilterState,
  log,
  setFilterState,
} from "../../sdk";
import { Stage } from "../stage";
import { StreamNotes } from "../stream-notes";
import { RouterConfig } from "./config";
import { readConfig } from "./config-reader";
import { Lane } from "./lane";
import { Route } from "./route";
import { Routing } from "./routing";
import { addCookie } from "./split-cookie";

/** Filter state that names a request's route and lane, for access logs: `wasm.waypost_route`, `wasm.waypost_lane`. */
const ROUTE = Bytes.constant("waypost_route");
const LANE = Bytes.constant("waypost_lane");

const BAD_REQUEST = Bytes.constant("Bad Request");
const NOT_BUILDABLE = Bytes.constant("waypost_route_not_buildable");
const NO_HEADERS = Bytes.constant("waypost_route_no_headers");

/** Sanitises, routes and answers requests: all of header-router but the contexts. */
@final
export class HeaderRouterStage extends Stage {
  private constructor(
    private readonly facts: RequestFacts,
    private readonly config: RouterConfig,
  ) {
    super();
  }

  /** Reads the configuration; where it has a problem, that is noted in `object`, and the stage must not be used. */
  static read(object: ConfigObject, facts: RequestFacts): HeaderRouterStage {
    return new HeaderRouterStage(facts, readConfig(object, facts));
  }

  begin(): void {
    declareStringFilterState(ROUTE);
    declareStringFilterState(LANE);
  }

  /**
   * Routes the request that the host is working on, of which `facts` has the headers. What follows for its response is
   * noted in `routing`, and what it is for others in `notes`.
   */
  onRequestHeaders(routing: Routing, notes: StreamNotes): HeadersStatus {
    routing.reset();
    // Nothing could be taken out of a request whose headers cannot be read.
    if (!this.facts.isPresent) return refuseUnreadable();
    const config = this.config;
    this.sanitize();
    const id = config.matches.find(this.facts);
    if (id < 0) {
      config.metrics.unmatched.increment();
      this.removeAll(config.scope.overrideSlots);
      return HeadersStatus.Continue;
    }
    return this.route(config.routeOf(id), config.matches.match(id), routing, notes);
  }

  /** Changes the headers of the response that the host is working on, the upstream's or a local reply, as its route says. */
  onResponseHeaders(routing: Routing): HeadersStatus {
    if (routing.route < 0) return HeadersStatus.Continue;
    const values = routing.responseValues;
    values.rewind();
    // eslint-disable-next-line waypost/no-index -- the number of the route that matched
    unchecked(this.config.routes[routing.route]).headers.response.applyToResponse(values);
    const lane = routing.lane;
    if (lane !== null) lane.headers.response.applyToResponse(values);
    const cookies = routing.issuedCookies;
    for (let cookie = cookies.next(); cookie !== null; cookie = cookies.next()) addCookie(cookie);
    return HeadersStatus.Continue;
  }

  release(): void {
    this.config.release();
  }

  /** Before anybody looks at the request: what only this filter may say is taken out of it. */
  private sanitize(): void {
    const headers = this.facts.headers;
    const laneSlot = this.config.laneSlot;
    this.config.scope.evaluation.begin(headers.joined(laneSlot));
    headers.remove(laneSlot);
    this.removeAll(this.config.scope.sanitizedSlots);
  }

  private removeAll(slots: i32[]): void {
    for (let i = 0; i < slots.length; i++) this.facts.headers.remove(unchecked(slots[i]));
  }

  private route(route: Route, match: HttpMatch, routing: Routing, notes: StreamNotes): HeadersStatus {
    const facts = this.facts;
    const scope = this.config.scope;
    routing.route = route.index;
    notes.route = route.name;
    setFilterState(ROUTE, route.name);
    match.uri.capture(facts.path, scope.evaluation.captures);
    const lane = this.chooseLane(route, routing, notes);
    route.counters.count(lane);
    this.removeAll(scope.overrideSlots);
    this.prepareResponse(route, lane, routing);
    if (route.redirect !== null || route.directResponse !== null) return this.answer(route);
    route.headers.request.applyToRequest(facts);
    if (lane !== null) {
      lane.headers.request.applyToRequest(facts);
      facts.headers.set(this.config.laneSlot, lane.name);
    }
    const rewrite = route.rewrite;
    return rewrite === null || rewrite.apply(facts, match) ? HeadersStatus.Continue : this.refuse(route);
  }

  private chooseLane(route: Route, routing: Routing, notes: StreamNotes): Lane | null {
    const split = route.split;
    if (split === null) return null;
    const lane = split.choose(routing);
    if (lane === null) return null;
    if (split.isOverridden) this.config.metrics.overridden.increment();
    routing.lane = lane;
    this.config.scope.evaluation.lane = lane.name;
    notes.lane = lane.name;
    setFilterState(LANE, lane.name);
    return lane;
  }

  private prepareResponse(route: Route, lane: Lane | null, routing: Routing): void {
    route.headers.response.prepareResponse(routing.responseValues);
    if (lane !== null) lane.headers.response.prepareResponse(routing.responseValues);
  }

  private answer(route: Route): HeadersStatus {
    const direct = route.directResponse;
    if (direct !== null) direct.send();
    const redirect = route.redirect;
    if (redirect !== null && !redirect.send(this.facts)) return this.refuse(route);
    return HeadersStatus.StopAllIterationAndWatermark;
  }

  /** Where the request should go cannot be said: wherever else it went, it would be wrong there. */
  private refuse(route: Route): HeadersStatus {
    this.config.metrics.refused.increment();
    log
      .line(LogLevel.Info)
      .text("refused, its new path, authority or location cannot be built: route ")
      .bytes(route.name)
      .send();
    return sendBadRequest(NOT_BUILDABLE);
  }
}

function refuseUnreadable(): HeadersStatus {
  log.info("refused: the request has no headers");
  return sendBadRequest(NO_HEADERS);
}

function sendBadRequest(details: Bytes): HeadersStatus {
  LocalReply.ofBytes(400, BAD_REQUEST).detailsBytes(details).send();
  return HeadersStatus.StopAllIterationAndWatermark;
}
