/** What a form without script was refused for, shown once by the page that it leads back to. */
export interface Flash {
  readonly type: string;
  readonly id: string;
  readonly event: string;
  /** The keys of the rows around the form, the outermost first. */
  readonly rows: readonly string[];
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly fields?: Readonly<Record<string, string>>;
  };
  /** What was filled in, by name. */
  readonly values: Readonly<Record<string, string | readonly string[] | boolean>>;
}
