/** The part of localStorage that the journal of a page uses. */
export interface JournalStorage {
  /** How many names there are. */
  readonly length: number;
  /** Returns the name at an index. */
  key(index: number): string | null;
  /** Returns the text under a name. */
  getItem(name: string): string | null;
  /** Stores a text under a name. */
  setItem(name: string, text: string): void;
  /** Removes a name. */
  removeItem(name: string): void;
}
