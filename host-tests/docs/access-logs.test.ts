/** docs/access-logs.md: the filter state that there is, and the line of the decision log as it is written. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { EnvoyHost, loadModule } from "../host/index.ts";
import { page, root } from "./pages.ts";

const { blocks, prose, text } = page("docs/access-logs.md");

/** The documented names of filter state in a text. */
function named(where: string): string[] {
  return [...new Set([...where.matchAll(/wasm\.(waypost_[a-z_]+)/g)].map(([, name = ""]) => name))].sort();
}

/** The cells of a column of the table that begins with this head. */
function column(head: string): string[] {
  const [, table = ""] = prose.split(new RegExp(`^\\| ${head} +\\|.*\\n.*\\n`, "m"));
  const rows = table.slice(0, table.search(/^(?!\|)/m)).trim();
  return rows.split("\n").map((row) => row.split("|")[1] ?? "");
}

/** What filters of ours declare as filter state, by their sources. */
function declared(): string[] {
  const folder = path.join(root, "assembly/filters");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  return files.flatMap((file) => {
    const source = readFileSync(path.join(folder, file), "utf8");
    const constants = source.matchAll(/const (\w+) = Bytes\.constant\("(waypost_[a-z_]+)"\)/g);
    return [...constants].flatMap(([, constant = "", name = ""]) =>
      source.includes(`declareStringFilterState(${constant})`) ? [name] : [],
    );
  });
}

it("the table names all filter state of the filters, and no other", () => {
  const names = column("filter state").flatMap((cell) => named(cell));
  expect(names.sort()).toEqual(declared().sort());
});

it("formats print only filter state that is in the table", () => {
  const names = column("filter state").flatMap((cell) => named(cell));
  expect(named(text).filter((name) => !names.includes(name))).toEqual([]);
});

describe("the line of the decision log", async () => {
  const module = await loadModule("build/waypoint.wasm");
  const examples = blocks.filter(({ language }) => language === "json").map(({ code }) => JSON.parse(code) as object);
  const shown = examples.find((one) => "waypost" in one) as Record<string, unknown>;

  it("is what the filters write", () => {
    const host = new EnvoyHost({ logLevel: "warn" });
    const l7Metrics = {
      operations: [
        { name: "delete_review", match: [{ method: { exact: "DELETE" }, uri: { template: "/reviews/{id}" } }] },
      ],
      decisionLog: { requests: "DENIED", samplePercent: 100 },
    };
    const rules = [{ to: [{ operation: { methods: ["DELETE"] } }] }];
    const authz = { policies: [{ name: "admin", action: "DENY", rules }] };
    host.addFilter({ name: "bookinfo.waypoint", module, configuration: JSON.stringify({ authz, l7Metrics }) });
    const principal = { "io.istio.peer_principal": shown["principal"] as string };
    host.request({
      method: "DELETE",
      path: "/reviews/7",
      headers: { "x-request-id": shown["request_id"] as string },
      connection: host.connection({ filterState: principal }),
    });
    // The Node host has no metadata of a service, from which istiod's waypoint knows its name.
    const { service, ...rest } = shown;
    expect(service).toBe("bookinfo/reviews");
    expect(host.logs.map(({ message }) => message)).toEqual([JSON.stringify(rest)]);
  });

  it("has no member that the table lacks", () => {
    const members = column("member").flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
    expect(Object.keys(shown).filter((name) => !members.includes(name))).toEqual([]);
  });
});
