/** What docker-compose.yml mounts is what `npm start` writes. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { PluginFile } from "../local/plugin-file.ts";

const COMPOSE_FILE = "deploy/compose/config/waypoint.yaml";

it("begins with the configuration of npm start", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "waypost-compose-"));
  try {
    const { path: written } = await PluginFile.open(folder, true);
    const hint = `npm start -- --reset --once writes .waypost/waypoint.yaml; ${COMPOSE_FILE} is a copy of it`;
    expect(await readFile(COMPOSE_FILE, "utf8"), hint).toBe(await readFile(written, "utf8"));
  } finally {
    await rm(folder, { recursive: true });
  }
});
