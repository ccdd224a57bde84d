import type { Attribute } from "./tag.ts";

/** Which language an element is of. */
export type Namespace = "html" | "svg" | "math";

/** An element as it stands in a page. */
export interface MarkupElement {
  /** In small letters. */
  readonly name: string;
  readonly namespace: Namespace;
  readonly attributes: readonly Attribute[];
  readonly repeated: readonly Attribute[];
  readonly isSelfClosing: boolean;
  /** Where its start tag begins. */
  readonly start: number;
  /** Where its start tag ends. */
  readonly contentStart: number;
  /** Where its end tag begins, or would. */
  contentEnd: number;
  /** Where its end tag ends. */
  end: number;
  /** Whether it has an end tag. */
  isEnded: boolean;
  /** Its place in the list of all elements. */
  readonly index: number;
  /** The place of the first element after it and what is in it. */
  next: number;
  readonly parent: MarkupElement | undefined;
}
