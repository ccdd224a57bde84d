/**
 * One step from a state to another, as JSON Patch has it (RFC 6902). Paths are JSON Pointers (RFC 6901), with the
 * indexes that a list has when the operation is applied.
 */
export type Operation =
  // Puts a value at a path: a property, or an item that those after it make room for (section 4.1).
  | { readonly op: "add"; readonly path: string; readonly value: unknown }
  // Removes what is at a path (section 4.2).
  | { readonly op: "remove"; readonly path: string }
  // Puts a value in place of what is at a path (section 4.3).
  | { readonly op: "replace"; readonly path: string; readonly value: unknown }
  // Removes what is at `from` and adds it at a path (section 4.4).
  | { readonly op: "move"; readonly from: string; readonly path: string }
  // Adds what is at `from` at a path as well (section 4.5). Applied, but never made.
  | { readonly op: "copy"; readonly from: string; readonly path: string }
  // Compares what is at a path with a value (section 4.6). Applied, but never made.
  | { readonly op: "test"; readonly path: string; readonly value: unknown };
