/** Tells when a file has changed. */
import { watch, type FSWatcher } from "node:fs";
import path from "node:path";

/** Editors and the build write a file in several steps; milliseconds of quiet that mean they are done. */
const SETTLE_TIME = 150;

/** Calls `changed` after each change of `file`, until the watcher is closed. */
export function watchFile(file: string, changed: () => void): FSWatcher {
  let timer: NodeJS.Timeout | undefined;
  // The folder is watched: editors replace a file, and a watcher of the old one would see nothing more.
  return watch(path.dirname(file), (_event, name) => {
    if (name !== path.basename(file)) return;
    clearTimeout(timer);
    timer = setTimeout(changed, SETTLE_TIME);
  });
}
