/** A layer that depends on its files only: not on times, owners, modes or the time zone of the machine. */
import { buffer } from "node:stream/consumers";
import { constants, gzipSync } from "node:zlib";
import { pack } from "tar-stream";

/** A regular file that everybody may read, owned by root, of 1970-01-01. */
const ATTRIBUTES = { type: "file", mode: 0o644, uid: 0, gid: 0, mtime: new Date(0) } as const;

/** Where gzip's header says which system wrote it, and the value for "unknown" (RFC 1952 §2.3.1). */
const GZIP_OS = 9;
const UNKNOWN_OS = 255;

/** A tar archive with one file. */
export async function tarOf(name: string, content: Uint8Array): Promise<Uint8Array> {
  const archive = pack();
  archive.entry({ name, ...ATTRIBUTES }, Buffer.from(content));
  archive.finalize();
  return buffer(archive);
}

/** Compressed by gzip. The header has neither a time nor a name; the rest depends on the zlib of this Node. */
export function gzip(content: Uint8Array): Uint8Array {
  const compressed = gzipSync(content, { level: constants.Z_BEST_COMPRESSION });
  compressed[GZIP_OS] = UNKNOWN_OS;
  return compressed;
}
