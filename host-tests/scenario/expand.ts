/** Makes a scenario runnable: mints its tokens and replaces its placeholders (see format.ts). */
import { type Arrangement, pluginsOf, type PreparedPlugin } from "./arrangements.ts";
import type {
  RequestDescription,
  Scenario,
  ServiceAnswer,
  ServiceDescription,
  Step,
  UpstreamAnswer,
  UpstreamDescription,
} from "./format.ts";
import { grpcFrame } from "../host/index.ts";
import { grpcParts, grpcRequest } from "./grpc.ts";
import { upstreamsOf } from "./routes.ts";
import { timestamp } from "./time.ts";
import { makeKeys, makeToken, withNumericDates, type Jwk, type ScenarioKey } from "./tokens.ts";

/** What a host knows and a scenario file does not. */
export interface Surroundings {
  /** The moment the scenario starts, in milliseconds since the epoch. */
  now: number;
  /** Name of the Envoy cluster that reaches a service. */
  clusterOf(service: string): string;
  /** Host and port of a service. */
  authorityOf(service: string): string;
  /** Clusters for the `native` part, where the judge has services of its own; default: `clusterOf`. */
  nativeClusterOf?(service: string): string;
}

/** What a request has that does not say so itself. */
const REQUEST_DEFAULTS = {
  method: "GET",
  path: "/",
  authority: "waypoint.test",
  protocol: "http1",
  destination: "10.96.0.10:80",
  source: "10.1.2.3:40000",
} as const;

/** A body in several chunks. */
interface Chunked {
  chunks?: readonly (string | Buffer)[];
}

/** A request with the defaults filled in; one of gRPC has its messages as chunks. */
export type PreparedRequest = Omit<RequestDescription, "chunks" | "grpc"> &
  Required<Pick<RequestDescription, keyof typeof REQUEST_DEFAULTS>> &
  Chunked;

export interface PreparedStep extends Omit<Step, "request"> {
  request: PreparedRequest;
}

/** An answer; one of gRPC has its messages as chunks. */
export type PreparedAnswer = Omit<UpstreamAnswer, "chunks" | "grpc"> & Chunked;

export interface PreparedUpstream extends Omit<UpstreamDescription, "answers"> {
  /** Absent: it echoes. */
  answers?: readonly PreparedAnswer[];
}

/** A scenario without placeholders. */
export interface PreparedScenario extends Omit<Scenario, "upstreams" | "steps"> {
  steps: PreparedStep[];
  upstreams: readonly PreparedUpstream[];
  /** In the order of the chain. */
  chain: readonly PreparedPlugin[];
  /** Compact JWS by name of the description. */
  minted: ReadonlyMap<string, string>;
  /** Answers with a `jwks` have it as their body. */
  services: Record<string, ServiceDescription>;
}

/** What placeholders become. */
interface Values {
  /** `{{word: argument}}` by word. */
  words: Record<string, (argument: string) => string>;
  keySets: ReadonlyMap<string, unknown>;
}

/**
 * Replaces everything in `scenario` that depends on time, keys or addresses.
 *
 * Throws an Error when a placeholder is unknown or names something that the scenario does not have.
 */
export function prepare(
  scenario: Scenario,
  surroundings: Surroundings,
  arrangement: Arrangement = "one context",
): PreparedScenario {
  const service = (resolve: (name: string) => string) => (name: string) => {
    if (scenario.services?.[name] === undefined) throw new Error(missing("service", name, scenario.services));
    return resolve(name);
  };
  const clusterOf = service((name) => surroundings.clusterOf(name));
  const nativeClusterOf = service((name) => (surroundings.nativeClusterOf ?? surroundings.clusterOf)(name));
  const authorityOf = service((name) => surroundings.authorityOf(name));

  const time = (moment: string) => timestamp(moment, surroundings.now);

  const early: Values = { words: { repeat, time, cluster: clusterOf, authority: authorityOf }, keySets: new Map() };
  const keys = makeKeys(fill(scenario.keys ?? {}, early));
  const keySets = mapValues(fill(scenario.jwks ?? {}, early), (members) => keySet(members, keys));
  const minted = mapValues(fill(scenario.tokens ?? {}, early), (token) => makeToken(token, keys, surroundings.now));

  const words = {
    ...early.words,
    token: (name: string) => get("token", name, minted),
    jwks: (name: string) => JSON.stringify(get("jwks", name, keySets)),
  };
  const { native, ...ours } = scenario;
  const judges = native ?? (scenario.nativePolicies === true ? scenario.nativeAuthentication : undefined);
  const filled = fill(ours, { words, keySets });
  return {
    ...filled,
    ...(judges === undefined
      ? {}
      : { native: fill(judges, { words: { ...words, cluster: nativeClusterOf }, keySets }) }),
    services: Object.fromEntries(
      Object.entries(filled.services ?? {}).map(([name, described]) => [name, withKeySets(described, keySets)]),
    ),
    upstreams: upstreamsOf(filled).map(prepareUpstream),
    steps: (filled.steps ?? []).map((step) => ({ ...step, request: prepareRequest(step.request, surroundings.now) })),
    chain: pluginsOf(filled, arrangement),
    minted,
  };
}

function prepareRequest(description: RequestDescription, now: number): PreparedRequest {
  const { grpc, ...request } = description.grpc === undefined ? description : grpcRequest(description);
  const { metadata } = request;
  return {
    ...REQUEST_DEFAULTS,
    ...request,
    ...(grpc !== undefined && { chunks: grpc.map(grpcFrame) }),
    ...(metadata !== undefined && { metadata: withNumericDates(metadata, now) as typeof metadata }),
  };
}

function prepareUpstream({ answers, ...upstream }: UpstreamDescription): PreparedUpstream {
  return { ...upstream, ...(answers !== undefined && { answers: answers.map(prepareAnswer) }) };
}

function prepareAnswer({ grpc, ...answer }: UpstreamAnswer): PreparedAnswer {
  return grpc === undefined ? answer : { ...answer, ...grpcParts(grpc, answer.headers) };
}

function keySet(members: (string | Jwk)[], keys: ReadonlyMap<string, ScenarioKey>): { keys: Jwk[] } {
  return {
    keys: members.map((member) => {
      if (typeof member !== "string") return member;
      const key = keys.get(member);
      if (key === undefined) throw new Error(missing("key", member, Object.fromEntries(keys)));
      return key.jwk;
    }),
  };
}

function withKeySets(service: ServiceDescription, keySets: ReadonlyMap<string, unknown>): ServiceDescription {
  if (service.answers === undefined) return service;
  return { ...service, answers: service.answers.map((answer) => withKeySet(answer, keySets)) };
}

function withKeySet({ jwks, ...answer }: ServiceAnswer, keySets: ReadonlyMap<string, unknown>): ServiceAnswer {
  if (jwks === undefined) return answer;
  const headers = answer.headers ?? [["content-type", "application/json"]];
  return { ...answer, headers, body: JSON.stringify(get("jwks", jwks, keySets)) };
}

const PLACEHOLDER = /\{\{([\w-]+): ([\s\S]*?)\}\}/g;
const OBJECT_PLACEHOLDER = /^\{\{jwks-object: ([\s\S]*?)\}\}$/;

/** A copy of `value` with the placeholders in all its strings replaced. */
function fill<T>(value: T, values: Values): T;
function fill(value: unknown, values: Values): unknown {
  if (typeof value === "string") return fillText(value, values);
  if (Array.isArray(value)) return value.map((item: unknown) => fill(item, values));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fill<unknown>(item, values)]));
}

function fillText(text: string, { words, keySets }: Values): unknown {
  const object = OBJECT_PLACEHOLDER.exec(text);
  if (object?.[1] !== undefined) return get("jwks", object[1], keySets);
  return text.replace(PLACEHOLDER, (whole, word: string, argument: string) => {
    const replacement = words[word];
    if (replacement === undefined) throw new Error(`unknown placeholder ${whole}`);
    return replacement(argument);
  });
}

function repeat(argument: string): string {
  const parts = /^([\s\S]*) \* (\d+)$/.exec(argument);
  if (parts?.[1] === undefined) throw new Error(`{{repeat: ${argument}}}: expected "TEXT * COUNT"`);
  return parts[1].repeat(Number(parts[2]));
}

function get<T>(kind: string, name: string, values: ReadonlyMap<string, T>): T {
  const value = values.get(name);
  if (value === undefined) throw new Error(missing(kind, name, Object.fromEntries(values)));
  return value;
}

function missing(kind: string, name: string, known: Record<string, unknown> = {}): string {
  return `no ${kind} ${JSON.stringify(name)}; there are: ${Object.keys(known).join(", ") || "none"}`;
}

function mapValues<T, U>(object: Record<string, T>, change: (value: T) => U): Map<string, U> {
  return new Map(Object.entries(object).map(([name, value]) => [name, change(value)]));
}
