/** docs/tracing.md: its configurations are those that envoy/e2e/tracing.test.ts runs. */
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { expect, it } from "vitest";
import { tracing, WAYPOST_TAGS } from "./tracing.ts";

interface Telemetry {
  kind?: string;
  spec?: { tracing?: { customTags?: object }[] };
  tracing?: object;
}

const text = readFileSync(new URL("../../docs/tracing.md", import.meta.url), "utf8");
const documents = [...text.matchAll(/^```yaml\n([^]*?)^```$/gm)].flatMap(([, code = ""]) =>
  parseAllDocuments(code).map((document) => document.toJS() as Telemetry),
);

it("Envoy's configuration is that of the test", () => {
  const shown = documents.find((document) => "tracing" in document)?.tracing;
  expect(shown).toEqual(tracing({ cluster: "collector", samplePercent: 10, tags: WAYPOST_TAGS }));
});

it("Istio's has the same tags", () => {
  const telemetry = documents.find(({ kind }) => kind === "Telemetry");
  const formatters = Object.entries(WAYPOST_TAGS).map(([tag, value]) => [tag, { formatter: { value } }]);
  expect(telemetry?.spec?.tracing?.[0]?.customTags).toEqual(Object.fromEntries(formatters));
});

it("the table explains each tag", () => {
  const rows = [...text.matchAll(/^\| `(waypost\.[a-z_]+)`/gm)].map(([, tag]) => tag);
  expect(rows).toEqual(Object.keys(WAYPOST_TAGS));
});
