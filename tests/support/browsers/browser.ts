/** A browser that a test drives: the few commands that a page which goes away needs. */
export interface Browser {
  /** Starts without cookies and storage. */
  newProfile(): Promise<Profile>;
  close(): Promise<void>;
}

/** What the tabs of one user share: storage, and the back/forward cache. */
export interface Profile {
  /** Opens an address in a tab that scripts may close: it is the first in the tab's history. */
  open(url: string): Promise<Tab>;
  /** Returns the tabs that are open, in any order; the same tab is not the same object twice. */
  tabs(): Promise<readonly Tab[]>;
  close(): Promise<void>;
}

/** A tab. Its clicks and keys go through the browser's own input, never through events that a script makes. */
export interface Tab {
  readonly id: string;
  /** Returns what an expression is in the page, as JSON; a promise is awaited. */
  evaluate(expression: string): Promise<unknown>;
  click(selector: string): Promise<void>;
  /** Presses the key of one letter, in the element that has the focus. */
  press(letter: string): Promise<void>;
  close(): Promise<void>;
  /** Kills the process that runs the page, and resolves once it is dead; absent where the profile would die with it. */
  kill?(): Promise<void>;
}
