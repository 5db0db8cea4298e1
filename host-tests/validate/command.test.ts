/** `waypost validate` as a program: what it reads, prints and ends with. */
import { execFileSync, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../docs/pages.ts";
import { manifest } from "./judged.ts";

/** The program with this command alone, made into one file as in the package; it must be below the package's folder. */
const SOURCE = `import { validateCommand } from "./cli/waypost/validate/command.ts";
await validateCommand().parseAsync();`;
const CACHE = path.join(root, "node_modules/.cache");
const WRONG = "policies: [{ name: all, rule: [] }]\n";
const OPEN = manifest({ failStrategy: "FAIL_OPEN" });

let folder: string;
let program: string;
beforeAll(async () => {
  await mkdir(CACHE, { recursive: true });
  program = path.join(await mkdtemp(path.join(CACHE, "waypost-validate-")), "program.mjs");
  const stdin = { contents: SOURCE, resolveDir: root, loader: "ts" } as const;
  await build({ stdin, outfile: program, bundle: true, platform: "node", format: "esm", packages: "external" });
  folder = await mkdtemp(path.join(tmpdir(), "waypost-validate-"));
  const files: Record<string, string | Buffer> = {
    "good.yaml": manifest({}),
    "wrong.yaml": WRONG,
    "open.yaml": OPEN,
    "binary.yaml": Buffer.from([0xff, 0xfe, 0x00]),
    "large.yaml": Buffer.alloc(16 * 1024 * 1024 + 1, "#"),
    "tree/kustomization.yaml": "kind: Kustomization\nresources: [a.yaml]\npatches: [{ path: patch.yaml }]\n",
    "tree/a.yaml": manifest({}),
    "tree/patch.yaml": "kind: WasmPlugin\nspec: { phase: AUTHN }\n",
    "tree/other/values.yaml": "a: 1\n",
    "tree/other/b.json": JSON.stringify({ policies: [] }),
    "tree/other/read.me": "no: [yaml",
    "tree/node_modules/c.yaml": "no: [yaml",
    "own.yaml": manifest({ url: "oci://a/body:1", pluginConfig: '{ field: "", value: guest }', phase: "STATS" }),
    "odd,name:%.yaml": WRONG,
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  // Nobody writes into it.
  execFileSync("mkfifo", [path.join(folder, "tree/pipe.yaml")]);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await rm(path.dirname(program), { recursive: true });
});

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

function waypost(args: string[], input = "", env: Record<string, string> = {}): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: { ...process.env, FORCE_COLOR: "0", ...env },
  });
  const ended: Ended = { code: null, out: "", err: "" };
  child.stdout.on("data", (data: Buffer) => (ended.out += data.toString()));
  child.stderr.on("data", (data: Buffer) => (ended.err += data.toString()));
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ ...ended, code }));
  });
}

describe("ends with", () => {
  it.each<[what: string, args: string[], code: number, out: string | RegExp, err: string | RegExp]>([
    ["0 when all is well", ["good.yaml"], 0, "1 checked: 0 errors, 0 warnings\n", ""],
    ["1 when something is wrong", ["good.yaml", "wrong.yaml"], 1, /^wrong.yaml:1:25 error policies\[0\].rule: /, ""],
    ["0 with a warning", ["open.yaml"], 0, /^open.yaml:9:3 warning [^]*1 checked: 0 errors, 1 warning\n$/, ""],
    ["1 with a warning and --strict", ["--strict", "open.yaml"], 1, /^open.yaml:9:3 warning /, ""],
    [
      "2 when a file is not there",
      ["none.yaml", "wrong.yaml"],
      2,
      /^wrong.yaml:1:25/,
      "waypost validate: none.yaml: there is no such file or folder\n",
    ],
    [
      "2 when a file is no text",
      ["binary.yaml"],
      2,
      /^0 checked/,
      "waypost validate: binary.yaml: not text in UTF-8\n",
    ],
    [
      "2 when a file is too large",
      ["large.yaml"],
      2,
      /^0 checked/,
      "waypost validate: large.yaml: larger than 16 MiB\n",
    ],
    ["2 when standard input is empty", ["-"], 2, /^0 checked/, "waypost validate: -: standard input is empty\n"],
    ["2 when an option is unknown", ["--all", "good.yaml"], 2, "", /^error: unknown option '--all'/],
    ["2 when nothing is given", [], 2, "", /^error: missing required argument 'paths'/],
    [
      "2 when a filter is unknown",
      ["--filter", "cors", "good.yaml"],
      2,
      "",
      /Allowed choices are jwt-auth, authz, header-router, l7-metrics, waypoint/,
    ],
    [
      "2 when a module is not there",
      ["--module", "a=none.wasm", "good.yaml"],
      2,
      "",
      "waypost validate: none.wasm: not a module that can be loaded: there is no such file\n",
    ],
    [
      "2 when a module is none",
      ["--module", "wrong.yaml", "good.yaml"],
      2,
      "",
      /^waypost validate: wrong.yaml: not a module that can be loaded: /,
    ],
    ["0 for its help", ["--help"], 0, /^Usage: validate /, ""],
  ])("%s", async (_, args, code, out, err) => {
    const ended = await waypost(args);
    expect(ended.code).toBe(code);
    expect(ended.out).toMatch(exactly(out));
    expect(ended.err).toMatch(exactly(err));
  });
});

function exactly(text: string | RegExp): RegExp {
  return text instanceof RegExp ? text : new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`);
}

describe("reads", () => {
  it("a folder, but not what kustomize patches others with, what is not its own, and pipes", async () => {
    expect(await waypost(["tree"])).toEqual({
      code: 1,
      err: "",
      out: "tree/other/b.json:1:2 error policies: at least one policy is needed\n2 checked: 1 error, 0 warnings; 2 other resources passed over\n",
    });
  });

  it("standard input", async () => {
    const { code, out } = await waypost(["-", "--filter", "authz"], "mode: SHADOW\n");
    expect([code, out.split("\n")[0]]).toEqual([1, "-:1:1 error policies: at least one policy is needed"]);
  });

  it("modules of one's own", async () => {
    const file = path.join(root, "build/examples/json-body.wasm");
    const { code, out } = await waypost(["own.yaml", "--module", `body=${file}`]);
    expect([code, out.split("\n")[0]]).toEqual([
      1,
      expect.stringMatching(/^own.yaml:8:19 error spec.pluginConfig.field: /),
    ]);
    expect((await waypost(["own.yaml"])).out).toMatch(/; 1 plugin of other modules: not checked\n$/);
  });
});

describe("prints", () => {
  it("JSON", async () => {
    const { code, out } = await waypost(["wrong.yaml", "none.yaml", "--format", "json"]);
    expect(code).toBe(2);
    expect(JSON.parse(out)).toEqual({
      problems: [
        {
          severity: "error",
          file: "wrong.yaml",
          line: 1,
          column: 25,
          path: "policies[0].rule",
          message: "unknown field, did you mean rules?",
        },
      ],
      unreadable: [{ file: "none.yaml", why: "there is no such file or folder" }],
      summary: { checked: 1, notChecked: 0, passedOver: 0, errors: 1, warnings: 0 },
    });
  });

  it("workflow commands, with what means something in them escaped", async () => {
    const { out } = await waypost(["odd,name:%.yaml", "--format", "github"]);
    expect(out.split("\n")[0]).toBe(
      "::error file=odd%2Cname%3A%25.yaml,line=1,col=25::policies[0].rule: unknown field, did you mean rules?",
    );
  });

  it("no colours where no terminal reads", async () => {
    const { out } = await waypost(["wrong.yaml"], "", { FORCE_COLOR: "1", CI: "true" });
    expect(out).not.toContain("\u001b");
  });

  it("control characters of names as what they are", async () => {
    const { out } = await waypost(["-"], '"policies": [{ name: all, rules: [{}], "\\e[31mred\\n::error::": 1 }]\n');
    expect(out.split("\n")[0]).toBe("-:1:40 error policies[0].\\u001b[31mred\\u000a::error::: unknown field");
  });
});
