/** Random changes to JSON data: what a person's edit, a template or a wrong merge makes of a configuration. */
import * as fc from "fast-check";

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** What mutations are made of, beside the configurations that they change. */
export interface Vocabulary {
  /** Values that mean something somewhere, or nearly do. */
  readonly values: readonly Json[];
  /** Names that are fields, or were meant to be. */
  readonly names: readonly string[];
}

interface Change {
  /** Which of the places it is done at, modulo their number. */
  place: number;
  kind: "replace" | "remove" | "insert" | "repeat" | "rename" | "wrap";
  value: Json;
  name: string;
}

function changeWith({ values, names }: Vocabulary): fc.Arbitrary<Change> {
  return fc.record({
    place: fc.nat(),
    kind: fc.constantFrom("replace", "replace", "remove", "insert", "repeat", "rename", "wrap"),
    value: fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: fc.string() }),
    name: fc.constantFrom(...names),
  });
}

/** One of `originals` with one or two changes. */
export function mutatedJson(originals: readonly unknown[], vocabulary: Vocabulary): fc.Arbitrary<unknown> {
  const original = fc.constantFrom(...originals);
  const changes = fc.array(changeWith(vocabulary), { minLength: 1, maxLength: 2 });
  return fc.tuple(original, changes).map(([config, made]) => {
    // Not by structuredClone, which keeps what is shared shared: a change in one place would be one in all.
    const root = { config: JSON.parse(JSON.stringify(config)) as Json };
    for (const one of made) apply(one, root);
    return root.config;
  });
}

/** A member or element: where it is, and its name or index. */
type Place = { inside: Json[]; at: number } | { inside: { [name: string]: Json }; at: string };

function apply({ place, kind, value, name }: Change, root: { config: Json }): void {
  const places = placesIn(root);
  const target = places[place % places.length];
  if (target === undefined) return;
  const isRoot = target.inside === root;
  const { inside, at } = target as { inside: Record<string | number, Json>; at: string | number };
  const old = inside[at] ?? null;
  const fresh = structuredClone(value);
  if (kind === "replace") inside[at] = fresh;
  else if (kind === "wrap") inside[at] = [old];
  else if (Array.isArray(inside)) changeList(inside, Number(at), kind, fresh);
  else if (!isRoot) changeMembers(inside, String(at), kind, fresh, name);
}

function changeList(list: Json[], at: number, kind: Change["kind"], fresh: Json): void {
  if (kind === "remove") list.splice(at, 1);
  else if (kind === "repeat") list.push(structuredClone(list[at] ?? null));
  else list.splice(at, 0, fresh);
}

function changeMembers(
  members: Record<string, Json>,
  at: string,
  kind: Change["kind"],
  fresh: Json,
  name: string,
): void {
  const old = members[at] ?? null;
  if (kind === "insert") members[name] = fresh;
  else if (kind === "repeat") members[name] = structuredClone(old);
  else Reflect.deleteProperty(members, at);
  if (kind === "rename") members[`${at}s`] = old;
}

function placesIn(value: Json): Place[] {
  if (Array.isArray(value)) return value.flatMap((item, at): Place[] => [{ inside: value, at }, ...placesIn(item)]);
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([at, item]): Place[] => [{ inside: value, at }, ...placesIn(item)]);
}
