/**
 * Reads what the JavaScript API does not tell about a WebAssembly module: the types of imported and exported functions.
 * The engine has validated the bytes before this runs.
 */

/** A function type as text: `i` = i32, `I` = i64, `f` = f32, `F` = f64, `?` = any other; parameters, colon, results. */
export type FunctionType = string;

export interface FunctionImport {
  module: string;
  name: string;
  kind: "function" | "table" | "memory" | "global" | "tag";
  /** Of functions. */
  type?: FunctionType;
  /** Of memories and tables. */
  limits?: { initial: number; maximum?: number };
}

export interface ModuleTypes {
  imports: FunctionImport[];
  exportedFunctions: Map<string, FunctionType>;
}

const KINDS = ["function", "table", "memory", "global", "tag"] as const;
const Section = { Type: 1, Import: 2, Function: 3, Export: 7 } as const;
const VALUE_TYPES: Readonly<Record<number, string>> = { 0x7f: "i", 0x7e: "I", 0x7d: "f", 0x7c: "F" };
const FUNCTION_TYPE = 0x60;

class Reader {
  position = 8;

  constructor(readonly bytes: Uint8Array) {}

  byte(): number {
    return this.bytes[this.position++] ?? 0;
  }

  /** An unsigned LEB128 number below 2^53. */
  number(): number {
    let result = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = this.byte();
      result += (byte & 0x7f) * shift;
      if (byte < 0x80) return result;
    }
  }

  name(): string {
    const length = this.number();
    const text = Buffer.from(this.bytes.subarray(this.position, this.position + length)).toString("utf8");
    this.position += length;
    return text;
  }

  list<T>(item: () => T): T[] {
    return Array.from({ length: this.number() }, item);
  }

  limits(): { initial: number; maximum?: number } {
    const flags = this.byte();
    const initial = this.number();
    return (flags & 1) === 0 ? { initial } : { initial, maximum: this.number() };
  }
}

export function readModuleTypes(bytes: Uint8Array): ModuleTypes {
  const reader = new Reader(bytes);
  let types: FunctionType[] = [];
  let imports: FunctionImport[] = [];
  let functions: FunctionType[] = [];
  const exportedFunctions = new Map<string, FunctionType>();
  while (reader.position < bytes.length) {
    const section = reader.byte();
    const end = reader.number() + reader.position;
    if (section === Section.Type) types = readTypes(reader, end);
    if (section === Section.Import) {
      imports = reader.list(() => readImport(reader, types));
      functions = imports.flatMap((entry) => (entry.kind === "function" ? [entry.type ?? "?"] : []));
    }
    if (section === Section.Function) functions.push(...reader.list(() => types[reader.number()] ?? "?"));
    if (section === Section.Export) {
      reader.list(() => {
        const name = reader.name();
        const kind = KINDS[reader.byte()];
        const index = reader.number();
        if (kind === "function") exportedFunctions.set(name, functions[index] ?? "?");
      });
    }
    reader.position = end;
  }
  return { imports, exportedFunctions };
}

/** Stops at a type that is not a function (the GC proposal has others): those behind it keep the type "?". */
function readTypes(reader: Reader, end: number): FunctionType[] {
  const types: FunctionType[] = [];
  const count = reader.number();
  while (types.length < count && reader.position < end && reader.byte() === FUNCTION_TYPE) {
    const parameters = reader.list(() => VALUE_TYPES[reader.byte()] ?? "?").join("");
    types.push(`${parameters}:${reader.list(() => VALUE_TYPES[reader.byte()] ?? "?").join("")}`);
  }
  return types;
}

function readImport(reader: Reader, types: FunctionType[]): FunctionImport {
  const entry: FunctionImport = { module: reader.name(), name: reader.name(), kind: KINDS[reader.byte()] ?? "tag" };
  if (entry.kind === "function") entry.type = types[reader.number()] ?? "?";
  else if (entry.kind === "memory") entry.limits = reader.limits();
  else if (entry.kind === "table") {
    reader.byte();
    entry.limits = reader.limits();
  } else {
    reader.byte();
    reader.number();
  }
  return entry;
}
