/** docs/installation.md: the overlay that it has readers write, and what it says of the manifests. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { page, root } from "../docs/pages.ts";
import { Reader } from "../schema/judges.ts";
import { kustomize, resolve, type Kustomization } from "./kustomize.ts";
import { MANIFESTS, pluginOf } from "./manifests.ts";
import { problems } from "./models.ts";

const { blocks, prose, text } = page("docs/installation.md");
/** A digest that YAML takes for a number, unless it stands in quotes. */
const DIGEST = "12345678".repeat(8);

it("the overlay of one's own pins the image, and shadows what decides", async () => {
  const script = blocks.map(({ code }) => code).find((code) => code.includes("<<EOF")) ?? "";
  const [, written = ""] = /<<EOF\n([^]*?)\nEOF\n/.exec(script) ?? [];
  const kustomization = parse(written.replace("$DIGEST", DIGEST)) as Kustomization;
  const manifests = resolve(kustomization, `${MANIFESTS}/overlays/mine`);
  const manifest = manifests.find(({ kind, metadata }) => kind === "WasmPlugin" && metadata.name === "waypoint")!;
  expect(await problems(manifest)).toEqual([]);
  const { sha256, pluginConfig } = pluginOf(manifest)!.module;
  expect(sha256).toBe(DIGEST);
  expect(pluginConfig).toMatchObject({ jwtAuth: { mode: "SHADOW" }, authz: { mode: "SHADOW" } });
  const reader = await Reader.load("waypoint");
  expect(reader.problems(pluginConfig)).toEqual([]);
});

it("the table of overlays has each, with its plugins", () => {
  const rows = [...prose.matchAll(/^\| (?:\[`([a-z-]+)`\]\(\S*overlays\/\S*\)|`([a-z-]+)`) +\| ([^|]*)\|/gm)];
  const overlays = new Map(rows.map(([, linked, plain, plugins = ""]) => [linked ?? plain ?? "", plugins]));
  expect([...overlays.keys()].sort()).toEqual(readdirSync(path.join(root, MANIFESTS, "overlays")).sort());
  for (const [overlay, plugins] of overlays) {
    const there = kustomize(`${MANIFESTS}/overlays/${overlay}`).flatMap((one) => pluginOf(one)?.name ?? []);
    const named = [...plugins.matchAll(/`([\w-]+)`/g)].map(([, name]) => name);
    expect(named.sort(), overlay).toEqual(there.sort());
  }
});

it("the table of phases is that of the plugins", () => {
  const rows = [...prose.matchAll(/^\| (AUTHN|AUTHZ|STATS) \| `([\w-]+)`(?: \((\d+)\))? +\| `(\w+)`/gm)];
  const told = rows.map(([, phase, name, priority, failStrategy]) => ({
    ...{ name, phase, failStrategy, priority: priority === undefined ? undefined : Number(priority) },
  }));
  const there = ["filters", "pipeline"]
    .flatMap((overlay) => kustomize(`${MANIFESTS}/overlays/${overlay}`))
    .flatMap((manifest) => pluginOf(manifest) ?? [])
    .map(({ name, phase, priority, module: { failStrategy } }) => ({ name, phase, priority, failStrategy }));
  expect(new Set(told.map((row) => JSON.stringify(Object.entries(row).sort())))).toEqual(
    new Set(there.map((row) => JSON.stringify(Object.entries(row).sort()))),
  );
});

it("each cell about a version says how it is known", () => {
  const section = text.split("## Versions of Istio")[1]?.split("\n## ")[0] ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| ") && !/^\| (what|-+) /.test(line));
  const cells = rows.flatMap((row) => row.split("|").slice(2, -1)).map((cell) => cell.trim());
  expect(cells.length).toBeGreaterThan(50);
  expect(cells.filter((cell) => !/\((read|run)[^)]*\)$|^not known$/.test(cell))).toEqual([]);
});
