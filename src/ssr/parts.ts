import type { Around } from "./around.ts";
import type { Segment } from "./frame.ts";
import type { Part } from "./tree.ts";

/** Compiles parts of a page, one after the other, to as few segments as that takes. */
export function compileParts(parts: readonly Part[], around: Around): Segment[] {
  const segments: Segment[] = [];
  for (const part of parts) {
    for (const each of typeof part === "string" ? [part] : around.compileElement(part, around)) {
      const last = segments.at(-1);
      if (typeof each === "string" && typeof last === "string") {
        segments[segments.length - 1] = last + each;
      } else segments.push(each);
    }
  }
  return segments;
}
