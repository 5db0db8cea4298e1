/** Asks filter and judge about the same tokens and the same keys, and finds the least case in which they disagree. */
import type { FilterModule } from "../host/index.ts";
import { renderSet, renderToken, type DifferentialCase, type SetSpec, type TokenSpec } from "./cases.ts";
import {
  Broken,
  configurationFor,
  PAYLOAD_HEADER,
  send,
  skippedKeys,
  start,
  USER_HEADER,
  type HostKind,
  type Modules,
} from "./filter-under-test.ts";
import { judgeKeySet, JudgesDisagree, judgeToken, type Accepted } from "./judge.ts";

/** What cases came to; a run without either kind of verdict has tested nothing. */
export interface Verdicts {
  accepted: number;
  refused: number;
  /** Key sets without a usable key. */
  refusedSets: number;
}

interface Disagreement {
  token: TokenSpec | undefined;
  what: string;
}

const KINDS: readonly HostKind[] = ["envoy", "portable"];

/** How many attempts the search for the least case may take. */
const MAX_ATTEMPTS = 200;

/** What is wrong, with the least case that shows it; undefined: all agree. */
export async function runCase(
  modules: Modules,
  now: number,
  tested: DifferentialCase,
  verdicts: Verdicts,
): Promise<string | undefined> {
  const found = await disagreement(modules, now, tested, verdicts);
  if (found === undefined) return undefined;
  const least = await shrink(modules, now, { ...tested, tokens: found.token === undefined ? [] : [found.token] });
  const again = await disagreement(modules, now, least);
  return again === undefined ? describe(tested, found, now) : describe(least, again, now);
}

async function disagreement(
  modules: Modules,
  now: number,
  tested: DifferentialCase,
  verdicts: Verdicts = { accepted: 0, refused: 0, refusedSets: 0 },
): Promise<Disagreement | undefined> {
  // An inline set is part of a JSON text, and so is UTF-8 whatever its bytes were.
  const bytes = renderSet(tested.set);
  const set = tested.delivery === "inline" ? Buffer.from(bytes.toString("utf8")) : bytes;
  const keys = judgeKeySet(set);
  if (keys.length === 0) verdicts.refusedSets += 1;
  for (const kind of KINDS) {
    const host = startWith(modules[kind], now, tested, set, kind);
    if (typeof host === "string") return { token: undefined, what: host };
    const other = tested.delivery === "inline" ? otherKeys(host, set, keys) : undefined;
    if (other !== undefined) return { token: undefined, what: `${kind}: ${other}` };
    if (host === undefined) continue;
    for (const token of tested.tokens) {
      const what = await compare(host, renderToken(token, now), keys, tested, verdicts);
      if (what !== undefined) return { token, what: `${kind}: ${what}` };
    }
  }
  return undefined;
}

function startWith(
  module: FilterModule,
  now: number,
  { rule, delivery }: DifferentialCase,
  set: Buffer,
  kind: HostKind,
) {
  try {
    return delivery === "fetched"
      ? start(module, configurationFor(rule, "fetched"), { now, kind, issuerSends: set })
      : start(module, configurationFor(rule, { jwks: set.toString("utf8") }), { now, kind });
  } catch (error) {
    if (error instanceof Broken) return `${kind}: ${error.message}`;
    throw error;
  }
}

/** What is wrong with the filter's choice of keys; undefined: it uses those that the judge would. */
function otherKeys(host: Host | undefined, set: Buffer, keys: Keys): string | undefined {
  if (host === undefined)
    return keys.length === 0 ? undefined : `the filter refuses the set, the judge would use ${indexes(keys)}`;
  if (keys.length === 0) return "the judge refuses the set, the filter takes it";
  const { keys: all } = JSON.parse(set.toString()) as { keys: unknown[] };
  const skipped = skippedKeys(host);
  const used = all.flatMap((_, index) => (skipped.includes(index) ? [] : [{ index }]));
  return indexes(used) === indexes(keys)
    ? undefined
    : `the filter uses ${indexes(used)}, the judge would use ${indexes(keys)}`;
}

function indexes(keys: readonly { index: number }[]): string {
  return keys.map(({ index }) => `keys[${index}]`).join(", ");
}

type Host = NonNullable<ReturnType<typeof start>>;
type Keys = ReturnType<typeof judgeKeySet>;

async function compare(
  host: Host,
  token: string,
  keys: Keys,
  { rule }: DifferentialCase,
  verdicts: Verdicts,
): Promise<string | undefined> {
  try {
    // Spaces before a token are none of it.
    const judged = (at: number) => judgeToken(token.replace(/^ +/, ""), keys, rule, at);
    const before = await judged(host.now);
    const seen = answerTo(host, token);
    const after = await judged(host.now);
    // It waited for keys meanwhile, and its time was up.
    if ((before === undefined) !== (after === undefined)) return undefined;
    verdicts[before === undefined ? "refused" : "accepted"] += 1;
    return difference(before, seen);
  } catch (error) {
    if (error instanceof Broken || error instanceof JudgesDisagree) return error.message;
    throw error;
  }
}

/** What became of a request with the token: what the upstream is told, or why it was refused. */
function answerTo(host: Host, token: string): Accepted | string {
  const exchange = send(host, { protocol: "http2", headers: [["x-token", token]] });
  const upstream = exchange.upstreamRequest;
  if (upstream !== undefined) {
    const { headers } = upstream;
    return { payload: headers.get(PAYLOAD_HEADER) ?? "", user: headers.get(USER_HEADER) };
  }
  const { status, body } = exchange.response ?? { status: 0, body: "" };
  if (status !== 401 && status !== 403) throw new Broken(`answered ${status} ${body}`);
  return `${status} ${body}`;
}

function difference(judged: Accepted | undefined, seen: Accepted | string): string | undefined {
  if (typeof seen === "string") {
    return judged === undefined ? undefined : `the judge accepts it, the filter answers ${seen}`;
  }
  if (judged === undefined) return `the judge refuses it, the filter accepts it as ${JSON.stringify(seen)}`;
  if (seen.payload === judged.payload && seen.user === judged.user) return undefined;
  return `the judge takes it for ${JSON.stringify(judged)}, the filter for ${JSON.stringify(seen)}`;
}

/** Leaves out one change after the other, and one key after the other, as long as they still disagree. */
async function shrink(modules: Modules, now: number, tested: DifferentialCase): Promise<DifferentialCase> {
  let least = tested;
  let attempts = 0;
  for (let smaller = simpler(least); smaller.length > 0 && attempts < MAX_ATTEMPTS; attempts++) {
    const [candidate, ...rest] = smaller;
    if (candidate !== undefined && (await disagreement(modules, now, candidate)) !== undefined) {
      least = candidate;
      smaller = simpler(least);
    } else {
      smaller = rest;
    }
  }
  return least;
}

/** All cases with one thing less. */
function simpler(tested: DifferentialCase): DifferentialCase[] {
  const sets = simplerSets(tested.set).map((set) => ({ ...tested, set }));
  const tokens = tested.tokens.flatMap((token) =>
    without(token.edits).map((edits) => ({ ...tested, tokens: [{ ...token, edits }] })),
  );
  const rules = Object.keys(tested.rule).length > 0 ? [{ ...tested, rule: {} }] : [];
  const inline: DifferentialCase[] = tested.delivery === "fetched" ? [{ ...tested, delivery: "inline" }] : [];
  return [...tokens, ...sets, ...rules, ...inline];
}

function simplerSets(set: SetSpec): SetSpec[] {
  const keys = set.keys.length > 1 ? without(set.keys) : [];
  const edited = set.keys.flatMap((key, index) =>
    without(key.edits).map((edits) => set.keys.map((one, other) => (other === index ? { ...key, edits } : one))),
  );
  return [
    ...[...keys, ...edited].map((fewer) => ({ ...set, keys: fewer })),
    ...without(set.edits).map((edits) => ({ ...set, edits })),
  ];
}

function without<T>(items: readonly T[]): T[][] {
  return items.map((_, index) => items.filter((_item, other) => other !== index));
}

function describe(tested: DifferentialCase, { token, what }: Disagreement, now: number): string {
  const edits = (list: readonly { what: string }[]) =>
    list.length === 0 ? "" : ` (${list.map((one) => one.what).join("; ")})`;
  const keys = tested.set.keys.map(({ key, edits: changed }) => `${key.name}${edits(changed)}`).join(", ");
  const lines = [
    what,
    `rule: ${JSON.stringify(tested.rule)}`,
    `keys, ${tested.delivery}: ${keys}${edits(tested.set.edits)}`,
    `  ${JSON.stringify(renderSet(tested.set).toString("latin1"))}`,
  ];
  if (token !== undefined) {
    lines.push(`token: ${token.alg} by ${token.signedBy}, ${token.form}, kid ${token.kid}${edits(token.edits)}`);
    lines.push(`  ${JSON.stringify(renderToken(token, now))}`);
  }
  return lines.join("\n");
}
