/**
 * The documents of a YAML text of any origin, one after the other. What would take a parser minutes or all memory is
 * refused: nothing that a cluster takes comes near the limits.
 */
import { Composer, type Document, Lexer, LineCounter, Parser, type YAMLError } from "yaml";
import type { Finding } from "./problem.ts";
import type { Tree } from "./tree.ts";
import { treeOf, Unreadable } from "./yaml-tree.ts";

/** Lexical tokens of one document: those of some 80 000 lines, or of 3 MiB of JSON, the most that an API server takes. */
const MAX_TOKENS = 500_000;
const MAX_DOCUMENTS = 20_000;
/** More errors of syntax than this are not told: the first ones explain the others. */
const MAX_SYNTAX_ERRORS = 10;

export interface YamlDocument {
  /** Undefined when it is empty, or cannot be read. */
  tree: Tree | undefined;
  /** Errors that are independent of what the document is: syntax, duplicate names. */
  errors: Finding[];
}

/** Where offsets into a text are. */
export class YamlText {
  private readonly lines = new LineCounter();

  constructor(private readonly text: string) {}

  /** Line and column from 1 of an offset into the part that has been read. */
  placeOf(offset: number): { line: number; column: number } {
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  /** All documents in their order. The first one with an error of syntax is the last: nobody knows where the next begins. */
  *documents(): Generator<YamlDocument> {
    let count = 0;
    for (const item of this.composed()) {
      if ("message" in item) {
        yield failed(item);
        return;
      }
      if (++count > MAX_DOCUMENTS) {
        yield failed({ offset: 0, message: `more than ${MAX_DOCUMENTS} documents: not read to the end` });
        return;
      }
      if (item.errors.length > 0) {
        yield { tree: undefined, errors: this.syntaxErrors(item.errors) };
        return;
      }
      yield read(item);
    }
  }

  /** Documents as soon as each is complete, so that no two are in memory; in the end perhaps what made it stop. */
  private *composed(): Generator<Document.Parsed | Unreadable> {
    const parser = new Parser(this.lines.addNewLine);
    // Duplicate names are found when the tree is made: the library compares each with each.
    const composer = new Composer({ schema: "core", resolveKnownTags: false, uniqueKeys: false, logLevel: "silent" });
    this.lines.addNewLine(0);
    let tokens = 0;
    let errors = 0;
    for (const lexeme of new Lexer().lex(this.text)) {
      tokens = lexeme === "---" ? 0 : tokens + 1;
      if (tokens > MAX_TOKENS) {
        yield new Unreadable(parser.offset, `more than ${MAX_TOKENS} tokens in a document: no API server takes it`);
        return;
      }
      for (const token of parser.next(lexeme)) {
        if (token.type === "error" || token.type === "flow-error-end") errors++;
        yield* composer.next(token);
      }
      // What follows is no YAML either, and each further error costs more than the one before.
      if (errors > MAX_SYNTAX_ERRORS) break;
    }
    for (const token of parser.end()) yield* composer.next(token);
    yield* composer.end();
  }

  private syntaxErrors(errors: readonly YAMLError[]): Finding[] {
    const told = errors
      .slice(0, MAX_SYNTAX_ERRORS)
      .map((error) => finding(error.pos[0], `not YAML: ${wordsOf(error)}`));
    const first = told[0];
    if (first !== undefined && this.text.includes("{{"))
      first.message += " (a template? give what it is rendered to, such as the output of helm template)";
    return told;
  }
}

/** The values of a document without errors of syntax. */
function read(document: Document.Parsed): YamlDocument {
  const errors: Finding[] = [];
  try {
    return {
      tree: treeOf(document, (offset, path, message) => errors.push({ severity: "error", offset, path, message })),
      errors,
    };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return failed(error);
  }
}

function failed({ offset, message }: { offset: number; message: string }): YamlDocument {
  return { tree: undefined, errors: [finding(offset, message)] };
}

function finding(offset: number, message: string): Finding {
  return { severity: "error", offset, path: "", message };
}

/** The library's words, without the parts of the text that some of them have: there may be keys and tokens in it. */
function wordsOf({ code, message }: YAMLError): string {
  if (code === "RESOURCE_EXHAUSTION") return "nested too deeply";
  if (code === "BAD_DQ_ESCAPE") return "invalid escape sequence in a quoted string";
  const [words = ""] = code === "UNEXPECTED_TOKEN" ? message.split(/: |"/) : [message];
  return words.charAt(0).toLowerCase() + words.slice(1).trimEnd();
}
