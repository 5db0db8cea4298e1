/** Two judges of a configuration of jwt-auth: the JSON Schema, and the module itself, which is right by definition. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { ConfigurationRefused, EnvoyHost, loadModule, type FilterModule } from "../host/index.ts";

/** The JSON Schema of jwt-auth's configuration. */
export const jwtAuthSchema = JSON.parse(
  readFileSync(new URL("../../assembly/filters/jwt-auth/schema.json", import.meta.url), "utf8"),
) as Record<string, unknown> & { examples: unknown[] };

/** A field that may be null has two types; alternatives (`oneOf`) name fields that stand beside them. */
const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(jwtAuthSchema);

/** What the schema has against a configuration; empty: nothing. */
export function schemaProblems(config: unknown): string[] {
  if (validate(config)) return [];
  return (validate.errors ?? []).map(({ instancePath, message = "" }) => `${instancePath}: ${message}`);
}

const PREFIX = "configuration: ";

/** The configuration reader of a built module, run in the Node host. */
export class Reader {
  private constructor(private readonly module: FilterModule) {}

  static async load(): Promise<Reader> {
    return new Reader(await loadModule("build/jwt-auth.wasm"));
  }

  /** What the reader has against a configuration, each as `path: problem`, 20 at most; empty: it is accepted. */
  problems(config: unknown): string[] {
    return this.problemsOfText(JSON.stringify(config));
  }

  /** The same for the configuration's text as it is. */
  problemsOfText(configuration: string): string[] {
    const host = new EnvoyHost({ workers: 0 });
    try {
      host.addFilter({ name: "default.jwt-auth", module: this.module, configuration }).remove();
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
