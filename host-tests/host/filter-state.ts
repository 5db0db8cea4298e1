/** Filter state of a stream: objects by name, some of which last as long as the connection. */
import { latin1, utf8Text } from "./bytes.ts";
import { FieldMap, serialize, toValue, type Value } from "./values.ts";

/** How long an object lives, by the numbers of Envoy's `LifeSpan` message. */
export const LifeSpan = { FilterChain: 0, DownstreamRequest: 1, DownstreamConnection: 2 } as const;

/** What `declare_property` says of a property. */
export interface CelStateType {
  type: "bytes" | "string" | "flatbuffers" | "protobuf";
  readonly: boolean;
  span: number;
}

interface CelState extends CelStateType {
  kind: "cel";
  value: Buffer;
}

/** An object of Envoy's own, such as a string that `set_envoy_filter_state` made. */
interface NativeObject {
  kind: "native";
  value: Value;
  span: number;
}

export type FilterStateObject = CelState | NativeObject;

const UNDECLARED: CelStateType = { type: "bytes", readonly: false, span: LifeSpan.FilterChain };

/** Before the name of what a guest sets with `proxy_set_property`. */
const CEL_PREFIX = "wasm.";

export class FilterState {
  private readonly objects = new Map<string, FilterStateObject>();

  /** @param connection objects that outlive the stream */
  constructor(private readonly connection: Map<string, FilterStateObject>) {}

  get(name: string): FilterStateObject | undefined {
    return this.objects.get(name) ?? this.connection.get(name);
  }

  /** A name that is taken with another life span stays as it is, and nobody is told. */
  setNative(name: string, value: Value, span: number = LifeSpan.FilterChain): void {
    const known = this.get(name);
    if (known === undefined || known.span === span) this.store(span).set(name, { kind: "native", value, span });
  }

  /** False when the property was declared read-only and has a value. */
  setCelState(path: string, value: Buffer, declared: CelStateType | undefined): boolean {
    const name = CEL_PREFIX + path;
    const known = this.get(name);
    if (known?.kind === "cel") {
      if (known.readonly) return false;
      known.value = value;
      return true;
    }
    const type = declared ?? UNDECLARED;
    this.store(type.span).set(name, { ...type, kind: "cel", value });
    return true;
  }

  /** The property that a guest set under this path. */
  celState(path: string): Value | undefined {
    const object = this.get(CEL_PREFIX + path);
    return object?.kind === "cel" ? celValue(object) : undefined;
  }

  /** As the attribute `filter_state.<name>`. */
  attribute(name: string): Value | undefined {
    const object = this.get(name);
    if (object === undefined) return undefined;
    if (object.kind === "cel") return celValue(object);
    // Objects without fields are bytes, whatever they are made of.
    return typeof object.value === "string" ? latin1(object.value) : object.value;
  }

  /** Name to text, as an access log prints `%FILTER_STATE(name:PLAIN)%`. */
  toObject(): Record<string, string> {
    const texts: Record<string, string> = {};
    for (const [name, object] of [...this.connection, ...this.objects]) {
      const data = object.kind === "cel" ? object.value : serialize(object.value);
      texts[Buffer.from(name, "latin1").toString("utf8")] = data?.toString("utf8") ?? "";
    }
    return texts;
  }

  private store(span: number): Map<string, FilterStateObject> {
    return span === LifeSpan.DownstreamConnection ? this.connection : this.objects;
  }
}

function celValue(state: CelState): Value {
  return state.type === "string" ? state.value.toString("latin1") : state.value;
}

/** A filter state object that a test gives: text is a string object, an object is one with fields. */
export function givenObject(input: unknown): Value {
  if (typeof input !== "object" || input === null || input instanceof Uint8Array) return toValue(input) ?? "";
  const fields = new Map(Object.entries(input).map(([name, value]) => [utf8Text(name), toValue(value)]));
  return new FieldMap((name) => fields.get(name));
}
