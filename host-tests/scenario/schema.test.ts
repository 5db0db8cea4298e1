import { readFileSync } from "node:fs";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import ts from "typescript";
import { afterEach, describe, expect, it } from "vitest";
import { loadScenarios } from "./load.ts";
import { scenarioProblems, scenarioSchema } from "./schema.ts";

interface Definition {
  properties?: Record<string, Definition>;
  required?: string[];
  enum?: string[];
}

const { definitions } = scenarioSchema as { definitions: Record<string, Definition> };
const source = ts.createSourceFile(
  "format.ts",
  readFileSync(new URL("format.ts", import.meta.url), "utf8"),
  ts.ScriptTarget.Latest,
);

describe("schema.json and format.ts", () => {
  it.each(source.statements.filter(ts.isInterfaceDeclaration).map((node) => [node.name.text, node] as const))(
    "agree on the members of %s",
    (name, node) => {
      const members = node.members.filter(ts.isPropertySignature);
      const names = (wanted: ts.PropertySignature[]) => wanted.map((member) => (member.name as ts.Identifier).text);
      const definition = definitions[name];
      expect(Object.keys(definition?.properties ?? {}).sort()).toEqual(names(members).sort());
      const required = members.filter((member) => member.questionToken === undefined);
      expect([...(definition?.required ?? [])].sort()).toEqual(names(required).sort());
    },
  );

  it("agree on the signature algorithms", () => {
    expect(definitions["SignatureAlgorithm"]?.enum).toEqual(literalsOf("SignatureAlgorithm"));
  });

  it("agree on the mutations of a token", () => {
    const kinds = typeAlias("TokenMutation").types.map((type) => {
      const member = (type as ts.TypeLiteralNode).members[0];
      return (member?.name as ts.Identifier).text;
    });
    expect(Object.keys(definitions["TokenMutation"]?.properties ?? {})).toEqual(kinds);
  });
});

describe("scenarioProblems", () => {
  const scenario = {
    name: "passes",
    module: "jwt-auth",
    steps: [{ name: "one", request: {}, expect: { status: 200 } }],
  };

  it("accepts a scenario", () => {
    expect(scenarioProblems(scenario)).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ["an unknown field", { ...scenario, tokenz: {} }, "scenario: unknown field tokenz"],
    ["a missing name", { ...scenario, name: undefined }, "scenario: must have required property 'name'"],
    ["a wrong duration", { ...scenario, steps: [{ ...scenario.steps[0], wait: "5 s" }] }, "steps.0.wait: must match"],
    ["steps of a refused scenario", { ...scenario, refused: ["no"] }, "scenario: must match exactly one schema"],
    ["a module beside a pipeline", { ...scenario, pipeline: {} }, "scenario: must match exactly one schema"],
    ["a configuration beside plugins", { name: "n", plugins: [{ module: "m" }], config: {} }, "property module"],
    ["a route to nowhere", { ...scenario, routes: [{ match: {} }] }, "routes.0: must match exactly one schema"],
    ["an unknown algorithm", { ...scenario, keys: { a: { alg: "none" } } }, "keys.a.alg: must be equal to one of"],
  ])("refuses %s", (_what, data, problem) => {
    expect(scenarioProblems(JSON.parse(JSON.stringify(data)))).toContainEqual(expect.stringContaining(problem));
  });
});

describe("loadScenarios", () => {
  const folders: string[] = [];
  afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

  function folderWith(files: Record<string, string>): string {
    const folder = mkdtempSync(path.join(tmpdir(), "waypost-scenarios-"));
    folders.push(folder);
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    return folder;
  }

  it("reads documents and lists, in order of the files", () => {
    const folder = folderWith({
      "b.yaml": "- &base {name: three, module: m, refused: [no]}\n- {<<: *base, name: four}\n",
      "a.yaml": "name: one\nmodule: m\nrefused: [no]\n---\nname: two\nmodule: m\nrefused: [no]\n",
    });
    const found = loadScenarios(folder).map(({ file, index, scenario }) => `${file}[${index}] ${scenario.name}`);
    expect(found).toEqual(["a.yaml[0] one", "a.yaml[1] two", "b.yaml[0] three", "b.yaml[1] four"]);
  });

  it("names the file and the path of every problem", () => {
    const folder = folderWith({
      "a.yaml": "name: one\nmodule: m\nstepz: []\n",
      "b.yaml": "name: [\n",
      "c.yaml": "[{name: twice, module: m, refused: [a]}, {name: twice, module: m, refused: [a]}]\n",
    });
    expect(() => loadScenarios(folder)).toThrow(/a\.yaml\[0\] "one": scenario: unknown field stepz/);
    expect(() => loadScenarios(folder)).toThrow(/b\.yaml: /);
    expect(() => loadScenarios(folder)).toThrow(/c\.yaml: there are two scenarios "twice"/);
  });
});

function typeAlias(name: string): ts.UnionTypeNode {
  const found = source.statements.filter(ts.isTypeAliasDeclaration).find((node) => node.name.text === name);
  return found?.type as ts.UnionTypeNode;
}

function literalsOf(name: string): string[] {
  return typeAlias(name).types.map((type) => ((type as ts.LiteralTypeNode).literal as ts.StringLiteral).text);
}
