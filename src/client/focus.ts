import { all, attribute, call, focusBeside, get, isElement } from "./dom.ts";

/** Elements that stand or fall together, such as those of a row. */
export interface Group {
  readonly elements: readonly Element[];
}

const focusable = "a[href],button,input,select,textarea,summary,[tabindex],[contenteditable]";

/**
 * Remembers which group below a parent has the focus. Call the result when there may be other groups: if what had the
 * focus was removed, the same control of the group that takes its place has it then, or else the parent.
 */
export function holdFocus(
  parent: ParentNode | null,
  groups: () => readonly Group[],
): () => void {
  const active = parent && focusBeside(parent);
  const index = active && call(parent, "contains", active)
    ? groups().findIndex(({ elements }) => elements.some((each) => call(each, "contains", active)))
    : -1;
  if (!active || index < 0) return () => {};
  const place = controlsIn(groups()[index]).indexOf(active);
  return () => {
    if (get(active, "isConnected") || !isLost(parent)) return;
    const next = controlsIn(groups()[index])[place] as HTMLElement | undefined;
    if (next) call(next, "focus");
    if (isLost(parent) && isElement(parent)) focusOn(parent);
  };
}

/** Gives an element the focus, if need be as one that only scripts can give it to. */
export function focusOn(element: Element): void {
  if (attribute(element, "tabindex") === null) call(element, "setAttribute", "tabindex", "-1");
  call(element as HTMLElement, "focus", { preventScroll: true });
}

function controlsIn(group: Group | undefined): Element[] {
  return (group?.elements ?? []).flatMap((element) => [element, ...all(element, focusable)]);
}

function isLost(node: Node): boolean {
  const active = focusBeside(node);
  return active === null || active === get(document, "body");
}
