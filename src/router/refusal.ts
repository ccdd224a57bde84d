import { NascError } from "../processor/mod.ts";
import { tagOf } from "../shared/describe.ts";
import { hasMethods } from "../shared/kinds.ts";
import { own } from "../shared/own.ts";

/** How a request is refused, besides the code and the sentence for people. */
export interface RefusalOptions {
  /** The HTTP status. */
  readonly status: number;
  /** The answer as the app made it; it takes the place of a problem where there is one answer to one question. */
  readonly response?: Response;
}

/** A refusal by one of the app's own functions: `authorize` or `user`. */
export class Refusal extends NascError {
  readonly status: number;
  readonly response: Response | undefined;

  constructor(code: string, message: string, options: RefusalOptions) {
    super(code, message);
    const { status, response } = own(options);
    this.status = status;
    this.response = response;
  }
}

const codes: Readonly<Record<number, string>> = {
  401: "unauthorized",
  404: "not-found",
  409: "conflict",
  413: "too-large",
  429: "limited",
};

const sentences: Readonly<Record<string, string>> = {
  "unauthorized": "Sign in first",
  "forbidden": "You may not do this",
  "not-found": "There is nothing here",
  "limited": "This was too often; try again later",
  "unavailable": "This does not work at the moment; try again later",
};

/** Returns the refusal without an answer of the app's own. */
export function forbidden(): Refusal {
  return new Refusal("forbidden", sentences["forbidden"]!, { status: 403 });
}

/**
 * Returns the refusal that a function of the app has returned or thrown, as a Response or an `HTTPException` of Hono;
 * `undefined` if it is anything else.
 *
 * @throws {TypeError} if the Response was sent before
 */
export function refusalOf(source: string, answer: unknown): Refusal | undefined {
  if (isHttpException(answer)) {
    const { message } = answer;
    return refusalBy(source, answer.getResponse(), answer.res ? "" : message);
  }
  return isResponse(answer) ? refusalBy(source, answer, "") : undefined;
}

function refusalBy(source: string, response: Response, message: string): Refusal {
  if (response.bodyUsed) {
    throw new TypeError(
      `Cannot refuse a request: ${source} gave a Response that was sent before; make a new one each time`,
    );
  }
  // Without an error status it is the page of a login, or leads to it. Nothing has been done, and nothing may say so.
  const status = response.status < 400 ? 403 : response.status;
  const code = codes[status] ?? (status < 500 ? "forbidden" : "unavailable");
  return new Refusal(code, message || sentences[code] || sentences["forbidden"]!, {
    status,
    response,
  });
}

interface HttpException extends Error {
  readonly res?: Response;
  getResponse(): Response;
}

// The app may use a Hono of its own, so this asks as Hono does.
function isHttpException(value: unknown): value is HttpException {
  return tagOf(value) === "Error" && hasMethods(value, "getResponse");
}

/** Returns whether a value is a Response. On Node, what `fetch` returns is of another class than `new Response()`. */
function isResponse(value: unknown): value is Response {
  return tagOf(value) === "Response";
}
