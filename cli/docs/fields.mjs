/**
 * `node cli/docs/fields.mjs`: writes the tables of configuration fields in the documentation anew, from the JSON Schemas
 * beside the filters. A test fails when a page is out of date.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { withSection } from "./section.mjs";

/**
 * @typedef {object} Schema  as much of JSON Schema as our schemas use
 * @property {string | string[]} [type]
 * @property {string} [description]
 * @property {unknown} [default]
 * @property {unknown[]} [enum]
 * @property {unknown[]} [examples]
 * @property {string} [$ref]
 * @property {Schema} [items]
 * @property {Schema} [additionalProperties]  a schema in ours only where its author names the fields
 * @property {Schema[]} [anyOf]
 * @property {string[]} [required]
 * @property {{ [name: string]: Schema }} [properties]
 * @property {{ [name: string]: Schema }} [$defs]
 */

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** Pages with tables, and the schema that each shows. Paths from the checkout's folder. */
export const PAGES = [
  { page: "docs/jwt-auth.md", schema: "assembly/filters/jwt-auth/schema.json" },
  { page: "docs/header-router.md", schema: "assembly/filters/header-router/schema.json" },
  { page: "docs/authz.md", schema: "assembly/filters/authz/schema.json" },
  { page: "docs/l7-metrics.md", schema: "assembly/filters/l7-metrics/schema.json" },
];

const START = "<!-- fields: generated from the schema by `node cli/docs/fields.mjs` -->";
const END = "<!-- end of fields -->";

/** Words for definitions that have no fields of their own. */
const KINDS = new Map([
  ["duration", "duration"],
  ["texts", "list of strings"],
  ["headerName", "header name"],
  ["claimPath", "claim"],
  ["nothing", "`{}`"],
  ["trustDomain", "string"],
  ["weight", "number"],
  ["labelName", "label"],
]);

/** The page as it must be: with tables made from the schema between its markers. */
export async function withFieldTables(/** @type {string} */ page, /** @type {Schema} */ schema) {
  return withSection(page, START, END, objectTables(schema, schema, "", new Set()).join("\n\n"));
}

/**
 * The table of an object, then those of the objects in it. What is inside of itself is shown once.
 *
 * @param {Schema} object
 * @param {Schema} schema  the whole
 * @param {string} at  the path of the object; empty: the configuration itself
 * @param {Set<Schema>} shown  the objects that have a table already
 * @returns {string[]}
 */
function objectTables(object, schema, at, shown) {
  if (shown.has(object)) return [];
  shown.add(object);
  const fields = Object.entries(object.properties ?? {});
  const rows = fields.map(([name, field]) => row(name, field, schema, object.required?.includes(name) ?? false));
  const heading = at === "" ? "### Fields" : `### Fields of \`${at}\``;
  const table = ["| field | type | default | meaning |", "| --- | --- | --- | --- |", ...rows].join("\n");
  const inner = fields.flatMap(([name, field]) => {
    const { steps, object: child } = inside(field, schema);
    const path = `${at === "" ? "" : `${at}.`}${name}${steps}`;
    return child?.properties === undefined ? [] : objectTables(child, schema, path, shown);
  });
  return [heading, table, ...inner];
}

/**
 * What may be an object in a field, and how paths go on to it: an element, a member that its author names, or itself.
 *
 * @returns {{ steps: string, object: Schema | undefined }}
 */
function inside(/** @type {Schema} */ field, /** @type {Schema} */ schema) {
  if (field.items !== undefined) return { steps: "[]", object: definition(field.items, schema) };
  const { additionalProperties: members } = field;
  if (typeof members === "object") return { steps: ".<name>", object: definition(referring(members), schema) };
  return { steps: "", object: definition(referring(field), schema) };
}

/** The part of a field's schema that refers to a definition. */
function referring(/** @type {Schema} */ field) {
  return [field, ...(field.anyOf ?? [])].find(({ $ref }) => $ref !== undefined);
}

/** @returns {Schema | undefined} */
function definition(/** @type {Schema | undefined} */ item, /** @type {Schema} */ schema) {
  const name = item?.$ref?.replace("#/$defs/", "");
  return name === undefined ? item : schema.$defs?.[name];
}

/** Whether items of a list are objects; so are those that a schema elsewhere describes. */
function areObjects(/** @type {Schema | undefined} */ items, /** @type {Schema} */ schema) {
  const isElsewhere = items?.$ref !== undefined && !items.$ref.startsWith("#");
  return isElsewhere || definition(items, schema)?.properties !== undefined;
}

/**
 * @param {string} name
 * @param {Schema} field
 * @param {Schema} schema  the whole
 * @param {boolean} required
 */
function row(name, field, schema, required) {
  const preset = required ? "required" : field.default === undefined ? "" : code(field.default);
  const examples = (field.examples ?? []).map(code).filter((example) => example.length < 80);
  const example = examples.length === 0 ? "" : ` Example: ${examples.join(", ")}.`;
  const cells = [`\`${name}\``, typeName(field, schema), preset, `${field.description ?? ""}${example}`];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** The type in words. That a field may be null is said once, for all. */
function typeName(/** @type {Schema} */ field, /** @type {Schema} */ schema) {
  if (field.enum !== undefined) return given(field.enum).map(code).join(" or ");
  const reference = referring(field)?.$ref;
  if (reference !== undefined) return KINDS.get(reference.replace("#/$defs/", "")) ?? "object";
  const types = given([field.type ?? []].flat());
  if (types.includes("array")) return areObjects(field.items, schema) ? "list of objects" : "list of strings";
  return types.join(" or ");
}

/** @template T */
function given(/** @type {T[]} */ values) {
  return values.filter((value) => value !== null && value !== "null");
}

function code(/** @type {unknown} */ value) {
  const text = typeof value === "string" && value !== "" ? value : JSON.stringify(value);
  return `\`${text}\``;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { page, schema } of PAGES) {
    const file = path.join(root, page);
    const fields = /** @type {Schema} */ (JSON.parse(readFileSync(path.join(root, schema), "utf8")));
    writeFileSync(file, await withFieldTables(readFileSync(file, "utf8"), fields));
    console.log(`${page}: written`);
  }
}
