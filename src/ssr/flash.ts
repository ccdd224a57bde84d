/** What became of a form that was sent without script, as the page after it shows it. */
export interface Flash {
  readonly type: string;
  readonly id: string;
  /** The event that was refused. */
  readonly event: string;
  /** The keys of the rows that the form is in, the outermost first. */
  readonly rows: readonly string[];
  readonly error: {
    readonly code: string;
    readonly message: string;
    /** What is wrong with each field. */
    readonly fields?: Readonly<Record<string, string>> | undefined;
  };
  /** What was typed, by the names of the controls. */
  readonly values: Readonly<Record<string, string | readonly string[] | boolean>>;
}
