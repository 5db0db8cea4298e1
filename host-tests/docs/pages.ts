/** The documentation: every Markdown page of the checkout, taken apart as far as tests need it. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

const SKIPPED = new Set(["node_modules", "build", "coverage"]);

export interface Page {
  /** Path from the checkout's folder. */
  file: string;
  text: string;
  /** The text without blocks of code. */
  prose: string;
  /** Contents of the blocks of code, each with its language and the line that it begins at. */
  blocks: { language: string; code: string; line: number }[];
}

/** All pages, in the order of their paths. */
export function pages(): Page[] {
  return markdownFiles("").map(page);
}

/** The page at a path from the checkout's folder. */
export function page(file: string): Page {
  const text = readFileSync(path.join(root, file), "utf8");
  const blocks: Page["blocks"] = [];
  const prose = text.replace(/^```(\w*)\n([^]*?)^```$/gm, (_, language: string, code: string, at: number) => {
    blocks.push({ language, code, line: text.slice(0, at).split("\n").length + 1 });
    return "";
  });
  return { file, text, prose, blocks };
}

/** Anchors of the page's headings, as GitHub makes them. */
export function anchors({ prose }: Page): string[] {
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function markdownFiles(folder: string): string[] {
  const entries = readdirSync(path.join(root, folder), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) || entry.name.startsWith(".") ? [] : markdownFiles(name);
    return entry.name.endsWith(".md") ? [name] : [];
  });
}
