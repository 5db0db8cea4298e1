/** `npx tsx envoy/prometheus/dashboard/generate.ts`: writes deploy/observability/dashboard.json. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { dashboardText } from "./text.ts";

const FILE = path.resolve("deploy/observability/dashboard.json");

await writeFile(FILE, await dashboardText(FILE));
console.log(`${path.relative(".", FILE)}: written`);
