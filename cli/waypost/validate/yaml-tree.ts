/** From the nodes of the YAML library to values with places. Aliases and merge keys are resolved as kubectl does. */
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import type { Field, Scalar, Tree } from "./tree.ts";
import { isReadTwoWays } from "./yaml-versions.ts";

/** Deeper than any manifest; no module reads more than 32 levels. */
const MAX_DEPTH = 200;

/** Fields that merge keys bring in, in all: a few lines of them can come to any number. */
const MAX_MERGED = 100_000;

/** Tags that all readers understand. */
const TAGS = new Set(["str", "int", "float", "bool", "null", "map", "seq"].map((name) => `tag:yaml.org,2002:${name}`));

/** Why a document has no values. */
export class Unreadable extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

/** Is told what is wrong with a document that can be read nevertheless. */
export type Tell = (offset: number, path: string, message: string) => void;

/** Where a node is in its document. */
interface Place {
  depth: number;
  path: string;
}

/**
 * The values of a document; undefined when it is empty.
 * @throws {Unreadable}
 */
export function treeOf(document: Document.Parsed, tell: Tell): Tree | undefined {
  const { contents } = document;
  const isEmpty = contents === null || (isScalar(contents) && contents.value === null);
  return isEmpty ? undefined : new TreeReader(tell).tree(contents, { depth: 0, path: "" });
}

class TreeReader {
  /** What the anchors name so far; `null`: a node that is being read, which an alias in it would make endless. */
  private readonly anchors = new Map<string, Tree | null>();
  private mergedFields = 0;

  constructor(private readonly tell: Tell) {}

  tree(node: Node | null, place: Place): Tree {
    const offset = offsetOf(node);
    if (place.depth > MAX_DEPTH) throw new Unreadable(offset, `nested more than ${MAX_DEPTH} deep`);
    if (node === null) return { kind: "scalar", offset, value: null };
    if (isAlias(node)) return this.alias(node.source, offset);
    const { anchor, tag } = node as { anchor?: string; tag?: string };
    if (tag !== undefined && !TAGS.has(tag))
      this.tell(offset, place.path, "has a tag that means different things to different readers");
    if (anchor !== undefined) this.anchors.set(anchor, null);
    const tree = this.withoutAnchor(node, offset, place);
    if (anchor !== undefined) this.anchors.set(anchor, tree);
    return tree;
  }

  private withoutAnchor(node: Node, offset: number, place: Place): Tree {
    if (isMap(node)) return { kind: "fields", offset, fields: this.fields(node, place) };
    if (!isSeq(node)) return { kind: "scalar", offset, value: this.scalar(node, offset, place) };
    const items = node.items.map((item, at) => this.tree(item as Node | null, inside(place, `[${at}]`)));
    return { kind: "list", offset, items };
  }

  private alias(name: string, offset: number): Tree {
    const tree = this.anchors.get(name);
    if (tree === undefined) throw new Unreadable(offset, "an alias of an anchor that is not there before it");
    if (tree === null) throw new Unreadable(offset, "an alias inside of what it refers to");
    return tree;
  }

  private scalar(node: Node, offset: number, { path }: Place): Scalar {
    if (!isScalar(node)) return null;
    const { value, source, type } = node;
    if (type === "PLAIN" && isReadTwoWays(source ?? ""))
      this.tell(
        offset,
        path,
        "is one value to kubectl and another one to YAML 1.2: quote it, or write it in another way",
      );
    if (typeof value === "number" && !Number.isFinite(value))
      this.tell(offset, path, "is a number that JSON does not have");
    if (value === null || ["string", "number", "boolean"].includes(typeof value)) return value as Scalar;
    return typeof value === "bigint" ? Number(value) : null;
  }

  /** Own fields, and behind them those of merged objects that the object itself does not have. */
  private fields(map: YAMLMap, place: Place): Map<string, Field> {
    const fields = new Map<string, Field>();
    const merged: Tree[] = [];
    for (const pair of map.items as Pair<Node | null, Node | null>[]) {
      const offset = offsetOf(pair.key ?? pair.value);
      if (isMergeKey(pair.key)) {
        merged.push(this.tree(pair.value, inside(place, "")));
        continue;
      }
      const name = this.name(pair.key, offset, place);
      const at = inside(place, place.path === "" ? name : `.${name}`);
      if (fields.has(name)) this.tell(offset, at.path, "given twice in one object");
      fields.set(name, { offset, value: this.tree(pair.value, at) });
    }
    for (const source of merged) this.merge(source, fields);
    return fields;
  }

  private name(key: Node | null, offset: number, place: Place): string {
    const tree = isScalar(key) || isAlias(key) ? this.tree(key, place) : undefined;
    if (tree?.kind === "scalar" && tree.value !== null) return String(tree.value);
    throw new Unreadable(offset, "the name of a field must be a text");
  }

  /** The first of several merged objects counts, as the YAML merge key has it. */
  private merge(source: Tree, fields: Map<string, Field>): void {
    const objects = source.kind === "list" ? source.items : [source];
    for (const object of objects) {
      if (object.kind !== "fields") throw new Unreadable(source.offset, "only objects can be merged into one");
      this.mergedFields += object.fields.size + 1;
      if (this.mergedFields > MAX_MERGED) throw new Unreadable(source.offset, `more than ${MAX_MERGED} merged fields`);
      for (const [name, field] of object.fields) if (!fields.has(name)) fields.set(name, field);
    }
  }
}

function inside({ depth, path }: Place, step: string): Place {
  return { depth: depth + 1, path: path + step };
}

function isMergeKey(key: Node | null): boolean {
  return isScalar(key) && key.type === "PLAIN" && key.source === "<<";
}

function offsetOf(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}
