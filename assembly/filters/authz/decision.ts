import { Bytes, declareStringFilterState, setFilterState } from "../../sdk";
import { AuthzDecision, NO_RULE, StreamNotes, decisionWord } from "../stream-notes";
import { Rule } from "./rule";

/** Filter state with what was decided, and by which rule: `wasm.waypost_authz_decision`, `wasm.waypost_authz_rule`. */
const DECISION = Bytes.constant("waypost_authz_decision");
const RULE = Bytes.constant("waypost_authz_rule");

/** The name of the rule that decided, for others to read: `none` when none did. */
export function nameOf(rule: Rule | null): Bytes {
  return rule === null ? NO_RULE : rule.id;
}

/** Says what kind of filter state decisions are. For `onConfigure`. */
export function declareDecision(): void {
  declareStringFilterState(DECISION);
  declareStringFilterState(RULE);
}

/** Writes a decision down for the stages of the same context. `rule`: the one that decided. */
export function noteDecision(notes: StreamNotes, decision: AuthzDecision, rule: Rule | null): void {
  notes.authz = decision;
  notes.authzRule = rule === null ? null : rule.id;
}

/** Leaves a decision in filter state, for access logs and other plugins. */
export function publishDecision(decision: AuthzDecision, rule: Rule | null): void {
  setFilterState(DECISION, decisionWord(decision));
  setFilterState(RULE, nameOf(rule));
}
