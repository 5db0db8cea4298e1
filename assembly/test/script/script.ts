import { JsonDocument, JsonValue } from "../../json/document";
import { Bytes, Context, StreamContext, log } from "../../sdk";
import { isCall, runCall } from "./calls";
import { runCommand } from "./commands";

/** The commands of a configuration, by callback. */
@final
export class Script {
  /** The stream that began last. */
  stream: StreamContext | null = null;
  private sections: JsonValue | null = null;

  /** False when the configuration is no JSON. */
  read(configuration: Bytes): bool {
    this.sections = JsonDocument.parse(configuration).root;
    return this.sections !== null;
  }

  has(section: string): bool {
    const sections = this.sections;
    return sections !== null && sections.get(section) !== null;
  }

  /** Runs a section and answers what its `return` says, else `otherwise`. */
  run(section: string, context: Context, otherwise: i32 = 0): i32 {
    const sections = this.sections;
    const commands: JsonValue | null = sections === null ? null : sections.get(section);
    let status = otherwise;
    let command: JsonValue | null = commands === null ? null : commands.first;
    while (command !== null) {
      const words = wordsOf(command);
      if (words[0] == "return") {
        status = <i32>parseInt(words[1]);
      } else if (words[0] == "stopUnless") {
        if (runCommand(words.slice(1), this, context) != words[words.length - 1]) return status;
      } else {
        const result = isCall(words[0]) ? runCall(words, this, context) : runCommand(words, this, context);
        log.info(section + ": " + words.join(" ") + " = " + result);
      }
      command = command.next;
    }
    return status;
  }
}

function wordsOf(command: JsonValue): string[] {
  const words: string[] = [];
  let word = command.first;
  while (word !== null) {
    words.push(word.text);
    word = word.next;
  }
  return words;
}
