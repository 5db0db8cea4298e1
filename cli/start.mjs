/** `npm start [-- arguments]`: a waypoint on this machine, ready for requests. See envoy/local.ts for the arguments. */
import process from "node:process";
import { prepare, runTypeScript } from "./setup.mjs";

await prepare();
const { buildOrFail } = await import("./build/build.mjs");
await buildOrFail(["waypoint"]);
process.exitCode = await runTypeScript("envoy/local.ts", process.argv.slice(2));
