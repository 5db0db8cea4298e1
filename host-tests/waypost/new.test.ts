/** `waypost new`: which names it takes, what it writes, and that the template goes with this version of Waypost. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { dependencyOn } from "../../cli/waypost/new/dependency.ts";
import { nameProblem } from "../../cli/waypost/new/names.ts";
import { writeProject } from "../../cli/waypost/new/write-project.ts";
import { problems, unknownFields } from "../deploy/models.ts";
import type { Manifest } from "../deploy/manifests.ts";

const TEMPLATE = "cli/waypost/new/template";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "waypost-new-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("names", () => {
  it.each(["a", "7", "hello", "hello-filter", "v2-3", "x".repeat(63)])("%j is one", (name) => {
    expect(nameProblem(name)).toBeUndefined();
  });

  it.each(["", "-a", "a-", "A", "a_b", "a.b", "a/b", "@a/b", "../a", "a b", "ä", "x".repeat(64)])(
    "%j is none: no DNS label",
    (name) => {
      expect(nameProblem(name)).toContain("DNS label");
    },
  );

  it("of what the project depends on are none, because npm would not install that", () => {
    const { devDependencies } = json(`${TEMPLATE}/package.json`) as { devDependencies: Record<string, string> };
    const names = Object.keys(devDependencies).filter((name) => !name.startsWith("@"));
    expect(names).toContain("waypost");
    for (const name of names) expect(nameProblem(name)).toBe(`the project depends on the package ${name}`);
  });

  it.each(["waypoint", "authz", "waypost-jwt-auth"])("%j is none: a filter of Waypost's", (name) => {
    expect(nameProblem(name)).toContain("is one of Waypost's own filters");
  });

  it("of Node's modules are none", () => {
    expect(nameProblem("http")).toBe("Node has a module of that name");
  });
});

describe("a written project", () => {
  it("has the files of the template, with its own name in place of the template's", () => {
    const written = writeProject("hello", folder);
    expect(filesIn(folder)).toEqual(written.toSorted());
    expect(written).toContain("host-tests/hello.test.ts");
    expect(written).toContain(".gitignore");
    expect(written).toHaveLength(filesIn(TEMPLATE).length);
    for (const file of written) expect(readFileSync(path.join(folder, file), "utf8")).not.toContain("my-filter");
  });

  it("goes into no folder that has files", () => {
    writeFileSync(path.join(folder, "mine"), "");
    expect(() => writeProject("hello", folder)).toThrow(`${folder} is not empty: name another folder with --folder`);
    expect(readdirSync(folder)).toEqual(["mine"]);
    expect(() => writeProject("hello", path.join(folder, "mine"))).toThrow("is not a folder: name another one");
  });

  it("depends on this checkout when this checkout made it", () => {
    const [inside, checkout] = [path.join(folder, "deep", "hello"), path.resolve(".")];
    expect(dependencyOn(inside)).toBe(`file:${path.relative(inside, checkout)}`);
    mkdirSync(inside, { recursive: true });
    writeProject("hello", inside);
    const { devDependencies } = json(path.join(inside, "package.json")) as { devDependencies: object };
    expect(devDependencies).toMatchObject({ waypost: dependencyOn(inside) });
  });
});

describe("the template", () => {
  it("asks for the versions of packages that Waypost is tested with", () => {
    const ours = json("package.json") as { version: string; dependencies: object; devDependencies: object };
    const { waypost, ...others } = (json(`${TEMPLATE}/package.json`) as { devDependencies: Record<string, string> })
      .devDependencies;
    expect({ ...ours.dependencies, ...ours.devDependencies }).toMatchObject(others);
    expect(waypost).toBe(`^${ours.version}`);
  });

  it("compiles as Waypost's own modules do, with the same abort", () => {
    const ours = json("asconfig.json") as { options: object };
    const theirs = json(`${TEMPLATE}/asconfig.json`) as { options: object };
    expect(theirs.options).toEqual({ ...ours.options, use: ["abort=~lib/waypost/assembly/abi/abort/abort"] });
  });

  it("has a WasmPlugin that Istio takes, attached to a service and closed when it fails", async () => {
    const manifest = parse(readFileSync(`${TEMPLATE}/deploy/wasm-plugin.yaml`, "utf8")) as Manifest;
    expect(await problems(manifest)).toEqual([]);
    expect(unknownFields([manifest])).toEqual([]);
    expect(manifest.spec).toMatchObject({
      targetRefs: [{ group: "", kind: "Service" }],
      phase: "AUTHN",
      failStrategy: "FAIL_CLOSE",
    });
  });
});

function json(file: string): unknown {
  return JSON.parse(readFileSync(file, "utf8"));
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}
