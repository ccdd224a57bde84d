import { isConstraintError } from "../processor/constraint.ts";
import { NascError } from "../processor/mod.ts";
import { tagOf } from "../shared/describe.ts";
import { hasMethods } from "../shared/kinds.ts";
import { own } from "../shared/own.ts";

/** How a request is refused, besides the code and the sentence for people. */
export interface RefusalOptions {
  /** The HTTP status. */
  readonly status: number;
  /** The answer as the app made it. It takes the place of a problem where there is one answer to one question. */
  readonly response?: Response | undefined;
  /** After how many milliseconds the same request may be allowed. */
  readonly retryAfter?: number;
}

/** A refusal by one of the app's own functions, such as `authorize`, `user` or `limit`. */
export class Refusal extends NascError {
  readonly status: number;
  readonly response: Response | undefined;
  readonly retryAfter: number | undefined;

  constructor(code: string, message: string, options: RefusalOptions) {
    super(code, message);
    const { status, response, retryAfter } = own(options);
    this.status = status;
    this.response = response;
    this.retryAfter = retryAfter;
  }
}

const codes: Readonly<Record<number, string>> = {
  401: "unauthorized",
  404: "not-found",
  429: "limited",
};

const messages: Readonly<Record<string, string>> = {
  "unauthorized": "Sign in first",
  "not-found": "There is nothing here",
  "limited": "This is too much at once; try again later",
  "unavailable": "This does not work at the moment; try again later",
};

const notAllowed = "You may not do this";

/** Returns the refusal that comes without an answer of the app's own. */
export function forbidden(): Refusal {
  return new Refusal("forbidden", notAllowed, { status: 403 });
}

/** Returns the refusal of what is too much, until so many milliseconds have passed. */
export function limited(retryAfter: number): Refusal {
  return new Refusal("limited", messages["limited"]!, { status: 429, retryAfter });
}

/**
 * Returns what a function of the app has returned or thrown: if it is a Response, or an `HTTPException` of Hono, as a
 * {@link Refusal}, and otherwise as it is.
 */
export function asRefusal(answer: unknown): unknown {
  if (isHttpException(answer)) {
    const response = answer.getResponse();
    // Errors of other libraries may have a method of that name, and their messages are not for people.
    if (!isResponse(response)) return answer;
    // With a Response of its own, its message is for the log.
    return refusalBy(response, answer.res ? "" : answer.message);
  }
  return isResponse(answer) ? refusalBy(answer, "") : answer;
}

/**
 * Asks a function of the app. What it throws to refuse counts as its answer.
 *
 * @throws anything else that it throws
 */
export async function askApp(ask: () => unknown): Promise<unknown> {
  try {
    return asRefusal(await ask());
  } catch (error) {
    const refusal = asRefusal(error);
    if (refusal instanceof NascError) return refusal;
    if (!isConstraintError(error)) throw error;
    // It is no mistake in what was sent, and its field is none of the sender's.
    throw new Error("Cannot ask whether this is allowed: a write was refused", { cause: error });
  }
}

function refusalBy(response: Response, message: string): Refusal {
  // Without an error status it is the page of a login, or leads to it. Nothing was done, and nothing may say so.
  const status = response.status < 400 ? 403 : response.status;
  const code = codes[status] ?? (status < 500 ? "forbidden" : "unavailable");
  return new Refusal(code, message || (messages[code] ?? notAllowed), {
    status,
    response: isSendable(response) ? response : undefined,
  });
}

/** Returns whether a Response can be an answer: not one that was sent before, nor one that says that a fetch failed. */
function isSendable({ bodyUsed, status }: Response): boolean {
  return !bodyUsed && status >= 200;
}

interface HttpException extends Error {
  readonly res?: Response;
  getResponse(): unknown;
}

/** Returns whether a value is an `HTTPException`. It asks as Hono does: the app may bring a Hono of its own. */
function isHttpException(value: unknown): value is HttpException {
  return value instanceof Error && hasMethods(value, "getResponse");
}

/** Returns whether a value is a Response. On Node, those of `fetch` and of `new Response()` are of two classes. */
function isResponse(value: unknown): value is Response {
  return tagOf(value) === "Response";
}
