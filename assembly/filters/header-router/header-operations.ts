import { RequestFacts } from "../../matching/request-facts";
import { Bytes, responseHeaders } from "../../sdk";
import { KeptValues } from "../kept-values";
import { ValueTemplate } from "./value-template";

/** A header that gets a value. */
@final
export class HeaderValue {
  /** The value for the request at hand; null: it cannot be made, and the header is left alone. */
  rendered: Bytes | null = null;

  constructor(
    readonly name: Bytes,
    /** Its slot in the request's headers; -1: it is a header of responses. */
    readonly slot: i32,
    readonly value: ValueTemplate,
  ) {}
}

/**
 * What happens to the headers of a request or a response, in the order in which Envoy does it: names are removed, values are
 * set in place of what is there, values are added to what is there. All values are made before anything changes, so that one can
 * take a header that another one replaces.
 */
@final
export class HeaderOperations {
  /** Slots of the request's headers to remove. */
  removedSlots: i32[] = [];
  /** Names of the response's headers to remove. */
  removedNames: Bytes[] = [];
  set: HeaderValue[] = [];
  add: HeaderValue[] = [];

  /** Changes the headers of the request at hand: only those that are not yet as they should be. */
  applyToRequest(facts: RequestFacts): void {
    render(this.set);
    render(this.add);
    const headers = facts.headers;
    for (let i = 0; i < this.removedSlots.length; i++) headers.remove(unchecked(this.removedSlots[i]));
    for (let i = 0; i < this.set.length; i++) {
      const header = unchecked(this.set[i]);
      const value = header.rendered;
      if (value === null) continue;
      const known = headers.count(header.slot) == 1 ? headers.value(header.slot) : null;
      if (known === null || !known.equals(value)) headers.set(header.slot, value);
    }
    for (let i = 0; i < this.add.length; i++) {
      const header = unchecked(this.add[i]);
      const value = header.rendered;
      if (value !== null) headers.append(header.slot, value);
    }
  }

  /** Makes the values of response headers, of which some are made of the request: the response cannot see it any more. */
  prepareResponse(values: KeptValues): void {
    prepare(this.set, values);
    prepare(this.add, values);
  }

  /** Changes the headers of the response at hand. `values`: what `prepareResponse` kept. */
  applyToResponse(values: KeptValues): void {
    for (let i = 0; i < this.removedNames.length; i++) responseHeaders.removeBytes(unchecked(this.removedNames[i]));
    for (let i = 0; i < this.set.length; i++) {
      const header = unchecked(this.set[i]);
      const value = preparedValue(header, values);
      if (value !== null) responseHeaders.setBytes(header.name, value);
    }
    for (let i = 0; i < this.add.length; i++) {
      const header = unchecked(this.add[i]);
      const value = preparedValue(header, values);
      if (value !== null) responseHeaders.addBytes(header.name, value);
    }
  }
}

function render(values: HeaderValue[]): void {
  for (let i = 0; i < values.length; i++) {
    const header = unchecked(values[i]);
    header.rendered = header.value.render();
  }
}

function prepare(headers: HeaderValue[], values: KeptValues): void {
  for (let i = 0; i < headers.length; i++) {
    const value = unchecked(headers[i]).value;
    if (!value.isConstant) values.put(value.render());
  }
}

function preparedValue(header: HeaderValue, values: KeptValues): Bytes | null {
  return header.value.isConstant ? header.value.render() : values.next();
}
