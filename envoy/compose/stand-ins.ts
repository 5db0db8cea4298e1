/** Images made of what this machine has: a program, the libraries that it is linked to, and nothing else. */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DEFAULT_VERSION, findEnvoy } from "../find-envoy.ts";
import { findPrometheus } from "../prometheus/index.ts";
import { runCommand } from "../run-command.ts";
import { BUNDLE, BUNDLE_FOLDER, bundleServices } from "./bundle.ts";
import { PROXIES, RUN_FOLDER } from "./services/addresses.ts";
import type { Docker } from "./docker.ts";

/** Milliseconds. */
const BUILD_TIMEOUT = 60_000;

/** Says that an image is a stand-in, and for what. */
const LABEL = "io.waypost.stand-in";

/** What a stand-in is made of. */
interface StandIn {
  /** In words for people: `Envoy 1.40.0`. */
  what: string;
  /** Programs: path in the image, and on this machine. */
  programs: Readonly<Record<string, string>>;
  /** Other files, the same way. */
  files?: Readonly<Record<string, string>>;
  /** Folders in the image for its user to write. */
  writable?: { folders: readonly string[]; uid: number };
  entrypoint: readonly string[];
}

/** How each is put together, by what it stands in for. */
export const STAND_INS = { waypoint: envoy, prometheus, "otel-collector": collector, services } as const;

/** Builds a stand-in under the tag of the image that cannot be had. Gives a line for people. */
export async function buildStandIn(
  docker: Docker,
  image: string,
  describe: (image: string) => Promise<StandIn>,
): Promise<string> {
  const standIn = await describe(image);
  const folder = await mkdtemp(path.join(tmpdir(), "waypost-image-"));
  try {
    await layOut(standIn, folder);
    await docker.run(["build", "--quiet", "--tag", image, folder], { timeout: BUILD_TIMEOUT });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return `${image}: ${standIn.what} of this machine`;
}

/** What an image of this machine is a stand-in made of; empty: it is none, or is not there. */
export async function standInLabel(docker: Docker, image: string): Promise<string> {
  const label = ["image", "inspect", "--format", `{{index .Config.Labels "${LABEL}"}}`, image];
  return (await docker.run(label).catch(() => "")).trim();
}

/** Of the version that the tag names; where that is the default, which any will do for, else of the one that there is. */
async function envoy(image: string): Promise<StandIn> {
  const wanted = /v(\d+\.\d+\.\d+)$/.exec(image)?.[1] ?? DEFAULT_VERSION;
  const exactly = findEnvoy({ env: { ...process.env, ENVOY_VERSION: wanted } });
  const { path: binary, version } = await (wanted === DEFAULT_VERSION ? exactly.catch(() => findEnvoy()) : exactly);
  const program = "/usr/local/bin/envoy";
  return { what: `Envoy ${version}`, programs: { [program]: binary }, entrypoint: [program] };
}

async function prometheus(): Promise<StandIn> {
  const { path: server, promtool, version } = await findPrometheus();
  return {
    what: `Prometheus ${version}`,
    programs: { "/bin/prometheus": server, "/bin/promtool": promtool },
    writable: { folders: ["prometheus"], uid: 65534 },
    entrypoint: ["/bin/prometheus"],
  };
}

/** As deploy/compose/Dockerfile. */
async function services(): Promise<StandIn> {
  const bundled = await nodeWithBundle();
  return {
    ...bundled,
    files: { ...bundled.files, "/app/waypoint.wasm": "build/waypoint.wasm" },
    writable: { folders: PROXIES.map((proxy) => path.join(RUN_FOLDER, proxy)), uid: 65532 },
    entrypoint: ["node", "/app/services.cjs"],
  };
}

/** Our receiver of OTLP, which needs no configuration: what the command says of one is left unread. */
async function collector(): Promise<StandIn> {
  return { ...(await nodeWithBundle()), entrypoint: ["node", "/app/services.cjs", "collector"] };
}

async function nodeWithBundle() {
  await bundleServices();
  const files = Object.values(BUNDLE).map((name) => [`/app/${name}`, path.join(BUNDLE_FOLDER, name)] as const);
  return {
    what: `Node ${process.versions.node} and our own services`,
    programs: { "/usr/local/bin/node": process.execPath },
    files: Object.fromEntries(files),
  };
}

/** Writes what `docker build` reads. */
async function layOut({ what, programs, files = {}, writable, entrypoint }: StandIn, folder: string): Promise<void> {
  const root = path.join(folder, "root");
  const place = async (inImage: string, here: string) => {
    await mkdir(path.join(root, path.dirname(inImage)), { recursive: true });
    await copyFile(here, path.join(root, inImage));
  };
  for (const [inImage, here] of Object.entries({ ...programs, ...files })) await place(inImage, here);
  for (const binary of Object.values(programs))
    for (const library of await libraries(binary)) await place(library, library);
  const lines = [
    "FROM scratch",
    `LABEL ${LABEL}=${JSON.stringify(what)}`,
    "ENV PATH=/usr/local/bin:/bin",
    "COPY root/ /",
  ];
  if (writable !== undefined) {
    for (const name of writable.folders) await mkdir(path.join(folder, "writable", name), { recursive: true });
    lines.push(`COPY --chown=${writable.uid}:${writable.uid} writable/ /`, `USER ${writable.uid}:${writable.uid}`);
  }
  lines.push(`ENTRYPOINT ${JSON.stringify(entrypoint)}`);
  await writeFile(path.join(folder, "Dockerfile"), `${lines.join("\n")}\n`);
}

/** The libraries and the loader that a program is linked to. None: it is linked statically. */
async function libraries(binary: string): Promise<string[]> {
  const listed = await runCommand("ldd", [binary]).catch((error: unknown) => {
    if ((error as Error).message.includes("not a dynamic executable")) return "";
    throw error;
  });
  return [...listed.matchAll(/(?:=> |^\s*)(\/\S+) \(/gm)].map(([, file = ""]) => file);
}
