import { having, naError, naKeyVal } from "../page/attributes.ts";
import { type Level, readPath, toText } from "../page/evaluate.ts";
import type { ErrorPatch } from "../processor/message.ts";
import { type Binding, showIn } from "./bindings.ts";
import type { Change } from "./change.ts";
import { all, attribute, call, closest, get, set } from "./dom.ts";
import type { Instance } from "./instance.ts";
import { type PageScanOptions, scan } from "./scan.ts";
import { closestScope } from "./scope-elements.ts";

/** One element of the page that shows an instance. Several may show the same one. */
export class Scope {
  readonly element: Element;
  readonly instance: Instance;
  readonly #seen = new WeakSet<Element>();
  #bindings: Binding[] = [];

  constructor(element: Element, instance: Instance) {
    this.element = element;
    this.instance = instance;
  }

  /** Forgets what was taken out of the element since the last scan, binds what was added and shows the state there. */
  scan(options: PageScanOptions): void {
    const kept: Binding[] = [];
    for (const binding of this.#bindings) {
      if (closestScope(binding.element) === this.element) kept.push(binding);
      else {
        this.#seen.delete(binding.element);
        binding.remove?.();
      }
    }
    const added = scan(this.element, {
      ...{ ...options, seen: this.#seen, depth: 0 },
      lookOut() {},
    });
    this.#bindings = [...kept, ...added];
    if (this.instance.shown) showIn(added, this.#level);
  }

  /** Shows how the state has changed. */
  show(change: Change): void {
    showIn(this.#bindings, this.#level, change);
  }

  get #level(): Level {
    return { value: this.instance.shown?.state, above: undefined, locals: {} };
  }

  /** Takes away everything it showed. */
  clear(): void {
    showIn(this.#bindings, { ...this.#level, value: undefined });
    this.showError(undefined);
  }

  /**
   * Shows an error in every place for it, or takes it away, and returns whether there was one. A place in a row is
   * for events from that row.
   */
  showError(error: ErrorPatch | undefined, origin: Element | null = null): boolean {
    let shown = false;
    for (const element of all(this.element, having(naError))) {
      if (closestScope(element) !== this.element) continue;
      const row = closest(element, `[${naKeyVal}]`);
      const inRow = row && call(this.element, "contains", get(row, "parentNode"));
      if (error && inRow && !call(row, "contains", origin)) continue;
      const field = attribute(element, naError);
      const text = toText(field ? readPath(error?.fields, [field]) : error?.message);
      set(element, "textContent", text);
      shown ||= text !== "";
    }
    return shown;
  }
}
