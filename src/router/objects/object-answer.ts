import type { Patch } from "../../processor/mod.ts";

/** What an answer holds, whichever protocol it is of. */
interface AnswerBody {
  readonly patches?: readonly Patch[];
}

/** What the object of an instance has answered to a message that it applied, as the page gets it. */
export class ObjectAnswer {
  readonly ok = true;
  /** JSON. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** What the text says. */
  get body(): AnswerBody {
    return JSON.parse(this.text);
  }
}

/** Returns what the sender of a message gets, be it from an object or from this process. */
export function bodyOf(answer: unknown): unknown {
  return answer instanceof ObjectAnswer ? answer.body : answer;
}
