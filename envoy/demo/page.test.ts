/** docs/demos.md: its table is the list of demos, and what it says of a Gateway is so. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { DEMOS } from "./demos/index.ts";
import { metrics } from "./demos/metrics.ts";
import { CHECKOUT } from "./surroundings.ts";

/** The cells of the rows of the page's only table. */
function rows(): string[][] {
  const lines = text("docs/demos.md").split("\n");
  const [, , ...rest] = lines.filter((line) => line.startsWith("|"));
  return rest.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function text(file: string): string {
  return readFileSync(path.join(CHECKOUT, file), "utf8");
}

it("the table has every demo in the order of the list, as the demo says it", () => {
  const expected = DEMOS.map(({ name, capability, by }) => {
    const link = `[${name}.yaml](../deploy/demos/${name}.yaml)`;
    return [capability, by, `\`npm run demo -- ${name}\``, link];
  });
  expect(rows()).toEqual(expected);
});

it("metrics has the labels that the Gateway of deploy/manifests names", () => {
  const { spec } = parse(text("deploy/manifests/waypoint/gateway.yaml")) as {
    spec: { infrastructure: { annotations: Record<string, string> } };
  };
  const named = spec.infrastructure.annotations["sidecar.istio.io/extraStatTags"];
  expect(metrics.bookinfo?.extraStatTags).toEqual(named?.split(","));
});
