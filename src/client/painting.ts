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

/** Those that a connection has begun with. The next one finds the page as that has left it. */
const taken = new WeakSet<Element>();

/** Returns what a page has been painted with: nothing, if no server has, or another connection has begun with it. */
export function paintingOf(root: ParentNode): Painting {
  const states = new Map<string, Snapshot>();
  const [script] = all(root, `script${having(naSnapshot)}`);
  if (!script || taken.has(script)) return { states };
  taken.add(script);
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
