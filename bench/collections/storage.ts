/** Where contenders keep their documents, and what can be counted there. */
export interface Storage<Place> {
  /** Creates a place with nothing in it. */
  create(): Promise<Place>;
  /** Returns how many entries have been written, and their bytes, since the place was created or since `settle`. */
  written(place: Place): Written;
  /** Finishes all work that earlier writes have left. */
  settle(place: Place): void;
  /** Removes a place. */
  remove(place: Place): void;
}

/** The writes that storage received. */
export interface Written {
  readonly entries: number;
  readonly bytes: number;
}
