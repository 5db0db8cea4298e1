/** Which answer a scripted service gives to which request: one rule for both hosts. */
import type { ServiceAnswer } from "./format.ts";

const NOT_FOUND: ServiceAnswer = { status: 404 };

/**
 * Walks through the answers of one service. A request gets the first answer not given yet among those for its path (and
 * those for any path); when all were given, the last of them again; 404 when there are none.
 */
export class AnswerScript {
  readonly #answers: readonly ServiceAnswer[];
  readonly #given = new Set<ServiceAnswer>();

  constructor(answers: readonly ServiceAnswer[] = []) {
    this.#answers = answers;
  }

  /** @param path  with its query */
  next(path: string): ServiceAnswer {
    const fitting = this.#answers.filter((answer) => answer.path === undefined || answer.path === path);
    const answer = fitting.find((candidate) => !this.#given.has(candidate)) ?? fitting.at(-1);
    if (answer === undefined) return NOT_FOUND;
    this.#given.add(answer);
    return answer;
  }
}
