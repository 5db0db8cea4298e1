/** Two builds of one commit give the same bytes; and what the command refuses. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readProvenance } from "../../cli/image/provenance.ts";
import { newFolder, put, runImage } from "./run.ts";

const made: string[] = [];

afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function remembered(folder: string): string {
  made.push(folder);
  return folder;
}

/** Every file below a folder, with its content. */
function contentsOf(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = files.map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name))).sort();
  return new Map(names.map((name) => [name, readFileSync(path.join(folder, name), "latin1")]));
}

describe("two builds", () => {
  it("in other folders, at other times, with other umasks and time zones, are the same", async () => {
    const one = remembered(newFolder(new Date("2001-02-03T04:05:06Z")));
    const other = remembered(newFolder());
    await runImage(one, [], { umask: "077", env: { SOURCE_DATE_EPOCH: "1790000000", TZ: "Pacific/Kiritimati" } });
    await runImage(other, ["--out", "elsewhere"], {
      umask: "002",
      env: { SOURCE_DATE_EPOCH: "1790000000", TZ: "UTC" },
    });
    // The circumstances did differ.
    expect(modeOf(path.join(one, "build/images/SHA256SUMS"))).toBe(0o600);
    expect(modeOf(path.join(other, "elsewhere/SHA256SUMS"))).toBe(0o664);
    expect(contentsOf(path.join(one, "build/images"))).toEqual(contentsOf(path.join(other, "elsewhere")));
  });

  it("of other commits share the layer when the module is the same", async () => {
    const folder = remembered(newFolder());
    const blobs = () => readdirSync(path.join(folder, "build/images/authz/image/blobs/sha256"));
    await runImage(folder);
    const before = blobs();
    await runImage(folder, [], { env: { SOURCE_DATE_EPOCH: "1790000001" } });
    expect(blobs()).toHaveLength(before.length);
    expect(blobs().filter((blob) => before.includes(blob))).toHaveLength(1);
  });
});

describe("the command refuses", () => {
  let folder: string;
  beforeAll(() => {
    folder = remembered(newFolder());
  });

  it("to replace a folder that is not its own", async () => {
    put(folder, "mine/notes.txt", "keep");
    await expect(runImage(folder, ["--out", "mine"])).rejects.toThrow("no SHA256SUMS");
    expect(readFileSync(path.join(folder, "mine/notes.txt"), "utf8")).toBe("keep");
  });

  it("to guess a time", async () => {
    await expect(runImage(folder, [], { env: {} })).rejects.toThrow("set SOURCE_DATE_EPOCH");
    const env = { SOURCE_DATE_EPOCH: "yesterday" };
    await expect(runImage(folder, [], { env })).rejects.toThrow('SOURCE_DATE_EPOCH is "yesterday"');
  });

  it.each([
    ["https://me:secret@git.example.com/waypost", "credentials"],
    ["git@git.example.com:waypost", "must begin with https://"],
  ])("the source %s, without repeating it", async (source, why) => {
    const refusal = await runImage(folder, ["--source", source]).catch((error: unknown) => error as { stderr: string });
    expect(refusal).toMatchObject({ stderr: expect.stringContaining(why) as string });
    expect((refusal as { stderr: string }).stderr).not.toContain("git.example.com");
  });

  it("a module that is not what the build wrote", async () => {
    const changed = remembered(newFolder());
    put(changed, "build/authz.wasm", "\0asm\x01\0\0\0");
    await expect(runImage(changed)).rejects.toThrow("build/authz.wasm: not what the build wrote");
  });
});

describe("the commit", () => {
  let checkout: string;
  const git = (...args: string[]) => execFileSync("git", args, { cwd: checkout, encoding: "utf8", env: commitEnv });
  const commitEnv = {
    ...process.env,
    ...{ GIT_AUTHOR_NAME: "A", GIT_AUTHOR_EMAIL: "a@example.com", GIT_AUTHOR_DATE: "1780000000 +0200" },
    ...{ GIT_COMMITTER_NAME: "A", GIT_COMMITTER_EMAIL: "a@example.com", GIT_COMMITTER_DATE: "1780000000 +0200" },
  };

  beforeAll(() => {
    checkout = remembered(mkdtempSync(path.join(tmpdir(), "waypost-image-")));
    put(checkout, "package.json", JSON.stringify({ version: "1.2.3", license: "MIT", repository: REPOSITORY }));
    git("init", "--quiet");
    git("add", ".");
    git("commit", "--quiet", "--message", "one");
  });

  /** As the command sees it in `folder`. */
  function provenanceIn(folder: string, env: NodeJS.ProcessEnv = {}, source?: string) {
    const before = process.cwd();
    process.chdir(folder);
    try {
      return readProvenance(env, source);
    } finally {
      process.chdir(before);
    }
  }

  it("gives time and revision, package.json the rest", () => {
    const revision = git("rev-parse", "HEAD").trim();
    expect(provenanceIn(checkout)).toEqual({
      ...{ version: "1.2.3", licenses: "MIT", source: "https://git.example.com/waypost.git" },
      ...{ created: "2026-05-28T20:26:40Z", revision },
    });
    expect(provenanceIn(checkout, { SOURCE_DATE_EPOCH: "0" }).created).toBe("1970-01-01T00:00:00Z");
    expect(provenanceIn(checkout, {}, "https://fork.example.com/w").source).toBe("https://fork.example.com/w");
  });

  it("is not that of a repository around it", () => {
    const inner = path.join(checkout, "node_modules/waypost");
    put(inner, "package.json", JSON.stringify({ version: "1.2.3", license: "MIT" }));
    expect(() => provenanceIn(inner)).toThrow("no commit of this folder");
  });

  it("is marked when something differs from it", () => {
    put(checkout, "new.txt", "");
    expect(provenanceIn(checkout).revision).toMatch(/^[0-9a-f]{40}-dirty$/);
  });
});

const REPOSITORY = { type: "git", url: "git+https://git.example.com/waypost.git" };

function modeOf(file: string): number {
  return statSync(file).mode & 0o777;
}
