import { checkEntryName } from "../../matching/entry-name";
import { HttpMatchList } from "../../matching/http-match/http-match-list";
import { readHttpMatches } from "../../matching/http-match/http-match-reader";
import { MatchScope } from "../../matching/http-match/match-scope";
import { KeptBytes } from "../../matching/kept-bytes";
import { RequestFacts } from "../../matching/request-facts";
import { Bytes, ConfigObject } from "../../sdk";

const MAX_OPERATIONS = 1000;

/** Values of the label that no operation can have: none matches, and there are too many series. */
const RESERVED_NAMES = ["unknown", "other"];

/**
 * What requests ask for, such as `get_user` for `GET /users/{id}`: few names for any number of paths. The first entry of
 * `operations` that matches says which it is; entries with the same name are one operation.
 */
@final
export class Operations {
  private readonly names: Bytes[] = [];
  /** Matches belong to the operation that has their number among the names. */
  private readonly matches: HttpMatchList = new HttpMatchList();

  private constructor(private readonly scope: MatchScope) {}

  /**
   * Reads the field `operations`; null: it is absent. Where it has a problem, that is noted in `object`, and the operations
   * must not be used. Names are kept in `kept`.
   */
  static read(object: ConfigObject, facts: RequestFacts, kept: KeptBytes): Operations | null {
    if (!object.has("operations")) return null;
    const operations = new Operations(new MatchScope(facts, kept));
    const indexes: Map<string, i32> = new Map();
    const entries = object.objects("operations", MAX_OPERATIONS);
    if (entries.length == 0) object.problem("operations", "at least one operation is needed");
    for (let i = 0; i < entries.length; i++) operations.readEntry(unchecked(entries[i]), indexes);
    operations.matches.build();
    return operations;
  }

  /** How many there are. */
  get count(): i32 {
    return this.names.length;
  }

  /** Whether a match looks at claims of the verified token. */
  get usesClaims(): bool {
    return this.scope.usesClaims;
  }

  /** The name of an operation, as the configuration has it; `index` is one that `find` answered, or below `count`. */
  name(index: i32): Bytes {
    // eslint-disable-next-line waypost/no-index -- the caller has the index from here
    return unchecked(this.names[index]);
  }

  /** Which operation the request is whose headers the facts have; -1: none, or its headers cannot be read. */
  find(): i32 {
    const facts = this.scope.facts;
    if (!facts.isPresent) return -1;
    const match = this.matches.find(facts);
    return match < 0 ? -1 : this.matches.owner(match);
  }

  /** Frees what the garbage collector does not, but the names. */
  release(): void {
    this.matches.release();
  }

  /** `indexes`: those of the names that are known. */
  private readEntry(object: ConfigObject, indexes: Map<string, i32>): void {
    const name = readName(object);
    if (!indexes.has(name)) {
      indexes.set(name, this.names.length);
      this.names.push(this.scope.kept.keep(name));
    }
    const matches = readHttpMatches(object, this.scope);
    if (!object.has("match")) object.problem("match", "missing: a list is needed, [{}] for every request");
    else if (matches.length == 0) object.problem("match", "must not be empty: [{}] is for every request");
    for (let i = 0; i < matches.length; i++) this.matches.add(unchecked(matches[i]), indexes.get(name));
  }
}

function readName(object: ConfigObject): string {
  const name = object.requiredString("name");
  checkEntryName(object, name);
  if (RESERVED_NAMES.includes(name))
    object.problem("name", "must not be " + RESERVED_NAMES.join(" or ") + ": those are requests without an operation");
  return name;
}
