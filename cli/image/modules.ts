/** The modules that are shipped: what `npm run build` made of `assembly/modules/`. */
import { readFileSync } from "node:fs";
import { recordOf, sha256 } from "../build/cache.mjs";
import { listEntries } from "../build/entries.mjs";

export interface ShippedModule {
  /** `waypoint`: its file in `build/` without `.wasm`, and its repository in a registry. */
  name: string;
  /** One line about what it does. */
  description: string;
  /** The names that `pluginName` of a WasmPlugin can have; the first one is the default. */
  rootIds: readonly string[];
  wasm: Uint8Array;
  /** Every file that the compiler read for it, from the checkout's folder. */
  sources: readonly string[];
}

interface Facts {
  description: string;
  rootIds: readonly string[];
}

/** What labels say; a test holds the names against those that the modules register. */
const FACTS: Record<string, Facts | undefined> = {
  authz: { description: "Authorization by Istio's AuthorizationPolicy rules", rootIds: ["authz"] },
  "header-router": { description: "Routing by headers, claims and caller; traffic split", rootIds: ["header-router"] },
  "jwt-auth": { description: "JWT validation by Istio's JWTRule", rootIds: ["jwt-auth"] },
  "l7-metrics": { description: "Request metrics by operation, lane and decision", rootIds: ["l7-metrics"] },
  waypoint: {
    description: "JWT validation, authorization, routing and metrics in one plugin",
    rootIds: ["waypoint", "jwt-auth", "authz", "header-router", "l7-metrics"],
  },
};

const SCALAR = ".scalar";

/** Reads all of them. Throws an Error when one is missing, or is not what the build wrote. */
export function readModules(): ShippedModule[] {
  return listEntries()
    .filter(({ kind }) => kind === "filter")
    .map(readModule);
}

function readModule(entry: ReturnType<typeof listEntries>[number]): ShippedModule {
  const { name, output } = entry;
  const record = recordOf(entry);
  if (record === null) throw new Error(`${output}: not built; \`npm run build\` does`);
  const wasm = readFileSync(output);
  if (sha256(wasm) !== record.output) throw new Error(`${output}: not what the build wrote; run \`npm run build\``);
  const sources = Object.entries(record.inputs).flatMap(([file, hash]) => (hash === null ? [] : [file]));
  return { name, ...factsOf(name), wasm, sources };
}

function factsOf(name: string): Facts {
  const facts = FACTS[name.replace(SCALAR, "")];
  if (facts === undefined) throw new Error(`${name}: cli/image/modules.ts has no description of this module`);
  const description = `${facts.description}, for Istio waypoints`;
  return name.endsWith(SCALAR) ? { ...facts, description: `${description} (without SIMD)` } : { ...facts, description };
}
