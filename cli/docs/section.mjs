/** Parts of pages that programs write. */
import { fileURLToPath } from "node:url";
import prettier from "prettier";

const readme = fileURLToPath(new URL("../../README.md", import.meta.url));

/**
 * The page with `content` between two lines of it, which stay. Throws an Error when it does not have them.
 *
 * @param {string} page      Markdown
 * @param {string} start     a comment
 * @param {string} end       another
 * @param {string} content   Markdown
 * @returns {Promise<string>} formatted
 */
export async function withSection(page, start, end, content) {
  const from = page.indexOf(start);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the page has no ${start} … ${end}`);
  const text = [page.slice(0, from + start.length), content, page.slice(to)].join("\n\n");
  return prettier.format(text, { ...(await prettier.resolveConfig(readme)), parser: "markdown" });
}
