/** Random patterns, each with a text that it was made for. */
import * as fc from "fast-check";

/** A pattern and a text that it mostly matches. */
export interface Sample {
  pattern: string;
  text: string;
}

const LITERALS = [
  "a",
  "b",
  "c",
  "A",
  "k",
  "S",
  "ſ",
  "\u212a",
  "1",
  "_",
  "-",
  "/",
  ".",
  " ",
  "\n",
  "é",
  "É",
  "σ",
  "ς",
  "ß",
  "€",
  "😀",
];

/** Pattern of one character, and characters that it is for. */
const CLASSES: [pattern: string, characters: string][] = [
  [".", "aé😀"],
  ["[a-c]", "abc"],
  ["[^a-c]", "d1é\n"],
  ["[^/]", "aé€"],
  ["\\d", "01"],
  ["\\D", "aé"],
  ["\\w", "aZ_1"],
  ["\\W", "-é"],
  ["\\s", " \n"],
  ["\\S", "aé"],
  ["[[:alpha:]_]", "aZ_"],
  ["[[:^digit:]]", "aé"],
  ["[\\W\\d]", "-1é"],
  ["[]a-]", "]a-"],
  ["[é-€]", "éσ€"],
  ["[\\x{80}-\\x{10ffff}]", "é€😀"],
  ["\\pL", "aéσ"],
  ["\\p{Greek}", "σς"],
  ["\\P{Lu}", "a1é"],
  ["[^\\p{Latin}]", "1σ😀"],
  ["\\x41", "A"],
  ["\\101", "A"],
  ["\\x{1F600}", "😀"],
  ["\\Qa.b\\E", "b"],
  ["[\\x00-\\x{10ffff}]", "a€"],
  ["[^\\x00-\\x{10ffff}]", "a"],
];

const ASSERTIONS = ["^", "$", "\\A", "\\z", "\\b", "\\B", "(?m:^)", "(?m:$)", ""];

const FLAGS = ["i", "s", "m", "U", "is", "i-s", "-i", "-U", "U-s"];

const REPETITIONS: [operator: string, least: number][] = [
  ["*", 0],
  ["+", 1],
  ["?", 0],
  ["{2}", 2],
  ["{0}", 0],
  ["{1}", 1],
  ["{0,1}", 0],
  ["{0,}", 0],
  ["{1,}", 1],
  ["{2,}", 2],
  ["{1,3}", 1],
  ["{0,2}", 0],
];

const literal = fc.constantFrom(...LITERALS).map((text) => ({ pattern: quoted(text), text }));

const characterClass = fc.tuple(fc.constantFrom(...CLASSES), fc.nat()).map(([[pattern, characters], index]) => ({
  pattern,
  text: Array.from(characters)[index % Array.from(characters).length] ?? "",
}));

const assertion = fc.constantFrom(...ASSERTIONS).map((pattern) => ({ pattern, text: "" }));

const { node } = fc.letrec<{ node: Sample; sequence: Sample }>((tie) => ({
  sequence: fc.array(tie("node"), { minLength: 1, maxLength: 4, depthIdentifier: "pattern" }).map((parts) => ({
    pattern: parts.map(({ pattern }) => pattern).join(""),
    text: parts.map(({ text }) => text).join(""),
  })),
  node: fc.oneof(
    { depthIdentifier: "pattern", maxDepth: 4, depthSize: "small" },
    { arbitrary: literal, weight: 5 },
    { arbitrary: characterClass, weight: 3 },
    { arbitrary: assertion, weight: 1 },
    {
      weight: 3,
      arbitrary: fc
        .tuple(tie("sequence"), fc.constantFrom("(", "(?:", ...FLAGS.map((flags) => `(?${flags}:`)))
        .map(([{ pattern, text }, open]) => ({ pattern: `${open}${pattern})`, text })),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.array(tie("sequence"), { minLength: 2, maxLength: 3 }), fc.nat(), fc.constantFrom("(", "(?:"))
        .map(([ways, index, open]) => ({
          pattern: `${open}${ways.map(({ pattern }) => pattern).join("|")})`,
          text: ways[index % ways.length]?.text ?? "",
        })),
    },
    {
      weight: 4,
      arbitrary: fc
        .tuple(tie("sequence"), fc.constantFrom("(", "(?:"), fc.constantFrom(...REPETITIONS), fc.nat(2), fc.boolean())
        .map(([{ pattern, text }, open, [operator, least], more, lazy]) => ({
          pattern: `${open}${pattern})${operator}${lazy ? "?" : ""}`,
          text: text.repeat(least + more),
        })),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.oneof(literal, characterClass), fc.constantFrom(...REPETITIONS), fc.nat(2), fc.boolean())
        .map(([{ pattern, text }, [operator, least], more, lazy]) => ({
          pattern: pattern + operator + (lazy ? "?" : ""),
          text: text.repeat(least + more),
        })),
    },
    { arbitrary: tie("sequence"), weight: 1 },
  ),
}));

/** Patterns that are right, some with flags that hold from the middle on. */
export const samples: fc.Arbitrary<Sample> = fc
  .tuple(node, fc.option(fc.constantFrom(...FLAGS)), node)
  .map(([first, flags, second]) => ({
    pattern: first.pattern + (flags === null ? "" : `(?${flags})`) + second.pattern,
    text: first.text + second.text,
  }));

/** The sample's text as it is, changed and surrounded. */
export function textsFor(sample: Sample): fc.Arbitrary<string[]> {
  const characters = fc.array(fc.constantFrom(...LITERALS), { maxLength: 6 }).map((list) => list.join(""));
  return fc.tuple(characters, characters, fc.nat()).map(([before, after, at]) => {
    const letters = Array.from(sample.text);
    const cut = at % (letters.length + 1);
    const without = [...letters.slice(0, cut), ...letters.slice(cut + 1)].join("");
    return [sample.text, before + sample.text + after, without, letters.slice(0, cut).join("") + before, after];
  });
}

/** Texts of syntax, most of them no pattern. */
export const attempts: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(
      ..."a b 1 . * + ? | ( ) [ ] ^ $ { } , - \\ : é < > = ! P i m s U Q E d p L x A".split(" "),
      ..."(?: (?P<n> (?<m> (?i) (?i- (?s: (?U) (?m {2} {1,2} {2,1} {,2} {01} {1001} {1000} *? ++".split(" "),
      ..."[a-c] [^ [] [^] [[:alpha:] [:foo:] [:^digit:] \\d \\pL \\p{Greek} \\p{^Lu} \\P{Foo} \\p{ \\pX".split(" "),
      ..."\\1 \\12 \\8 \\0 \\x41 \\x{ \\x{1F600} \\x{110000} \\xg \\Q \\E \\b \\B \\A \\z \\Z \\n \\e \\C \\_".split(
        " ",
      ),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

function quoted(text: string): string {
  return text.replace(/[.\-/]/g, "\\$&");
}
