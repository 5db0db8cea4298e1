/**
 * `npm run generate`: what regular expressions know of Unicode: general categories, scripts, and which characters differ in
 * case only. The version is that of RE2's own tables, 15.1, so that a class means the same here and in Envoy.
 */
import { createRequire } from "node:module";
import { format } from "prettier";

const STYLE = /** @type {const} */ ({ parser: "typescript", printWidth: 120 });
const FILE = "assembly/regex/unicode-tables.ts";
const PACKAGE = "regenerate-unicode-properties";
const CODE_POINTS = 0x110000;

/** Short and long name of each category. Those that share the first letter are the class with that letter as its name. */
const CATEGORIES = Object.entries({
  Lu: "Uppercase_Letter",
  Ll: "Lowercase_Letter",
  Lt: "Titlecase_Letter",
  Lm: "Modifier_Letter",
  Lo: "Other_Letter",
  Mn: "Nonspacing_Mark",
  Mc: "Spacing_Mark",
  Me: "Enclosing_Mark",
  Nd: "Decimal_Number",
  Nl: "Letter_Number",
  No: "Other_Number",
  Pc: "Connector_Punctuation",
  Pd: "Dash_Punctuation",
  Ps: "Open_Punctuation",
  Pe: "Close_Punctuation",
  Pi: "Initial_Punctuation",
  Pf: "Final_Punctuation",
  Po: "Other_Punctuation",
  Sm: "Math_Symbol",
  Sc: "Currency_Symbol",
  Sk: "Modifier_Symbol",
  So: "Other_Symbol",
  Zs: "Space_Separator",
  Zl: "Line_Separator",
  Zp: "Paragraph_Separator",
  Cc: "Control",
  Cf: "Format",
  Cs: "Surrogate",
  Co: "Private_Use",
});

const require = createRequire(import.meta.url);

/** The file and what it should contain. @returns {Promise<Map<string, string>>} */
export async function generate() {
  const version = /** @type {string} */ (require(`${PACKAGE}/unicode-version.js`));
  if (version !== "15.1.0") throw new Error(`the tables of RE2 are those of Unicode 15.1, not ${version}`);
  const scripts = /** @type {Map<string, string[]>} */ (require(PACKAGE)).get("Script") ?? [];
  const categoryOf = partition(CATEGORIES.map(([, name]) => `General_Category/${name}`));
  const scriptOf = partition(scripts.map((name) => `Script/${name}`));
  const text = `// Made by \`npm run generate\`; changes belong into cli/generate/unicode.mjs.
// Unicode ${version}. Numbers of more than seven bits take several bytes, the low bits first, each but the last with bit 7 set.

/** Short names of the categories, two letters each, in the order of their numbers, which begin with 1. */
export const CATEGORY_NAMES: string = "${CATEGORIES.map(([name]) => name).join("")}";

/**
 * From U+0000 on, how many characters in a row are of which category: a byte with the number of the category, 0 for none,
 * above three bits with the count; when these are 0 the count is what follows.
 */
${data(
  "CATEGORIES",
  runs(categoryOf).flatMap(([category, count]) => categoryRun(category, count)),
)}

/** Names of the scripts in the order of their numbers, which begin with 1, each with a line feed behind it. */
${data("SCRIPT_NAMES", [...Buffer.from(scripts.map((name) => `${name}\n`).join(""))])}

/** From U+0000 on, how many characters in a row are of which script: a byte with its number, 0 for none, and the count. */
${data(
  "SCRIPTS",
  runs(scriptOf).flatMap(([script, count]) => [script, ...number(count)]),
)}

/**
 * Ranges of characters that have other cases, in order: how many characters lie between the range before and this one, how
 * many it has, and how far it is from each to the next other case, doubled, and one less than that for a negative distance.
 * A distance of 0 stands for pairs of neighbours that are cases of each other. The last case leads to the first.
 */
${data("CASES", caseRanges(nextCases((codePoint) => (categoryOf[codePoint] ?? 0) > 0)))}
`;
  return new Map([[FILE, await format(text, STYLE)]]);
}

function data(/** @type {string} */ name, /** @type {number[]} */ bytes) {
  return `export const ${name}: usize = memory.data<u8>([${bytes.join(", ")}]);
export const ${name}_SIZE: usize = ${bytes.length};`;
}

/** For each code point the number of the property it has, from 1 on in the order of `properties`; 0: none of them. */
function partition(/** @type {string[]} */ properties) {
  const numbers = new Uint8Array(CODE_POINTS);
  for (const [index, property] of properties.entries()) {
    const { characters } = /** @type {{ characters: { toArray(): number[] } }} */ (
      require(`${PACKAGE}/${property}.js`)
    );
    for (const codePoint of characters.toArray()) numbers[codePoint] = index + 1;
  }
  return numbers;
}

/** Equal numbers in a row as one. @returns {[value: number, count: number][]} */
function runs(/** @type {Uint8Array} */ numbers) {
  /** @type {[number, number][]} */
  const found = [];
  for (const value of numbers) {
    const last = found.at(-1);
    if (last?.[0] === value) last[1] += 1;
    else found.push([value, 1]);
  }
  return found;
}

function categoryRun(/** @type {number} */ category, /** @type {number} */ count) {
  return count < 8 ? [(category << 3) | count] : [category << 3, ...number(count)];
}

/** @returns {number[]} */
function number(/** @type {number} */ value) {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...number(value >> 7)];
}

/**
 * The next character of those that are equal by simple case folding, and the first one after the last. JavaScript's regular
 * expressions fold in this way; characters that are newer than the tables are left out.
 *
 * @returns {Map<number, number>}
 */
function nextCases(/** @type {(codePoint: number) => boolean} */ isAssigned) {
  const changes = /[\p{Changes_When_Casefolded}\p{Changes_When_Casemapped}]/u;
  const cased = Array.from({ length: CODE_POINTS }, (_, i) => i).filter(
    (codePoint) => isAssigned(codePoint) && changes.test(String.fromCodePoint(codePoint)),
  );
  const all = String.fromCodePoint(...cased);
  /** @type {Map<number, number>} */
  const next = new Map();
  for (const codePoint of cased) {
    const equal = all.match(new RegExp(String.fromCodePoint(codePoint), "giu")) ?? [];
    const orbit = equal.map((character) => character.codePointAt(0) ?? 0);
    const following = orbit[orbit.indexOf(codePoint) + 1] ?? orbit[0];
    if (following !== undefined && following !== codePoint) next.set(codePoint, following);
  }
  return next;
}

/** Ranges as the table has them. */
function caseRanges(/** @type {Map<number, number>} */ next) {
  const bytes = [];
  const codePoints = [...next.keys()];
  for (let end = 0, i = 0; i < codePoints.length;) {
    const first = codePoints[i] ?? 0;
    const pairs = pairsFrom(next, first);
    const distance = pairs > 0 ? 0 : (next.get(first) ?? 0) - first;
    const count = pairs > 0 ? pairs * 2 : countFrom(next, first, distance);
    bytes.push(...number(first - end), ...number(count), ...number(distance < 0 ? -distance * 2 - 1 : distance * 2));
    end = first + count;
    i += count;
  }
  return bytes;
}

/** How many pairs of neighbours that are cases of each other begin with `first`. */
function pairsFrom(/** @type {Map<number, number>} */ next, /** @type {number} */ first) {
  let count = 0;
  for (let at = first; next.get(at) === at + 1 && next.get(at + 1) === at; at += 2) count += 1;
  return count;
}

/** How many characters from `first` on have their next case at the same distance. */
function countFrom(
  /** @type {Map<number, number>} */ next,
  /** @type {number} */ first,
  /** @type {number} */ distance,
) {
  let count = 1;
  while (next.get(first + count) === first + count + distance) count += 1;
  return count;
}
