/**
 * What browsers know of elements when they read a page (HTML, 13.2.6).
 *
 * @module
 */

function names(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** Those that have no content and no end tag. */
export const empty: ReadonlySet<string> = names(`
  area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr`);

/** Those that an end tag of another element does not close. */
export const special: ReadonlySet<string> = names(`
  address applet area article aside base basefont bgsound blockquote body br button caption center col colgroup dd
  details dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup
  hr html iframe img input keygen li link listing main marquee menu meta nav noembed noframes noscript object ol p param
  plaintext pre script search section select source style summary table tbody td template textarea tfoot th thead title
  tr track ul wbr xmp`);

/** Those that also the end tags of what is around them do not close. */
export const boundary: ReadonlySet<string> = names(`
  applet caption html marquee object select table td template th`);

/** Those that close a paragraph. */
export const closingParagraph: ReadonlySet<string> = names(`
  address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3
  h4 h5 h6 header hgroup hr li listing main menu nav ol p plaintext pre search section summary table ul xmp`);

/** Those that stand in a `<head>`. */
export const inHead: ReadonlySet<string> = names(`
  base basefont bgsound link meta noframes noscript script style template title`);

/** The parts of a table. */
export const tablePart: ReadonlySet<string> = names(`
  caption col colgroup tbody td tfoot th thead tr`);

/** Headings, each of which ends at the end tag of any. */
export const heading: ReadonlySet<string> = names("h1 h2 h3 h4 h5 h6");

/** Those of HTML that end an SVG or MathML element around them. */
export const leavingForeign: ReadonlySet<string> = names(`
  b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta nobr ol
  p pre ruby s small span strong strike sub sup table tt u ul var`);

/** Those of SVG and MathML that hold HTML. */
export const holdingHtml: Readonly<Record<"svg" | "math", ReadonlySet<string>>> = {
  svg: names("foreignobject desc title"),
  math: names("mi mo mn ms mtext annotation-xml"),
};
