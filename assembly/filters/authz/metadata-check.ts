import { ProtobufReader } from "../../encoding/protobuf-reader";
import { metadataValue } from "../../matching/claims-of-metadata";
import { RequestFacts } from "../../matching/request-facts";
import { StringMatch, matchesAny } from "../../matching/string-match";
import { Bytes } from "../../sdk";
import { Check, Cost, releaseAll } from "./check";

// Fields of google.protobuf.Value and ListValue (google/protobuf/struct.proto).
const STRING_VALUE: u32 = 3;
const LIST_VALUE: u32 = 6;
const ELEMENTS: u32 = 1;

/** What another filter left in dynamic metadata: `experimental.envoy.filters.<name>[<key>]`. */
@final
export class MetadataCheck extends Check {
  constructor(
    isNegated: bool,
    private readonly filter: Bytes,
    private readonly key: Bytes,
    /** For a string. */
    private readonly values: StringMatch[],
    /** For a list of which a member is such a string: values in brackets. */
    private readonly members: StringMatch[],
  ) {
    super(Cost.Metadata, isNegated);
  }

  release(): void {
    releaseAll(this.values);
    releaseAll(this.members);
  }

  protected matches(facts: RequestFacts): bool {
    const value = metadataValue(facts.metadata, this.filter, this.key);
    if (value === null) return false;
    const fields = ProtobufReader.of(value);
    if (!fields.next()) return false;
    if (fields.field == STRING_VALUE) return matchesAny(this.values, fields.value);
    return fields.field == LIST_VALUE && this.members.length > 0 && this.matchesMember(fields.value);
  }

  private matchesMember(list: Bytes): bool {
    const elements = ProtobufReader.of(list);
    while (elements.next()) {
      if (elements.field != ELEMENTS) continue;
      const element = ProtobufReader.of(elements.value);
      if (element.next() && element.field == STRING_VALUE && matchesAny(this.members, element.value)) return true;
    }
    return false;
  }
}
