/** What a page of the documentation shows, for tests that run it. */
import { readFileSync } from "node:fs";

/** The contents of the page's blocks of code in a language, in their order. `file`: from the checkout's folder. */
export function codeBlocks(file: string, language: string): string[] {
  const blocks = readFileSync(file, "utf8").matchAll(/^```(\w*)\n([^]*?)^```$/gm);
  return [...blocks].flatMap(([, found, code = ""]) => (found === language ? [code] : []));
}
