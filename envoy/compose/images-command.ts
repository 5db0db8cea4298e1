/** `npm run images:stand-in`: makes sure of the images that `docker compose up` needs, and says which are stand-ins. */
import { Docker } from "./docker.ts";
import { prepareImages } from "./images.ts";
import { ComposeProject } from "./project.ts";

try {
  const docker = await Docker.find();
  const { standIns, missing } = await prepareImages(docker, new ComposeProject(docker, "waypost", {}));
  for (const line of standIns) console.log(`stand-in for ${line}`);
  for (const [service, why] of missing) console.log(`no image for ${service}: ${why}`);
  if (standIns.length === 0) console.log("Every image is the one that docker-compose.yml names.");
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
