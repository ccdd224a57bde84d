import { type Control, controls } from "./controls.ts";
import { all, attribute, setOrRemove } from "./dom.ts";
import type { Drafts } from "./drafts.ts";

const autocomplete = "autocomplete";

/**
 * Keeps the browser from restoring what controls have shown of the state, when it goes back to a page or reloads it:
 * that would look like a draft. Drafts it restores.
 */
export function restoring(root: ParentNode, drafts: Drafts, signal: AbortSignal): void {
  let left: (() => void)[] = [];
  addEventListener("pagehide", () => {
    for (const control of all(root, controls) as Control[]) {
      if (!drafts.isShown(control)) continue;
      const before = attribute(control, autocomplete);
      setOrRemove(control, autocomplete, "off");
      left.push(() => setOrRemove(control, autocomplete, before));
    }
  }, { signal });
  // The page may come back as it was.
  addEventListener("pageshow", () => {
    for (const back of left) back();
    left = [];
  }, { signal });
}
