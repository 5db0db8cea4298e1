/** Checks that data is a scenario, against schema.json. */
import { readFileSync } from "node:fs";
import { Ajv, type ErrorObject } from "ajv";
import type { Scenario } from "./format.ts";

/** The JSON Schema of a scenario. */
export const scenarioSchema = JSON.parse(readFileSync(new URL("schema.json", import.meta.url), "utf8")) as object;

// Tuples and unions of types are what the format has; ajv's strict mode would refuse both.
const validate = new Ajv({ allErrors: true, strictTuples: false, allowUnionTypes: true }).compile<Scenario>(
  scenarioSchema,
);

/** The problems that keep `data` from being a scenario, each as `path: problem`; none: it is one. */
export function scenarioProblems(data: unknown): string[] {
  return validate(data) ? [] : (validate.errors ?? []).map(describe);
}

function describe({ instancePath, message = "is wrong", params }: ErrorObject): string {
  const path = instancePath === "" ? "scenario" : instancePath.slice(1).replaceAll("/", ".");
  const unknown: unknown = params["additionalProperty"];
  return typeof unknown === "string" ? `${path}: unknown field ${unknown}` : `${path}: ${message}`;
}
