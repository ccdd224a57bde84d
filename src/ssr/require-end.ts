import type { PageElement } from "./tree.ts";

/**
 * Refuses an element that shows something of a state, and of which nothing says where it ends.
 *
 * @throws {Error} that names its line
 */
export function requireEnd({ end, line, tag: { name } }: PageElement): void {
  if (end !== "" || name === "body" || name === "html") return;
  throw new Error(
    `Cannot render the page: line ${line}: <${name}> has no end tag, so nothing says what is in it; write </${name}>`,
  );
}
