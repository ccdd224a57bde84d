import type { StoredInstance } from "./stored-instance.ts";

/** Returns the state that an instance had at an earlier revision of its epoch, if that is still known. */
export function undone(_instance: StoredInstance, _rev: number): object | undefined {
  return undefined;
}
