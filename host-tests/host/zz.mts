import { readFileSync } from "node:fs";
import { loadModule } from "./index.ts";
import { CONFORMANCE_CASES } from "./conformance/cases.ts";
import { runInNode } from "./conformance/node.ts";
const REC = JSON.parse(readFileSync("host-tests/host/conformance/recorded.json", "utf8"));
const module = await loadModule("/tmp/probe.wasm");
const filter = process.argv.slice(2).join(" ");
let bad = 0, n = 0;
function diff(path: string, a: any, b: any) {
  if (JSON.stringify(a) === JSON.stringify(b)) return;
  if (Array.isArray(a) && Array.isArray(b) && typeof (a[0] ?? b[0]) === "string") {
    const out: string[] = [];
    for (let i = 0; i < Math.max(a.length, b.length); i++) if (a[i] !== b[i]) out.push(`      node  ${a[i]?.slice?.(0,300)}\n      envoy ${b[i]?.slice?.(0,300)}`);
    console.log(`   ${path}\n${out.slice(0, 8).join("\n")}${out.length > 8 ? "\n      …" : ""}`); return;
  }
  if (a && b && typeof a === "object" && typeof b === "object") { for (const k of new Set([...Object.keys(a), ...Object.keys(b)])) diff(`${path}.${k}`, a[k], b[k]); return; }
  console.log(`   ${path}\n      node  ${JSON.stringify(a)?.slice(0,300)}\n      envoy ${JSON.stringify(b)?.slice(0,300)}`);
}
for (const c of CONFORMANCE_CASES) {
  if (!c.name.includes(filter)) continue;
  n++;
  let got: any; try { got = runInNode(c, module); } catch (e) { got = { error: String((e as Error).stack).slice(0, 400) }; }
  if (JSON.stringify(got) === JSON.stringify(REC[c.name])) continue;
  // key order insensitive
  const s = (x: any): string => JSON.stringify(x, (k, v) => v && typeof v === "object" && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort()) : v);
  if (s(got) === s(REC[c.name])) continue;
  bad++; console.log(`## ${c.name}`); diff("", got, REC[c.name]);
}
console.log(`${bad} of ${n} differ`);
