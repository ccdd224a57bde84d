/**
 * What a form without script is told when its event was refused: the router sends it along in a cookie, and the page
 * that the form is on shows it.
 *
 * @module
 */

/** Why the event of a form was refused, and what was typed into it. */
export interface Flash {
  /** The type of the form's instance; empty where the app has no `secret`, as are its id and event. */
  readonly type: string;
  /** The id of the form's instance. */
  readonly id: string;
  /** The event that the form sent. */
  readonly event: string;
  /** The keys of the rows around the form, the outermost first. */
  readonly rows: readonly string[];
  /** Why it was refused. */
  readonly error: {
    /** A stable code, such as `"conflict"`. */
    readonly code: string;
    /** A sentence for people. */
    readonly message: string;
    /** What is wrong with each field of the payload. */
    readonly fields?: Readonly<Record<string, string>>;
  };
  /** What was typed, of the names that may be shown again. */
  readonly values: Readonly<Record<string, string | readonly string[] | boolean>>;
}
