import { having, naSnapshot } from "../page/attributes.ts";
import { addressKey } from "../processor/address.ts";
import type { SnapshotFrame } from "../processor/frames.ts";
import { all, get } from "./dom.ts";
import type { Snapshot } from "./instance.ts";

/** What a server has painted a page with. */
export interface Painting {
  /** The language and the time zone of its formats. */
  readonly locale?: string | undefined;
  readonly timeZone?: string | undefined;
  /** What expressions call `@params`. */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  /** What is shown of each instance, by its key. */
  readonly states: Map<string, Snapshot>;
}

/** The parts of each page that a connection has begun with. The next one finds them as that has left them. */
const taken = new WeakMap<Element, WeakSet<ParentNode>>();

/** Returns what a page has been painted with: nothing, if no server has, or another connection has begun with it. */
export function paintingOf(root: ParentNode): Painting {
  const states = new Map<string, Snapshot>();
  // It stands at the end of the page, whichever part of that is connected.
  const [script] = all(get(root, "ownerDocument") ?? root, `script${having(naSnapshot)}`);
  const roots = script && taken.get(script);
  if (!script || roots?.has(root)) return { states };
  taken.set(script, (roots ?? new WeakSet()).add(root));
  try {
    const painting = JSON.parse(get(script, "textContent")!);
    for (const { type, instance: id, ...snapshot } of painting.states as SnapshotFrame[]) {
      states.set(addressKey({ type, id }), snapshot);
    }
    return { ...painting, states };
  } catch {
    // Cut off on its way. The page is connected as one that was not painted.
    return { states };
  }
}
