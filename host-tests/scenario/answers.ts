/** Which answer a scripted service gives to which request: one rule for both hosts. */
import { joined } from "./expect.ts";
import type { ServiceAnswer } from "./format.ts";

/** What a script must know of its answers. */
type Fitting = Pick<ServiceAnswer, "path" | "requestHeaders" | "status">;

/** What a request gets that nothing fits. */
export interface NotFound {
  status: 404;
}

/**
 * Walks through the answers of one service. A request gets the first answer not given yet among those that fit it; when all
 * were given, the last of them again; 404 when there are none.
 */
export class AnswerScript<T extends Fitting> {
  readonly #answers: readonly T[];
  readonly #given = new Set<T>();

  constructor(answers: readonly T[] = []) {
    this.#answers = answers;
  }

  /** @param path  with its query */
  next(path: string, headers: readonly (readonly [string, string])[] = []): T | NotFound {
    const fitting = this.#answers.filter((answer) => fits(answer, path, headers));
    const answer = fitting.find((candidate) => !this.#given.has(candidate)) ?? fitting.at(-1);
    if (answer === undefined) return { status: 404 };
    this.#given.add(answer);
    return answer;
  }
}

function fits(
  { path: wanted, requestHeaders = {} }: Fitting,
  path: string,
  headers: readonly (readonly [string, string])[],
): boolean {
  if (wanted !== undefined && wanted !== path) return false;
  return Object.entries(requestHeaders).every(([name, value]) => joined(headers, name) === value);
}
