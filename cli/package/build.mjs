/**
 * The parts of the package that run in Node, as JavaScript: neither Node nor vitest takes the types out of TypeScript that
 * lies in `node_modules`. Other packages stay packages, with their licences and their security updates.
 */
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { runPackage } from "../setup.mjs";

/** Nothing else lies there, and what an earlier run left is removed. */
const PACKAGE_FOLDER = "build/package";

const HOST = "host-tests/host/index.ts";

/** By what they are called in the package. */
const PROGRAMS = { host: HOST, waypost: "cli/waypost/main.ts" };

/**
 * Writes the Node host with its types, and the program, to `build/package/`. Rejects when something does not compile (the
 * text of why is printed), or when they import a package that would not be installed with ours.
 */
export async function buildPackage() {
  rmSync(PACKAGE_FOLDER, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: PROGRAMS,
    outdir: PACKAGE_FOLDER,
    bundle: true,
    packages: "external",
    platform: "node",
    // The oldest that package.json allows.
    target: "node20.19",
    format: "esm",
    metafile: true,
    logLevel: "warning",
  });
  await writeTypes();
  const { dependencies } = /** @type {{ dependencies: object }} */ (JSON.parse(readFileSync("package.json", "utf8")));
  const missing = importedPackages(metafile).filter((name) => !(name in dependencies));
  if (missing.length > 0) throw new Error(`package.json: dependencies lacks ${missing.join(", ")}, which it imports`);
}

async function writeTypes() {
  const options = {
    // Those of tsconfig.json that the host's sources need.
    ...{ target: "es2023", lib: "es2023,es2024.string,dom", module: "nodenext", types: "node" },
    ...{ strict: "true", skipLibCheck: "true", allowImportingTsExtensions: "true" },
    ...{ declaration: "true", emitDeclarationOnly: "true", stripInternal: "true" },
    ...{ rootDir: path.dirname(HOST), outDir: `${PACKAGE_FOLDER}/host` },
  };
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const code = await runPackage("typescript", [...flags, "--ignoreConfig", HOST], { program: "tsc" });
  if (code !== 0) throw new Error(`${HOST}: no types, see above`);
}

/** @returns {string[]} */
function importedPackages(/** @type {import("esbuild").Metafile} */ { outputs }) {
  const imported = Object.values(outputs).flatMap(({ imports }) => imports);
  const names = imported
    .filter((one) => one.external && !one.path.startsWith("node:"))
    .map((one) =>
      one.path
        .split("/")
        .slice(0, one.path.startsWith("@") ? 2 : 1)
        .join("/"),
    );
  return [...new Set(names)].sort();
}
