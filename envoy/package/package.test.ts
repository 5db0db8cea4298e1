/** What `npm pack` gives, used as a filter author uses it: from an empty folder, with nothing but the tarball and npm. */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listEntries } from "../../cli/build/entries.mjs";
import { page } from "../../host-tests/docs/pages.ts";
import { AuthorProject, pack, PATIENCE, Staying } from "./author.ts";

/** Of the project that `waypost new` makes. */
const NAME = "hello-filter";

const shipped = listEntries().filter(({ kind }) => kind === "filter");

let folder: string;
let tarball: string;
let author: AuthorProject;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "waypost-package-"));
  tarball = await pack(path.join(folder, "first"));
  author = new AuthorProject(path.join(folder, "author"));
  author.write("package.json", JSON.stringify({ name: "author", private: true, type: "module" }));
  await author.sh(`npm install --save-dev ${tarball} vitest@${versionOf("vitest")}`);
}, 2 * PATIENCE);

afterAll(() => rmSync(folder, { recursive: true, force: true }), PATIENCE);

describe("the tarball", () => {
  it("is the same whatever an earlier build left", { timeout: PATIENCE }, async () => {
    writeFileSync("build/package/left-over.js", "");
    const second = await pack(path.join(folder, "second"));
    expect(sha256(second)).toBe(sha256(tarball));
  });

  it("has every module, and neither tests nor what runs them", async () => {
    const files = (await author.sh(`tar -tzf ${tarball}`)).trim().split("\n");
    const modules = files.filter((file) => file.endsWith(".wasm"));
    expect(modules.sort()).toEqual(shipped.map(({ output }) => `package/${output}`).sort());
    const template = "package/cli/waypost/new/template/";
    const others = files.filter((file) => !file.startsWith(template));
    expect(others.filter((file) => /\.test\.|\/(test|host-tests|envoy|bench)\//.test(file))).toEqual([]);
    expect(others).toEqual(expect.arrayContaining(["package/LICENSE", "package/README.md", "package/CHANGELOG.md"]));
  });
});

describe("an empty project with the package", () => {
  it("compiles the filter of docs/sdk.md as it says there, and tests it", { timeout: PATIENCE }, async () => {
    const { blocks } = page("docs/sdk.md");
    author.write("index.ts", codeOf(blocks, "ts"));
    await author.sh(codeOf(blocks, "sh"));
    author.write("hello.test.ts", HELLO_TEST);
    expect(await author.sh("npx vitest run hello.test.ts")).toContain("1 passed");
  });

  it("has prebuilt modules that take the examples of their schemas", { timeout: PATIENCE }, async () => {
    author.write("modules.test.ts", modulesTest(shipped.map(({ name }) => name)));
    author.write("authz.test.ts", codeOf(page("docs/your-own-filter.md").blocks, "ts"));
    const said = await author.sh("npx vitest run modules.test.ts authz.test.ts");
    expect(said).toContain(`Tests  ${shipped.length + 1} passed`);
  });

  it("has the program", async () => {
    const help = await author.sh("npx waypost --help");
    for (const command of ["new", "build", "dev", "validate"])
      expect(help).toMatch(new RegExp(`^  ${command}\\b`, "m"));
    expect(await author.sh("npx waypost --version")).toBe(`${versionOf("waypost")}\n`);
    await expect(author.sh("npx waypost build")).rejects.toThrow("run this in the folder of a filter");
    author.write("plugin.yaml", MISSPELT);
    await expect(author.sh("npx waypost validate plugin.yaml")).rejects.toThrow("did you mean policies?");
  });
});

describe("a project that `npx waypost new` made", () => {
  let project: AuthorProject;

  beforeAll(async () => {
    expect(await author.sh(`npx waypost new ${NAME}`)).toContain(`cd ${NAME}`);
    project = new AuthorProject(path.join(author.folder, NAME));
    await project.sh("npm install");
  }, PATIENCE);

  it("builds, passes its tests, and has types", { timeout: PATIENCE }, async () => {
    expect(await project.sh("npm test")).toMatch(new RegExp(`build/${NAME}\\.wasm: [^]*Tests +\\d+ passed`));
    await project.sh(`${path.resolve("node_modules/.bin/tsc")} -p . --skipLibCheck false`);
  });

  it("says what is wrong with a filter that would not run", { timeout: PATIENCE }, async () => {
    const source = project.read("assembly/index.ts");
    project.edit("assembly/index.ts", ", proxy_on_response_headers", "");
    await expect(project.sh("npm run build")).rejects.toThrow(
      'Add to assembly/index.ts: export { proxy_on_response_headers } from "waypost/assembly/abi/callbacks";',
    );
    project.write("assembly/index.ts", source);
    const options = project.read("asconfig.json");
    project.write("asconfig.json", '{ "options": { "exportStart": "_initialize" } }');
    await expect(project.sh("npm run build")).rejects.toThrow("imports env.abort, which no proxy offers");
    project.write("asconfig.json", options);
  });

  it("follows each save in a local waypoint, until Ctrl-C", { timeout: 2 * PATIENCE }, async () => {
    const dev = new Staying("npm", ["run", "dev"], project.folder);
    try {
      await followSaves(project, dev);
    } finally {
      dev.kill();
    }
  });
});

async function followSaves(project: AuthorProject, dev: Staying): Promise<void> {
  const [, address = ""] = await dev.printed(/^try: curl -i (\S+)$/m);
  const [, admin = ""] = await dev.printed(/admin interface: (\S+)\)/);
  const answer = async () => {
    const response = await fetch(address);
    return { status: response.status, header: response.headers.get(`x-${NAME}`) };
  };
  const becomes = (expected: object) => expect.poll(answer, { timeout: PATIENCE }).toEqual(expected);
  expect(await answer()).toEqual({ status: 200, header: "open" });

  project.edit("waypost.yaml", "mode: OPEN", "mode: CLOSED");
  await becomes({ status: 503, header: "closed" });
  project.edit("waypost.yaml", "mode: CLOSED", "mode: SHUT");
  await dev.printed(/new configuration refused, the old one stays:\n.*mode: must be one of OPEN, CLOSED/);
  expect(await answer()).toEqual({ status: 503, header: "closed" });
  project.edit("waypost.yaml", "mode: SHUT", "mode: OPEN");
  await becomes({ status: 200, header: "open" });

  project.edit("assembly/index.ts", '"open"', '"ajar"');
  await dev.printed(/^not tested: the waypoint keeps the module that it has:\n[^]*expected 'ajar' to be 'open'/m);
  expect(await answer()).toEqual({ status: 200, header: "open" });
  project.edit(`host-tests/${NAME}.test.ts`, 'toBe("open")', 'toBe("ajar")');
  await becomes({ status: 200, header: "ajar" });

  project.edit("assembly/index.ts", "return sdk.HeadersStatus.Continue;", "return sdk.HeadersStatus.Proceed;");
  await dev.printed(/^not built: the waypoint keeps the module that it has:\n[^]*Property 'Proceed' does not exist/m);
  expect(await answer()).toEqual({ status: 200, header: "ajar" });

  await dev.interrupt();
  await expect(fetch(address)).rejects.toThrow();
  await expect(fetch(admin)).rejects.toThrow();
}

const HELLO_TEST = `
import { expect, it } from "vitest";
import { EnvoyHost, loadModule } from "waypost/host";

it("greets", async () => {
  const host = new EnvoyHost();
  const module = await loadModule("hello.wasm");
  host.addFilter({ name: "default.hello", module, configuration: '{"greeting":"good morning"}' });
  expect(host.request().upstreamRequest?.headers.get("x-greeting")).toBe("good morning");
});
`;

const MISSPELT = `
apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: { name: authz, namespace: shop }
spec:
  targetRefs: [{ group: "", kind: Service, name: reviews }]
  phase: AUTHZ
  url: oci://registry.example.com/waypost/authz:0.1.0
  pluginConfig: { policis: [{ name: all }] }
`;

function modulesTest(names: string[]): string {
  return `
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { EnvoyHost, loadModule } from "waypost/host";

const require = createRequire(import.meta.url);

const examplesOf = (filter) => {
  // The schema of all filters refers to those of each.
  if (filter === "waypoint") return examplesOf("authz").map((authz) => ({ authz }));
  return JSON.parse(readFileSync(require.resolve(\`waypost/schemas/\${filter}.json\`), "utf8")).examples;
};

it.each(${JSON.stringify(names)})("%s", async (name) => {
  const module = await loadModule(require.resolve(\`waypost/modules/\${name}.wasm\`));
  const examples = examplesOf(name.replace(".scalar", ""));
  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples)
    new EnvoyHost().addFilter({ name: "default.filter", module, configuration: JSON.stringify(example) });
});
`;
}

/** The first block of code in a language. */
function codeOf(blocks: readonly { language: string; code: string }[], language: string): string {
  const code = blocks.find((block) => block.language === language)?.code;
  if (code === undefined) throw new Error(`the page has no code in ${language}`);
  return code;
}

/** The version of a package of this checkout, or of itself. */
function versionOf(name: string): string {
  const file = name === "waypost" ? "package.json" : `node_modules/${name}/package.json`;
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

function sha256(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
