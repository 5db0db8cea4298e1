import { ConfigObject } from "../sdk";

/** A field of Istio's API that has no place here. */
@final
export class RefusedField {
  constructor(
    private readonly name: string,
    /** What to use in its place. */
    private readonly reason: string,
  ) {}

  /** Notes a problem for each of `fields` that is there: copied from a VirtualService it would be without effect. */
  static check(object: ConfigObject, fields: RefusedField[]): void {
    for (let i = 0; i < fields.length; i++) {
      const field = unchecked(fields[i]);
      object.refuse(field.name, "not supported: " + field.reason);
    }
  }
}
