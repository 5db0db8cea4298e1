/**
 * authz, judged by Envoy's own RBAC filter as istiod configures it (envoy/istiod): every value of a vocabulary, random policies,
 * and random requests. Both must give the same answer, for the same reason. The seed is printed when they do not; `SEED=…`
 * repeats a run.
 */
import process from "node:process";
import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer } from "../client/answer.ts";
import { bootstrap } from "../config/index.ts";
import { EnvoyProcess } from "../harness/index.ts";
import type { AuthorizationPolicy, Rule } from "../istiod/authorization-policy.ts";
import { CHAINS, VARIANTS, type Chain } from "./authz-chains.ts";
import { Sender } from "./authz-client.ts";
import { RANDOM_REQUEST, RANDOM_SET, requestOf, type AuthzRequest, type PolicySet } from "./authz-random.ts";
import { authzListener, shown } from "./authz-stage.ts";
import { ALL_CONDITIONS, REQUESTS, ruleOf } from "./authz-vocabulary.ts";
import { WORD_CONDITIONS } from "./authz-words.ts";

const SEED = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);
const SETS = 60;
const REQUESTS_FOR_A_SET = 60;
const WORDS = 40;
const REQUESTS_FOR_WORDS = 200;

/** By turns, for authz decides alike with each source of claims. */
const variantOf = (index: number) => VARIANTS[index % VARIANTS.length] as Chain;

/** The vocabulary: each value, and its opposite, in a rule of its own, which header `x-case` chooses. */
const values = ALL_CONDITIONS.flatMap((condition) => condition.values.map((value) => ({ condition, value })));
const vocabulary: PolicySet = {
  policies: [
    {
      name: "vocabulary",
      rules: values.flatMap(({ condition, value }, index) => [
        inCase(`${index}`, ruleOf(condition, value)),
        inCase(`not ${index}`, ruleOf(condition, value, { isNegated: true })),
      ]),
    },
  ],
  mesh: {},
};

/** Words of each condition, and requests, each for one of them. */
const words = WORD_CONDITIONS.map((condition, index) => {
  const sampled = fc.sample(fc.tuple(condition.value, fc.boolean()), { seed: SEED, numRuns: WORDS });
  const rules = sampled.map(([value, isNegated], at) =>
    inCase(`${condition.name} ${at}`, ruleOf(condition, value, { isNegated })),
  );
  const request = fc.tuple(condition.request, fc.nat(WORDS - 1));
  const requests = fc.sample(request, { seed: SEED, numRuns: REQUESTS_FOR_WORDS });
  return { name: condition.name, variant: variantOf(index + SEED), rules, requests };
});
const wordSet: PolicySet = {
  policies: words.map(({ rules }, index) => ({ name: `words-${index}`, rules })),
  mesh: { trustDomain: "td1", trustDomainAliases: ["td2"] },
};

function inCase(name: string, rule: Rule): Rule {
  return { ...rule, when: [...(rule.when ?? []), { key: "request.headers[x-case]", values: [name] }] };
}

const sets = fc.sample(RANDOM_SET, { seed: SEED, numRuns: SETS }).map((set, index) => ({
  ...set,
  index,
  variant: variantOf(index),
  requests: fc.sample(RANDOM_REQUEST, { seed: SEED + index, numRuns: REQUESTS_FOR_A_SET }),
}));

let envoy: EnvoyProcess;
beforeAll(async () => {
  const listener = (chain: Chain, name: string, set: PolicySet) =>
    authzListener(`${chain} ${name}`, CHAINS[chain](set));
  const listeners = [
    ...(["RBAC", ...VARIANTS] as const).flatMap((chain) => [
      listener(chain, "vocabulary", vocabulary),
      listener(chain, "words", wordSet),
    ]),
    ...sets.flatMap((set) => (["RBAC", set.variant] as const).map((chain) => listener(chain, `${set.index}`, set))),
  ];
  envoy = await EnvoyProcess.start({ config: bootstrap({ listeners, clusters: [] }), readyTimeout: 60_000 });
}, 70_000);
afterAll(() => envoy.stop());

/** Sends requests to RBAC and to a variant of authz. */
class Comparison {
  readonly #senders: [theirs: Sender, ours: Sender];

  constructor(variant: Chain, name: string) {
    this.#senders = [new Sender(envoy.port(`RBAC ${name}`)), new Sender(envoy.port(`${variant} ${name}`))];
  }

  /** Fails when their answers differ. */
  async ask(request: AuthzRequest, context: object = {}): Promise<{ theirs: Answer; ours: Answer }> {
    const [theirs, ours] = await Promise.all([this.#senders[0].send(request), this.#senders[1].send(request)]);
    expectSame(withoutNotes(ours), withoutNotes(theirs), { request, ...context });
    return { theirs, ours };
  }

  close(): void {
    for (const sender of this.#senders) sender.close();
  }
}

/** Tells the context only when it is needed: thousands of them would take longer than the requests. */
function expectSame(ours: unknown, theirs: unknown, context: object): void {
  if (!isDeepStrictEqual(ours, theirs)) expect(ours, JSON.stringify(context)).toEqual(theirs);
}

/** What a client gets, and the reason. */
function withoutNotes(answer: Answer): Answer {
  const notes = ["date", "x-rbac", "x-shadow", "x-audit"];
  return { ...answer, headers: answer.headers.filter(([name]) => !notes.includes(name)) };
}

/** What came out for a request, in a word. */
function outcome(answer: Answer): string {
  const details = shown(answer, "x-details") ?? "";
  if (details === "direct_response") return "allowed";
  const [, rule] = /^rbac_access_denied_matched_policy\[(.*)\]$/.exec(details) ?? [];
  if (rule === undefined) return "refused";
  const isGrpc = answer.headers.some(([name]) => name === "grpc-status");
  return `denied by ${rule === "none" ? "none" : "a rule"}${isGrpc ? ", gRPC" : ""}`;
}

describe("every value", () => {
  it.each(ALL_CONDITIONS.map((condition, index) => [condition.name, variantOf(index), condition] as const))(
    "of %s matches what it does in RBAC: %s",
    async (_name, variant, condition) => {
      const comparison = new Comparison(variant, "vocabulary");
      const requests = condition.aspects.flatMap((aspect) => REQUESTS[aspect].map((part) => requestOf([part])));
      const outcomesOf = (name: string) =>
        Promise.all(
          requests.map(async ({ headers, ...request }) => {
            const { theirs } = await comparison.ask({ ...request, headers: [...headers, ["x-case", name]] });
            return outcome(theirs);
          }),
        );
      const seen = new Map<string, string>();
      for (const [index, { value, condition: own }] of values.entries()) {
        if (own !== condition) continue;
        const outcomes = await outcomesOf(`${index}`);
        // The opposite of one value is enough: others differ from it as they do from each other.
        if (seen.size === 0) await outcomesOf(`not ${index}`);
        expect(outcomes, `${value} always matches`).toContain("denied by none");
        expect(outcomes, `${value} never matches`).toContain("allowed");
        // Else these requests could not tell whether authz takes one for the other.
        expect(seen.get(outcomes.join()), `${value} matches as another does`).toBeUndefined();
        seen.set(outcomes.join(), value);
      }
      comparison.close();
    },
  );
});

describe("random values", () => {
  it.each(words.map((each) => [each.name, each.variant, each] as const))(
    `of %s match what they do in RBAC: %s (SEED=${SEED})`,
    async (name, variant, { rules, requests }) => {
      const comparison = new Comparison(variant, "words");
      const found = await Promise.all(
        requests.map(async ([part, at]) => {
          const request = requestOf([part, { headers: [["x-case", `${name} ${at}`]] }]);
          return outcome((await comparison.ask(request, { rule: rules[at] })).theirs);
        }),
      ).finally(() => comparison.close());
      expect(new Set(found)).toContain("allowed");
      expect(new Set(found)).toContain("denied by none");
    },
  );
});

/** What RBAC leaves in dynamic metadata. */
interface Notes {
  enforced_effective_policy_id?: string;
  istio_dry_run_deny_shadow_effective_policy_id?: string;
  istio_dry_run_allow_shadow_engine_result?: "allowed" | "denied";
}

function notesOf(answer: Answer): Notes {
  return JSON.parse(shown(answer, "x-rbac") ?? "{}") as Notes;
}

/** The rule by which policies in mode SHADOW would have denied, as authz tells it. */
function shadowRule(answer: Answer): string | undefined {
  const notes = notesOf(answer);
  const denying = notes.istio_dry_run_deny_shadow_effective_policy_id;
  return denying ?? (notes.istio_dry_run_allow_shadow_engine_result === "denied" ? "none" : undefined);
}

/** The first rule of AUDIT policies that matches; RBAC forgets it when an ALLOW policy comes after. */
function auditRule(answer: Answer, policies: readonly AuthorizationPolicy[]): string | undefined {
  if (policies.some(({ action = "ALLOW", mode }) => action === "ALLOW" && mode !== "SHADOW")) return undefined;
  return notesOf(answer).enforced_effective_policy_id;
}

describe.each(VARIANTS)("random policies: %s", (variant) => {
  const found = new Map<string, number>();
  const count = (what: string) => found.set(what, (found.get(what) ?? 0) + 1);
  const own = sets.filter((set) => set.variant === variant);

  it.each(own.map((set) => [set.index, set] as const))(
    `mean what they mean to RBAC: set %i (SEED=${SEED})`,
    async (index, { policies, mesh, requests }) => {
      const comparison = new Comparison(variant, `${index}`);
      const compared = requests.map(async (request) => {
        const context = { request, policies, mesh };
        const { theirs, ours } = await comparison.ask(request, context);
        count(outcome(theirs));
        // What RBAC notes about a request that it denies is not all there when the answer is made.
        if (outcome(theirs) !== "allowed") return;
        expectSame(shown(ours, "x-shadow"), shadowRule(theirs), context);
        const audited = auditRule(theirs, policies);
        if (audited !== undefined) expectSame(shown(ours, "x-audit")?.split(",")[0], audited, context);
      });
      await Promise.all(compared).finally(() => comparison.close());
    },
  );

  it("came to every kind of decision", () => {
    for (const kind of ["allowed", "denied by none", "denied by a rule", "denied by a rule, gRPC", "refused"])
      expect(found.get(kind) ?? 0, kind).toBeGreaterThan(5);
  });
});
