/** JSON (RFC 8259) as the judge reads it: strictly, and with its eyes on names that come twice. */

export type Json = string | number | boolean | null | Json[] | JsonObject;

/** Objects keep their members by name; of several with one name the last. */
export class JsonObject extends Map<string, Json> {
  /** Whether it, or an object in it, has a member twice. */
  repeated = false;
}

/** Deeper text is refused. */
const MAX_DEPTH = 32;

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;

/** The value that the text is; undefined when it is not JSON, or too deep. */
export function readJson(bytes: Uint8Array): Json | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return new Reader(text).whole();
  } catch {
    return undefined;
  }
}

class Reader {
  #at = 0;

  constructor(private readonly text: string) {}

  whole(): Json {
    const value = this.#value(0);
    if (this.#at !== this.text.length) throw new SyntaxError("something behind the value");
    return value;
  }

  #value(depth: number): Json {
    this.#match(SPACE);
    const value = this.#bare(depth);
    this.#match(SPACE);
    return value;
  }

  #bare(depth: number): Json {
    switch (this.text[this.#at]) {
      case "{":
        return this.#object(depth + 1);
      case "[":
        return this.#array(depth + 1);
      case '"':
        return this.#string();
      default:
        return this.#scalar();
    }
  }

  #object(depth: number): JsonObject {
    if (depth > MAX_DEPTH) throw new SyntaxError("too deep");
    const object = new JsonObject();
    this.#list("}", () => {
      this.#match(SPACE);
      const name = this.#string();
      this.#match(SPACE);
      this.#take(":");
      const value = this.#value(depth);
      object.repeated ||= object.has(name) || hasRepeated(value);
      object.set(name, value);
    });
    return object;
  }

  #array(depth: number): Json[] {
    if (depth > MAX_DEPTH) throw new SyntaxError("too deep");
    const items: Json[] = [];
    this.#list("]", () => items.push(this.#value(depth)));
    return items;
  }

  /** From the opening bracket to the closing one. */
  #list(close: string, item: () => void): void {
    this.#at++;
    this.#match(SPACE);
    if (this.text[this.#at] !== close) {
      for (item(); this.text[this.#at] === ","; item()) this.#at++;
    }
    this.#take(close);
  }

  #string(): string {
    const value = JSON.parse(this.#match(STRING) ?? "") as string;
    if (!value.isWellFormed()) throw new SyntaxError("half of a surrogate pair");
    return value;
  }

  #scalar(): Json {
    return JSON.parse(this.#match(WORD) ?? this.#match(NUMBER) ?? "") as Json;
  }

  #take(symbol: string): void {
    if (this.text[this.#at] !== symbol) throw new SyntaxError(`expected ${symbol}`);
    this.#at++;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.text) ?? [];
    this.#at += found?.length ?? 0;
    return found;
  }
}

function hasRepeated(value: Json): boolean {
  if (value instanceof JsonObject) return value.repeated;
  return Array.isArray(value) && value.some(hasRepeated);
}

/** The octets that base64url stands for; undefined unless this is the one way to write them (RFC 7515 §2, RFC 4648 §3.5). */
export function decodeBase64url(text: string): Buffer | undefined {
  const octets = Buffer.from(text, "base64url");
  return octets.toString("base64url") === text ? octets : undefined;
}
