import { toText } from "./evaluate.ts";

const neverBound =
  /^(?:script|style|iframe|frame|object|embed|base|link|meta|noscript|animate.*|set|use)$/i;
const neverSet =
  /^(?:on.*|style|srcdoc|(?:image)?srcset|ping|attributionsrc|is|nonce|integrity|http-equiv|sandbox|(?:form)?(?:target|method|enctype)|(?:data-)?na-.*|ng-bind)$/i;
const namingUrl =
  /^(?:(?:xlink:)?href|src|(?:form)?action|cite|poster|data|background|longdesc|manifest)$/i;
const validName = /^[a-z_:][\w:.-]*$/i;
const anywhere = "https://a.invalid";

/** The element that a value is for, and where its page is from. */
export interface Place {
  /** The name of the element, such as `"a"`. */
  readonly tag: string;
  /** The origin of the page, such as `"https://example.org"`. */
  readonly origin: string;
}

/** Returns whether a state may be shown in an element: in no script, and in nothing that loads what it is about. */
export function isBindable(tag: string): boolean {
  return !neverBound.test(tag);
}

/** Attributes of rows that are filled in where they stand. Until then, the browser sees what is in the markup. */
export const fillable: readonly string[] = [
  "id",
  "for",
  "title",
  "class",
  "alt",
  "name",
  "value",
];
const fillablePrefix = /^(?:data|aria)-(?!na-)./;

/** Returns whether an attribute of a row may have values in braces. */
export function isFillable(name: string): boolean {
  return fillable.includes(name) || fillablePrefix.test(name);
}

/** Returns whether a text can be the name of an attribute. */
export function isAttributeName(name: string): boolean {
  return validName.test(name);
}

/** Returns whether a state may give an attribute its value. */
export function isSettable(name: string): boolean {
  return !neverSet.test(name);
}

/** Returns whether the text of an attribute is an address. */
export function isAddress(name: string): boolean {
  return namingUrl.test(name);
}

/**
 * Returns whether an attribute may have this text. An address is relative, or one of the web, mail or telephone; a small
 * picture may be in it, and a form is sent to the page's own origin.
 */
export function isSafe(name: string, text: string, { tag, origin }: Place): boolean {
  if (!isAddress(name)) return true;
  const isAction = /action$/i.test(name);
  try {
    // Some addresses, such as `https:x`, are relative in pages of their own protocol only.
    const url = new URL(text, isAction ? origin : anywhere);
    // What is a blob has the origin of the page that made it.
    if (isAction) return url.origin === origin && /^https?:$/.test(url.protocol);
    return /^(?:https?|mailto|tel):$/.test(url.protocol) ||
      tag === "img" && name === "src" &&
        /^data:image\/(?:png|jpeg|gif|webp)[;,]/.test(url.href);
  } catch {
    return false;
  }
}

/** Returns the text that an attribute has for a value, or `null` if the element is to be without it. */
export function attributeText(name: string, value: unknown): string | null {
  if (typeof value === "boolean" && /^(?:aria|data)-/i.test(name)) return String(value);
  if (value === true) return "";
  return value === false || value === undefined || typeof value === "object" ? null : toText(value);
}
