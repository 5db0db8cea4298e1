/** A document's values, each with the place that it was written at. */

export type Scalar = null | boolean | number | string;

/** A value. What an alias refers to is there once, however often it is used: a tree may share its branches. */
export type Tree = ScalarTree | ListTree | FieldsTree;

interface Written {
  /** Offset into the text. */
  readonly offset: number;
}

export interface ScalarTree extends Written {
  readonly kind: "scalar";
  readonly value: Scalar;
}

export interface ListTree extends Written {
  readonly kind: "list";
  readonly items: readonly Tree[];
}

export interface FieldsTree extends Written {
  readonly kind: "fields";
  readonly fields: ReadonlyMap<string, Field>;
}

export interface Field {
  /** Offset of its name. */
  readonly offset: number;
  readonly value: Tree;
}

/** A value's text as JSON may have so many characters at most: the API server takes 3 MiB. */
const MAX_JSON_LENGTH = 16 * 1024 * 1024;
/** No module reads more than 32 levels. */
const MAX_JSON_DEPTH = 1000;

/** A field of an object; undefined when it is absent, null, or when there is no object. */
export function fieldOf(tree: Tree | undefined, name: string): Field | undefined {
  const field = tree?.kind === "fields" ? tree.fields.get(name) : undefined;
  return field?.value.kind === "scalar" && field.value.value === null ? undefined : field;
}

/** The text of a string field; undefined when it is absent or something else. */
export function textOf(tree: Tree | undefined, name: string): string | undefined {
  const value = scalarOf(tree, name);
  return typeof value === "string" ? value : undefined;
}

/** The value of a scalar field; undefined when it is absent, null or something else. */
export function scalarOf(tree: Tree | undefined, name: string): Scalar | undefined {
  const value = fieldOf(tree, name)?.value;
  return value?.kind === "scalar" ? value.value : undefined;
}

/** The entries of a list field; none when it is absent or something else. */
export function itemsOf(tree: Tree | undefined, name: string): readonly Tree[] {
  const value = fieldOf(tree, name)?.value;
  return value?.kind === "list" ? value.items : [];
}

/**
 * The JSON text of a value. Undefined: with all aliases written out it would be longer or deeper than any server takes; what
 * a few lines can come to ("billion laughs") is not even tried.
 */
export function jsonOf(tree: Tree): string | undefined {
  const { length, depth } = sizeOf(tree, new Map(), 0);
  return length > MAX_JSON_LENGTH || depth > MAX_JSON_DEPTH ? undefined : toJson(tree);
}

interface Size {
  /** A lower bound of the characters of its JSON text. */
  length: number;
  depth: number;
}

/** Looks at each shared branch once, and no deeper than it must: aliases of aliases go deeper than any call stack. */
function sizeOf(tree: Tree, known: Map<Tree, Size>, level: number): Size {
  if (level > MAX_JSON_DEPTH) return { length: Infinity, depth: Infinity };
  if (tree.kind === "scalar") return { length: typeof tree.value === "string" ? tree.value.length + 2 : 1, depth: 0 };
  const before = known.get(tree);
  if (before !== undefined) return before;
  const size = { length: 2, depth: 0 };
  const add = (part: Tree, more: number) => {
    const { length, depth } = sizeOf(part, known, level + 1);
    size.length += length + more;
    size.depth = Math.max(size.depth, depth + 1);
  };
  if (tree.kind === "list") for (const item of tree.items) add(item, 1);
  else for (const [name, { value }] of tree.fields) add(value, name.length + 4);
  known.set(tree, size);
  return size;
}

function toJson(tree: Tree): string {
  if (tree.kind === "scalar") return JSON.stringify(tree.value);
  if (tree.kind === "list") return `[${tree.items.map(toJson).join(",")}]`;
  const members = [...tree.fields].map(([name, { value }]) => `${JSON.stringify(name)}:${toJson(value)}`);
  return `{${members.join(",")}}`;
}
