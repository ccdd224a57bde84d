/** An instance as the user of a request sees it. */
export interface SeenInstance {
  /** The instance's revision; 0 for a first state that is shown and not stored. */
  readonly rev: number;
  /** Which creation of the instance this is; revisions compare only within one. */
  readonly epoch: string;
  /** What the user may see of the state: a copy. */
  readonly state: object;
}
