/**
 * The images that docker-compose.yml names: there already, pulled, or, where no registry answers, stand-ins with the same
 * tags, made of the programs of this machine.
 */
import type { Docker } from "./docker.ts";
import type { ComposeProject } from "./project.ts";
import { buildStandIn, standInLabel, STAND_INS } from "./stand-ins.ts";

/** Milliseconds until a pull must show a first byte, and for the whole of it; a build from the Dockerfile. */
const FIRST_BYTE = 15_000;
const PULL_TIMEOUT = 120_000;
const BUILD_TIMEOUT = 180_000;

/** What `prepareImages` found. */
export interface Images {
  /** Lines for people: the image, and what its stand-in is made of. */
  standIns: readonly string[];
  /** Why an image cannot be had, by service. */
  missing: ReadonlyMap<string, string>;
}

/** Makes sure of the image of every service, as far as that can be. */
export async function prepareImages(docker: Docker, project: ComposeProject): Promise<Images> {
  const { services } = await project.file();
  const registry = new Registry(docker);
  const standIns: string[] = [];
  const missing = new Map<string, string>();
  for (const service of ["waypoint", "prometheus", "otel-collector"] as const) {
    const standIn = await prepareImage(docker, services[service].image, service, registry);
    if (standIn !== undefined) standIns.push(standIn);
  }
  const { image: own, build } = services.agent;
  if ((await registry.silence(build.args.NODE_IMAGE)) === undefined) await project.build(BUILD_TIMEOUT);
  else standIns.push(await buildStandIn(docker, own, STAND_INS.services));
  // The largest come last, and there is nothing to make stand-ins of.
  for (const service of ["jaeger", "grafana"] as const) {
    const silence = await registry.silence(services[service].image);
    if (silence !== undefined) missing.set(service, silence);
  }
  return { standIns, missing };
}

/** Makes sure of the image of one service. Gives a line for people when it is a stand-in. Rejects when none can be made. */
export async function prepareImage(
  docker: Docker,
  image: string,
  service: keyof typeof STAND_INS,
  registry = new Registry(docker),
): Promise<string | undefined> {
  const made = await standInLabel(docker, image);
  if (made !== "") return `${image}: ${made} (made before)`;
  const silence = await registry.silence(image);
  return silence === undefined ? undefined : buildStandIn(docker, image, STAND_INS[service]);
}

/** What a registry says that answers: an image that is not there is our mistake, and no case for a stand-in. */
const ANSWERED = /manifest unknown|: not found|denied/;

/** Where images come from. */
class Registry {
  readonly #docker: Docker;
  /** Why it did not answer; then it is not asked again. */
  #silence: string | undefined;

  constructor(docker: Docker) {
    this.#docker = docker;
  }

  /** Makes sure of an image. Gives why it cannot be had when no registry answers; rejects when one does, but has it not. */
  async silence(image: string): Promise<string | undefined> {
    try {
      await this.#docker.run(["image", "inspect", image]);
      return undefined;
    } catch {
      // Not here.
    }
    return (this.#silence ??= await this.#pull(image));
  }

  async #pull(image: string): Promise<string | undefined> {
    try {
      await this.#docker.run(["pull", image], {
        timeout: PULL_TIMEOUT,
        firstSign: { pattern: /\S/, within: FIRST_BYTE },
      });
      return undefined;
    } catch (error) {
      const { message } = error as Error;
      if (ANSWERED.test(message)) throw error;
      return message;
    }
  }
}
