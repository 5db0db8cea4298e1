/** Where an image comes from: what is the same for all modules of one run. */
import { execFileSync } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import process from "node:process";

export interface Provenance {
  version: string;
  /** SPDX license expression. */
  licenses: string;
  /** RFC 3339, UTC, whole seconds. */
  created: string;
  /** The commit, with `-dirty` behind it when files differ from it. Absent outside of a checkout. */
  revision?: string;
  /** URL of the source. */
  source?: string;
}

interface Manifest {
  version: string;
  license: string;
  repository?: string | { url: string };
}

/** The last second of the year 9999: RFC 3339 has no later ones. */
const MAX_EPOCH = 253_402_300_799;

/**
 * Reads package.json and the commit of the working folder. The time is SOURCE_DATE_EPOCH (seconds; reproducible-builds.org),
 * else that of the commit. Throws an Error when there is neither, or when a value cannot be used.
 */
export function readProvenance(env: NodeJS.ProcessEnv, sourceUrl?: string): Provenance {
  const { version, license, repository } = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
  const commit = readCommit();
  const source = sourceUrl ?? (typeof repository === "string" ? repository : repository?.url.replace(/^git\+/, ""));
  return {
    version,
    licenses: license,
    created: createdAt(env.SOURCE_DATE_EPOCH, commit?.epoch),
    ...(commit && { revision: commit.revision }),
    ...(source !== undefined && { source: checkedUrl(source) }),
  };
}

function createdAt(given: string | undefined, ofCommit: number | undefined): string {
  if (given !== undefined && (!/^\d+$/.test(given) || Number(given) > MAX_EPOCH)) {
    throw new Error(`SOURCE_DATE_EPOCH is ${JSON.stringify(given)}: expected seconds since 1970, up to ${MAX_EPOCH}`);
  }
  const epoch = given === undefined ? ofCommit : Number(given);
  if (epoch === undefined) {
    throw new Error(
      "git has no commit of this folder, so the time of the images is unknown: set SOURCE_DATE_EPOCH (seconds)",
    );
  }
  return new Date(epoch * 1_000).toISOString().replace(".000Z", "Z");
}

function readCommit(): { epoch: number; revision: string } | undefined {
  const top = git("rev-parse", "--show-toplevel");
  // Unpacked inside of somebody else's repository, its commits are not ours.
  if (top === undefined || realpathSync(top) !== realpathSync(process.cwd())) return undefined;
  const commit = git("log", "-1", "--format=%ct %H");
  if (commit === undefined) return undefined;
  const [epoch = "", revision = ""] = commit.split(" ");
  const dirty = git("status", "--porcelain") !== "";
  return { epoch: Number(epoch), revision: dirty ? `${revision}-dirty` : revision };
}

/** What git answers; undefined: it failed, or there is none. */
function git(...args: string[]): string | undefined {
  try {
    return execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}

/** A label is public, so it has no credentials in it. */
function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    throw new Error("the URL of the source must begin with https:// or http://");
  }
  if (url.username !== "" || url.password !== "") throw new Error("the URL of the source must not have credentials");
  return text;
}
