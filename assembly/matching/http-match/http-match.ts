import { CandidateIndex } from "../candidate-index";
import { Bytes } from "../../text/bytes";
import { Condition } from "./condition";
import { UriMatch } from "./uri-match";

/** What a request must be for a route: all of it. An HTTPMatchRequest of VirtualService, and more. */
@final
export class HttpMatch {
  uri: UriMatch = new UriMatch(null, null);
  /** In the order in which they are cheapest to check. */
  readonly conditions: Condition[] = [];
  /** One of these methods, if any; hosts likewise. What the index of all matches goes by, beside paths. */
  readonly methods: Bytes[] = [];
  readonly hosts: Bytes[] = [];

  /** Whether the request at hand, with this path, is one. */
  matches(path: Bytes): bool {
    if (!this.uri.matches(path)) return false;
    const conditions = this.conditions;
    for (let i = 0; i < conditions.length; i++) {
      if (!unchecked(conditions[i]).holds()) return false;
    }
    return true;
  }

  /** Tells an index for which requests alone `id` can match. */
  addTo(index: CandidateIndex, id: i32): void {
    this.uri.addTo(index, id);
    for (let i = 0; i < this.methods.length; i++) index.method(id, unchecked(this.methods[i]));
    for (let i = 0; i < this.hosts.length; i++) index.exactHost(id, unchecked(this.hosts[i]));
  }

  release(): void {
    this.uri.release();
    for (let i = 0; i < this.conditions.length; i++) unchecked(this.conditions[i]).release();
  }
}
