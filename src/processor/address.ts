/** Says which instance is meant. On the wire, `id` is called `instance`. */
export interface Address {
  /** The name of a handler object, such as `"TodoList"`. */
  readonly type: string;
  /** Which instance of it, such as `"my-list"`. */
  readonly id: string;
}

/** Returns one string for one address; no two addresses share it. */
export function addressKey({ type, id }: Address): string {
  return JSON.stringify([type, id]);
}
