/** Names one instance. On the wire, `id` is called `instance`. */
export interface Address {
  /** The name of a handler object, such as `"TodoList"`. */
  readonly type: string;
  /** The instance's id within its type, such as `"my-list"`. */
  readonly id: string;
}

/** Returns the address as one string, which no other address has. */
export function addressKey({ type, id }: Address): string {
  return JSON.stringify([type, id]);
}
