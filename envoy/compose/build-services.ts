/** `tsx envoy/compose/build-services.ts`: what goes into the image of our own services (deploy/compose/Dockerfile). */
import { buildOrFail } from "../../cli/build/build.mjs";
import { bundleServices } from "./bundle.ts";

await buildOrFail(["waypoint"]);
await bundleServices();
