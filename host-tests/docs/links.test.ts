/** What the documentation points at exists: pages, headings, files, commands. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { anchors, page, pages, root, type Page } from "./pages.ts";

/** A path of the checkout between backquotes; names with placeholders or `*` are none. */
const PATH = /`((?:assembly|bench|cli|deploy|docs|envoy|examples|host-tests)\/[\w./-]+)`/g;

/** What a reader makes with what the page says: no clone has it. */
const MADE = ["examples/hello/index.ts", "host-tests/hello-filter.test.ts", "bench/results/"];

/** What `waypost new` makes; its pages and ours name its files and its scripts as they are there. */
const PROJECT = "cli/waypost/new/template";

const scripts = scriptsOf("package.json");
const scriptsOfProject = scriptsOf(`${PROJECT}/package.json`);

const inRoot = (file: string) => existsSync(path.join(root, file));
const inProject = (file: string) => inRoot(path.posix.join(PROJECT, file));

describe.each(pages().map((one) => [one.file, one] as const))("%s", (_, current) => {
  it("links to what is there", () => {
    const targets = [...current.prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
    expect(targets.filter((target) => !isThere(target, current))).toEqual([]);
  });

  it("names files that are there", () => {
    const named = [...current.prose.matchAll(PATH)].map(([, file = ""]) => file);
    expect(named.filter((file) => !inRoot(file) && !inProject(file) && !MADE.includes(file))).toEqual([]);
  });

  it("names commands that there are", () => {
    const commands = [...current.text.matchAll(/\bnpm (run )?([a-z](?:[\w:-]*\w)?)/g)].map(([, run, name = ""]) => ({
      run,
      name,
    }));
    const ours = commands.filter(({ run, name }) => run !== undefined || name === "start" || name === "test");
    expect(ours.filter(({ name }) => (scripts[name] ?? scriptsOfProject[name]) === undefined)).toEqual([]);
    const programs = [...current.text.matchAll(/\bnode (cli\/[\w/.-]+)/g)].map(([, file = ""]) => file);
    expect(programs.filter((file) => !inRoot(file))).toEqual([]);
  });
});

it("every script of package.json runs a program that is there", () => {
  const programs = Object.values(scripts).flatMap((command) => command.match(/[\w/-]+\.(?:mjs|ts)\b/g) ?? []);
  expect(programs.filter((file) => !inRoot(file))).toEqual([]);
});

function scriptsOf(file: string): Record<string, string> {
  return (JSON.parse(readFileSync(path.join(root, file), "utf8")) as { scripts: Record<string, string> }).scripts;
}

function isThere(target: string, from: Page): boolean {
  if (/^[a-z]+:/.test(target)) return target.startsWith("https://");
  const [relative = "", anchor] = target.split("#");
  const file = relative === "" ? from.file : path.posix.join(path.posix.dirname(from.file), relative);
  if (!inRoot(file)) return false;
  return anchor === undefined || anchors(page(file)).includes(anchor);
}
