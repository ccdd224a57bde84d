/**
 * The address that a form without script is sent to: the server paints it into the page, and the router reads it. What
 * the client would say in its message stands in the query string.
 *
 * @module
 */

/** What the action of a form says. */
export interface FormAction {
  readonly type: string;
  readonly id: string;
  readonly event: string;
  /** The keys of the rows around the form, the outermost first. */
  readonly rows?: readonly string[];
  /** The path and query of the page that the form is on. */
  readonly returnTo?: string;
  /** The names of checkboxes that are booleans. */
  readonly flags?: readonly string[];
  /** The names that are lists, however many there are of each. */
  readonly lists?: readonly string[];
  /** The names whose values may be shown again. */
  readonly keep?: readonly string[];
  /** What a button says of itself in `data-*`. */
  readonly data?: Readonly<Record<string, string>>;
}

/** Returns the action of a form, below the address of the router. */
export function formActionOf(
  baseUrl: string,
  { type, id, event, rows = [], returnTo, flags = [], lists = [], keep = [], data = {} }:
    FormAction,
): string {
  const query = new URLSearchParams({ type, instance: id, event });
  for (const row of rows) query.append("row", row);
  if (returnTo !== undefined) query.append("return", returnTo);
  for (const name of flags) query.append("flags", name);
  for (const name of lists) query.append("lists", name);
  for (const name of keep) query.append("keep", name);
  for (const [name, value] of Object.entries(data)) query.append(`d.${name}`, value);
  return `${baseUrl}/event?${query}`;
}

/** Returns what the action of a form says; each part may be missing, or say anything. */
export function readFormAction(query: URLSearchParams): Partial<FormAction> {
  const one = (name: string) => query.get(name) ?? undefined;
  const data = [...query].flatMap(([name, value]) =>
    name.startsWith("d.") ? [[name.slice(2), value] as const] : []
  );
  return {
    type: one("type"),
    id: one("instance"),
    event: one("event"),
    rows: query.getAll("row"),
    returnTo: one("return"),
    flags: query.getAll("flags"),
    lists: query.getAll("lists"),
    keep: query.getAll("keep"),
    data: Object.fromEntries(data),
  } as Partial<FormAction>;
}
