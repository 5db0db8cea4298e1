import { ConfigObject } from "../../sdk";
import { CheckGroup } from "./check-group";

/**
 * What an attribute is compared with, and where the check goes: the texts of `principals`, of `notPrincipals`, or of `values`
 * or `notValues` of a condition.
 */
@final
export class ValueList {
  text: string = "";
  /** Where the text is, for problems. */
  field: string = "";
  /** Whether none of them may match. */
  readonly isNegated: bool;
  private readonly texts: string[];
  private readonly seen: Set<string> = new Set<string>();
  private index: i32 = 0;

  constructor(
    readonly object: ConfigObject,
    private readonly list: string,
    readonly group: CheckGroup,
  ) {
    this.isNegated = list.startsWith("not");
    this.texts = object.strings(list);
  }

  /** How many the list has, repetitions included. */
  get count(): i32 {
    return this.texts.length;
  }

  /** Moves on to the next text that was not there before; false at the end. */
  next(): bool {
    while (this.index < this.texts.length) {
      // eslint-disable-next-line waypost/no-index -- below the length
      this.text = unchecked(this.texts[this.index]);
      this.field = this.list + "[" + this.index.toString() + "]";
      this.index += 1;
      if (this.seen.has(this.text)) continue;
      this.seen.add(this.text);
      return true;
    }
    return false;
  }

  /** Notes that something about the text is wrong, and what. */
  problem(what: string): void {
    this.object.problem(this.field, what);
  }

  /** Notes that something about the whole list is wrong, and what. */
  problemOfList(what: string): void {
    this.object.problem(this.list, what);
  }

  /** Notes a problem when the text has a `*` anywhere but at its start or its end, or more than one. */
  checkWildcard(): bool {
    const star = this.text.indexOf("*");
    const isValid = star < 0 || (star == this.text.lastIndexOf("*") && (star == 0 || star == this.text.length - 1));
    if (!isValid) this.problem("must not have more than one *, at its start or end");
    return isValid;
  }
}
