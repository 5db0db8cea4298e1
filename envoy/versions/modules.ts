/** Every module that is shipped or shown, as a filter with a configuration that it takes. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type HttpFilter, wasmFilter } from "../config/index.ts";

/** The modules, and below `examples/` those of the examples. */
const BUILD_FOLDER = fileURLToPath(new URL("../../build", import.meta.url));
const EXAMPLES = "examples";

const JWKS = { keys: [{ kty: "oct", alg: "HS256", k: Buffer.alloc(32).toString("base64url") }] };
const JWT_AUTH = { jwtRules: [{ issuer: "https://issuer.example", jwks: JWKS }] };
const AUTHZ = { policies: [{ name: "readers", rules: [{ to: [{ operation: { methods: ["GET"] } }] }] }] };
const HEADER_ROUTER = { routes: [{ name: "all", headers: { response: { set: { "x-route": "{route}" } } } }] };
const PIPELINE = { jwtAuth: JWT_AUTH, authz: AUTHZ, headerRouter: HEADER_ROUTER, l7Metrics: {} };

/** `pluginConfig` by module. */
const CONFIGURATIONS: Readonly<Record<string, object | string>> = {
  "jwt-auth": JWT_AUTH,
  "jwt-auth.scalar": JWT_AUTH,
  authz: AUTHZ,
  "header-router": HEADER_ROUTER,
  "l7-metrics": { labels: "TAGGED" },
  waypoint: PIPELINE,
  "waypoint.scalar": PIPELINE,
  "examples/ext-authz": { cluster: "authz" },
  "examples/json-body": { field: "/user/role", value: "guest" },
  "examples/stock-proxy-runtime": "world",
};

/** The stock runtime's filter registers a root with a name. */
const ROOT_IDS: Readonly<Record<string, string>> = { "examples/stock-proxy-runtime": "add_header" };

/** Names of all modules that are built, those for tests left out: `waypoint`, `examples/json-body`. */
export function builtModules(): string[] {
  const modulesIn = (folder: string) =>
    readdirSync(path.join(BUILD_FOLDER, folder))
      .filter((file) => file.endsWith(".wasm"))
      .map((file) => path.posix.join(folder, file.slice(0, -".wasm".length)));
  return ["", EXAMPLES].flatMap(modulesIn);
}

/** A plugin of that module. Throws an Error for a module that has no configuration here. */
export function pluginOf(module: string): HttpFilter {
  const configuration = CONFIGURATIONS[module];
  if (configuration === undefined) throw new Error(`envoy/versions/modules.ts has no configuration for ${module}`);
  return wasmFilter({
    name: `default.${module}`,
    file: path.join(BUILD_FOLDER, `${module}.wasm`),
    rootId: ROOT_IDS[module] ?? "",
    configuration: typeof configuration === "string" ? configuration : JSON.stringify(configuration),
  });
}
