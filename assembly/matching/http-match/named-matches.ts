import { ConfigObject } from "../../sdk";

/** Of one object. */
const MAX_ENTRIES = 64;

const NO_NAMES: string[] = [];

/** The StringMatches of an object whose members the configuration's author names, such as `headers`: one after the other. */
@final
export class NamedMatches {
  /** What the match that `next` gave is called. */
  name: string = "";
  private readonly names: string[];
  private position: i32 = 0;

  /** `members` null: there are none. */
  private constructor(private readonly members: ConfigObject | null) {
    this.names = members === null ? NO_NAMES : members.names();
  }

  /** Reads that field of `object`. */
  static read(object: ConfigObject, field: string): NamedMatches {
    const matches = new NamedMatches(object.object(field));
    if (matches.names.length > MAX_ENTRIES)
      object.problem(field, "must not have more than " + MAX_ENTRIES.toString() + " entries");
    return matches;
  }

  /** The next one; null after the last. One that is no object is a problem: nothing in its place would hold for every request. */
  next(): ConfigObject | null {
    const members = this.members;
    if (members === null) return null;
    while (this.position < this.names.length) {
      // eslint-disable-next-line waypost/no-index -- it was just compared with the length
      const name = unchecked(this.names[this.position]);
      this.position += 1;
      this.name = name;
      if (!members.has(name)) members.problem(name, "must be an object");
      const match = members.object(name);
      if (match !== null) return match;
    }
    return null;
  }

  /** Notes that the match that `next` gave, or its name, is wrong. */
  problem(what: string): void {
    const members = this.members;
    if (members !== null) members.problem(this.name, what);
  }
}
