import { Bytes } from "../../text/bytes";

export enum LocationKind {
  Header,
  /** A parameter of the query. */
  Parameter,
  Cookie,
}

/** A place of a request where rules look for tokens. Rules that name the same place share it. */
@final
export class TokenLocation {
  constructor(
    readonly kind: LocationKind,
    /** Its number among the locations of the configuration. */
    readonly index: i32,
    /** Name of the header (lower case), parameter or cookie. */
    readonly name: Bytes,
    /** What stands before the token in a header; empty elsewhere. */
    readonly prefix: Bytes,
    /** An authentication scheme compares case-insensitively (RFC 9110 §11.1); a prefix that a rule gives does not. */
    readonly prefixIsScheme: bool,
    /** Slot of the header that holds it: the header itself, `:path` or `cookie`. */
    readonly slot: i32,
  ) {}

  is(kind: LocationKind, name: Bytes, prefix: Bytes, prefixIsScheme: bool): bool {
    return (
      this.kind == kind && this.prefixIsScheme == prefixIsScheme && this.name.equals(name) && this.prefix.equals(prefix)
    );
  }
}
