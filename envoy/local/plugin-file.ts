/**
 * The plugin's configuration as a file that a person edits: `jwt-auth.yaml`, the same YAML that goes under `pluginConfig`
 * of a WasmPlugin. It stays between runs.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";

/** Names that stay the same from run to run, whatever ports the system gives. */
export const ISSUER_AUTHORITY = "issuer.waypost.test";
export const ISSUER_CLUSTER = "issuer";
export const AUDIENCE = "bookinfo";

const FIRST_CONTENTS = `# Configuration of jwt-auth. Save this file and it is live; a refused one leaves the old in effect.
# In a cluster the same goes under pluginConfig of a WasmPlugin. Every field: docs/jwt-auth.md
jwtRules:
  - issuer: http://${ISSUER_AUTHORITY}
    audiences: [${AUDIENCE}]
    jwksUri: http://${ISSUER_AUTHORITY}/.well-known/jwks.json
    jwksCluster: ${ISSUER_CLUSTER}
    outputClaimToHeaders:
      - { header: x-jwt-sub, claim: sub }
      - { header: x-jwt-team, claim: org.team }
# presence: REQUIRED   # refuse requests without a token
# mode: SHADOW         # decide and count, but let everything through
`;

export class PluginFile {
  private constructor(
    readonly path: string,
    /** Whether it is as Waypost wrote it. */
    readonly isPristine: boolean,
  ) {}

  /** Opens the file in `folder`, and writes it first when there is none, or when `reset` asks for it. */
  static async open(folder: string, reset: boolean): Promise<PluginFile> {
    const file = path.join(folder, "jwt-auth.yaml");
    await mkdir(folder, { recursive: true });
    if (reset || !existsSync(file)) await writeFile(file, FIRST_CONTENTS);
    return new PluginFile(file, (await readFile(file, "utf8")) === FIRST_CONTENTS);
  }

  /** The configuration as JSON text, as Istio hands it to the proxy. Throws an Error that says where the YAML is wrong. */
  async read(): Promise<string> {
    const text = await readFile(this.path, "utf8");
    try {
      return JSON.stringify((parse(text) as unknown) ?? {});
    } catch (error) {
      throw new Error(`${this.path} is not YAML: ${(error as Error).message.trimEnd()}`, { cause: error });
    }
  }
}
