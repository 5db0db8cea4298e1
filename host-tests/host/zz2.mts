import { loadScenarios } from "../scenario/load.ts";
import { runScenarioInNode } from "../scenario/node-runner.ts";
let ok = 0, bad = 0;
const t = Date.now();
for (const { file, scenario } of loadScenarios("host-tests/scenarios")) {
  if (scenario.only?.host === "envoy") continue;
  const p = await runScenarioInNode(scenario).catch((e) => [String(e.stack ?? e)]);
  if (p.length) { bad++; console.log(file, "|", scenario.name); console.log(p.slice(0, 2).map((x) => "    " + x.slice(0, 300)).join("\n")); } else ok++;
}
console.log(ok, "ok", bad, "bad", Date.now() - t, "ms");
