/** Options of `context.send`. */
export interface SendOptions {
  /** How many milliseconds the message waits before it is delivered; without it, none. */
  readonly delay?: number;
}
