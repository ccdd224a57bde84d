/** Where contenders keep their rows, and what can be counted there. */
export interface Storage<Place> {
  /** A place with nothing in it. */
  create(): Promise<Place>;
  /** How many entries have been written, and their bytes, since the place was created or since `settle`. */
  written(place: Place): Written;
  /** Leaves nothing of earlier writes to be done later. */
  settle(place: Place): void;
  /** Removes a place. */
  remove(place: Place): void;
}

/** What storage was told to write. */
export interface Written {
  readonly entries: number;
  readonly bytes: number;
}
