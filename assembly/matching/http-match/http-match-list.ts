import { CandidateIndex } from "../candidate-index";
import { RequestFacts } from "../request-facts";
import { HttpMatch } from "./http-match";

/**
 * The matches of many owners in order, and the first of them that holds for a request. An index says which are worth a look,
 * so that a thousand cost about what one does. Owners are numbers: routes, operations.
 */
@final
export class HttpMatchList {
  private readonly matches: HttpMatch[] = [];
  private readonly owners: i32[] = [];
  private readonly index: CandidateIndex = new CandidateIndex();

  /** Adds a match, which belongs to the list from now on. */
  add(match: HttpMatch, owner: i32): void {
    this.matches.push(match);
    this.owners.push(owner);
    match.addTo(this.index, this.index.add());
  }

  /** Nothing is added any more. */
  build(): void {
    this.index.build();
  }

  /** Number of the first match that holds for the request of `facts`, which its conditions look at too; -1: none does. */
  find(facts: RequestFacts): i32 {
    const path = facts.path;
    this.index.begin(facts);
    for (let id = this.index.next(0); id >= 0; id = this.index.next(id + 1)) {
      if (this.match(id).matches(path)) return id;
    }
    return -1;
  }

  /** The match that has a number which `find` answered. */
  match(id: i32): HttpMatch {
    // eslint-disable-next-line waypost/no-index -- an id of the index is the number of a match
    return unchecked(this.matches[id]);
  }

  /** Whose match that is. */
  owner(id: i32): i32 {
    // eslint-disable-next-line waypost/no-index -- an id of the index is the number of a match
    return unchecked(this.owners[id]);
  }

  /** Frees what the garbage collector does not. */
  release(): void {
    for (let i = 0; i < this.matches.length; i++) unchecked(this.matches[i]).release();
    this.index.release();
  }
}
