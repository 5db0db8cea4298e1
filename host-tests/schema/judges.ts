/** Two judges of a filter's configuration: the JSON Schema, and the module itself, which is right by definition. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { ConfigurationRefused, EnvoyHost, loadModule, type FilterModule } from "../host/index.ts";

export type Schema = Record<string, unknown> & { examples: unknown[] };

/** The JSON Schema of a filter's configuration. */
export function schemaOf(filter: string): Schema {
  const file = new URL(`../../assembly/filters/${filter}/schema.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Schema;
}

/** What a schema has against a configuration; empty: nothing. */
export type SchemaJudge = (config: unknown) => string[];

/** Schemas name each other by paths: those of their folders. */
const BASE = "https://waypost.test/filters/";
const FILTERS = ["jwt-auth", "authz", "header-router", "l7-metrics", "waypoint"];

// A field that may be null has two types.
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
for (const filter of FILTERS) ajv.addSchema(schemaOf(filter), `${BASE}${filter}/schema.json`);

/** A judge by the schema of a filter. */
export function schemaJudge(filter: string): SchemaJudge {
  const validate = ajv.getSchema(`${BASE}${filter}/schema.json`);
  if (validate === undefined) throw new Error(`there is no schema of ${filter}`);
  return (config) => {
    if (validate(config)) return [];
    return (validate.errors ?? []).map(({ instancePath, message = "" }) => `${instancePath}: ${message}`);
  };
}

const PREFIX = "configuration: ";

/** The configuration reader of a built module, run in the Node host. */
export class Reader {
  private constructor(private readonly module: FilterModule) {}

  /** The reader of `build/<filter>.wasm`: of that filter, as the first one of its module. */
  static async load(filter: string): Promise<Reader> {
    return new Reader(await loadModule(`build/${filter}.wasm`));
  }

  /** What the reader has against a configuration, each as `path: problem`, 20 at most; empty: it is accepted. */
  problems(config: unknown): string[] {
    return this.problemsOfText(JSON.stringify(config));
  }

  /** The same for the configuration's text as it is. */
  problemsOfText(configuration: string): string[] {
    const host = new EnvoyHost({ workers: 0 });
    try {
      host.addFilter({ name: "default.under-test", module: this.module, configuration }).remove();
      return [];
    } catch (error) {
      if (!(error instanceof ConfigurationRefused)) throw error;
      const told = error.logs.filter(({ level, message }) => level === "error" && message.startsWith(PREFIX));
      return told
        .map(({ message }) => message.slice(PREFIX.length))
        .filter((problem) => !/^and \d+ more$/.test(problem));
    }
  }
}
