/** What is wrong with an expression in a page, in words for its author. */
export class ExpressionError extends Error {}

const longestQuote = 60;

/** Reads an expression from its beginning to its end, and each of its characters a bounded number of times. */
export class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether everything is read. */
  get isOver(): boolean {
    return this.#at === this.#text.length;
  }

  /** Returns whether a mark comes next. */
  startsWith(mark: string): boolean {
    return this.#text.startsWith(mark, this.#at);
  }

  /** Reads a mark, and returns whether it was there. */
  take(mark: string): boolean {
    const isThere = this.startsWith(mark);
    if (isThere) this.#at += mark.length;
    return isThere;
  }

  /** Reads what a sticky pattern matches, or nothing. */
  match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found = ""] = pattern.exec(this.#text) ?? [];
    this.#at += found.length;
    return found;
  }

  /** Reads a text in single quotes of which the first is read; a doubled one stands for itself. */
  quoted(): string {
    const parts: string[] = [];
    do {
      const end = endOf(this.#text, this.#at);
      parts.push(this.#text.slice(this.#at, end));
      this.#at = end + 1;
    } while (this.take("'"));
    return parts.join("'");
  }

  /** Throws an {@link ExpressionError} about what comes next, or is missing there. */
  refuse(): never {
    const rest = shorten(this.#text.slice(this.#at));
    fail(this.#text, rest === "" ? "it ends too early" : `"${rest}" is not expected`);
  }
}

/** Returns the index after a text in quotes that begins at an index, after its first quote. */
export function skipQuoted(text: string, from: number): number {
  let at = endOf(text, from) + 1;
  while (text.startsWith("'", at)) at = endOf(text, at + 1) + 1;
  return at;
}

/** Throws an {@link ExpressionError}. */
export function fail(text: string, problem: string): never {
  throw new ExpressionError(
    `Cannot read "${shorten(text)}": ${problem}; write such as city, done!=yes or due|date:full`,
  );
}

function endOf(text: string, from: number): number {
  const end = text.indexOf("'", from);
  if (end < 0) fail(text, "a quote is not closed");
  return end;
}

function shorten(text: string): string {
  return text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;
}
