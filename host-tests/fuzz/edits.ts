/** Changes to what the fuzzer sends, one by one, so that a case that fails can be tried again with fewer of them. */
import { mutateText, Random } from "./random.ts";

/** A change. It makes the same of the same, however often it is applied. */
export interface Edit<T> {
  /** In words, for the report. */
  what: string;
  apply: (target: T) => void;
}

/** A member of a JSON object: its name and its value as JSON texts. */
export interface Member {
  name: string;
  value: string;
}

export function member(name: string, value: unknown): Member {
  return { name: JSON.stringify(name), value: JSON.stringify(value) };
}

export function objectText(members: readonly Member[]): string {
  return `{${members.map(({ name, value }) => `${name}:${value}`).join(",")}}`;
}

/** Puts a member in the place of the one with its name, or behind the others. */
export function put(members: Member[], added: Member): void {
  const at = members.findIndex(({ name }) => name === added.name);
  if (at < 0) members.push(added);
  else members[at] = added;
}

export function drop(members: Member[], name: string): void {
  const at = members.findIndex((one) => one.name === JSON.stringify(name));
  if (at >= 0) members.splice(at, 1);
}

/** Values that a member should not have, and some that it may. */
const STRANGE_VALUES = [
  "null",
  "true",
  "0",
  "-1",
  "1.5",
  '""',
  '" "',
  "[]",
  "{}",
  "[[[[]]]]",
  '{"a":1,"a":2}',
  '"\\u0000"',
  '"\\ud800"',
  '"Zo\\u00eb"',
];

/** Changes to the members of any object. */
export function memberEdit(names: readonly string[], random: Random): Edit<Member[]> {
  const name = random.pick(names);
  const value = random.pick(STRANGE_VALUES);
  const at = random.below(8);
  return random.pick<() => Edit<Member[]>>([
    () => ({ what: `without ${name}`, apply: (members) => drop(members, name) }),
    () => ({ what: `${name} = ${value}`, apply: (members) => put(members, { name: JSON.stringify(name), value }) }),
    () => ({ what: `${name} twice`, apply: (members) => repeat(members, name, at) }),
    () => ({ what: `${name} twice, then ${value}`, apply: (members) => members.push({ name: `"${name}"`, value }) }),
    () => ({ what: `${name} spelled with an escape`, apply: (members) => escapeName(members, name) }),
    () => ({ what: `${name} with another case`, apply: (members) => renameMember(members, name, name.toUpperCase()) }),
    () => ({ what: "an unknown member", apply: (members) => members.splice(at, 0, { name: '"x-other"', value }) }),
    () => ({ what: "the members backwards", apply: (members) => members.reverse() }),
  ])();
}

function repeat(members: Member[], name: string, at: number): void {
  const found = members.find((one) => one.name === JSON.stringify(name));
  if (found !== undefined) members.splice(at, 0, { ...found });
}

function renameMember(members: Member[], name: string, to: string): void {
  const found = members.find((one) => one.name === JSON.stringify(name));
  if (found !== undefined) found.name = JSON.stringify(to);
}

function escapeName(members: Member[], name: string): void {
  const found = members.find((one) => one.name === JSON.stringify(name));
  if (found !== undefined) found.name = `"\\u00${name.charCodeAt(0).toString(16)}${name.slice(1)}"`;
}

// The last three are white space elsewhere: a no-break space, a byte order mark, a vertical tab.
const SPACES = [" ", "\n", "\t", "\r", "\xc2\xa0", "\xef\xbb\xbf", "\v"];

/** A change to a text (a byte string). */
export interface TextChange {
  what: string;
  change: (text: string) => string;
}

/** A change to a JSON text. */
export function jsonTextEdit(random: Random): TextChange {
  const seed = random.below(2 ** 32);
  const space = random.pick(SPACES);
  return random.pick<TextChange>([
    { what: "a few bytes of the JSON changed", change: (text) => mutateText(text, new Random(seed)) },
    { what: "white space before it", change: (text) => space + text },
    { what: "white space behind it", change: (text) => text + space },
    { what: "white space in it", change: (text) => text.replace(",", `,${space}`).replace(":", `${space}:`) },
    { what: "something behind it", change: (text) => `${text}{}` },
    { what: "a comma before its end", change: (text) => `${text.slice(0, -1)},}` },
    { what: "cut off", change: (text) => text.slice(0, seed % (text.length + 1)) },
    { what: "in a list", change: (text) => `[${text}]` },
    { what: "nested", change: (text) => `${text.slice(0, -1)},"a":${nested(1 + (seed % 40))}}` },
    { what: "as a string", change: (text) => JSON.stringify(text) },
    { what: "bytes that are not UTF-8", change: (text) => text.replace('"', '"\xc3\x28') },
    { what: "UTF-8 that is too long", change: (text) => text.replace('"', '"\xc0\xaf') },
    { what: "UTF-8 of half a surrogate pair", change: (text) => text.replace('"', '"\xed\xa0\x80') },
  ]);
}

function nested(depth: number): string {
  return `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** A change to a base64url text. */
export function base64Edit(random: Random): TextChange {
  const seed = random.below(2 ** 32);
  const letter = ALPHABET.charAt(seed % 64);
  const junk = random.pick(["=", "==", "===", "%3D", " ", "\t", "A", "+", "/", "~", "\xff", "\x7f", "\xe9", ","]);
  const at = (text: string) => seed % (text.length + 1);
  return random.pick<TextChange>([
    { what: `${JSON.stringify(junk)} behind it`, change: (text) => text + junk },
    { what: `${JSON.stringify(junk)} before it`, change: (text) => junk + text },
    { what: `${JSON.stringify(junk)} in it`, change: (text) => text.slice(0, at(text)) + junk + text.slice(at(text)) },
    { what: `the last character ${letter}`, change: (text) => text.slice(0, -1) + letter },
    { what: `one character ${letter}`, change: (text) => text.slice(0, at(text)) + letter + text.slice(at(text) + 1) },
    { what: "in the other alphabet", change: (text) => text.replaceAll("-", "+").replaceAll("_", "/") },
    { what: "cut off", change: (text) => text.slice(0, at(text)) },
    { what: "empty", change: () => "" },
    { what: "twice", change: (text) => text + text },
  ]);
}
