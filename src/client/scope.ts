import { naError, naKeyVal } from "../page/attributes.ts";
import type { ErrorPatch } from "../processor/message.ts";
import { Bindings } from "./bindings.ts";
import type { Instance } from "./instance.ts";
import { scan, type ScanOptions } from "./scan.ts";
import { closestScope } from "./scope-elements.ts";

/** One element of the page that shows an instance. An instance may be shown by several. */
export class Scope {
  readonly element: Element;
  readonly instance: Instance;
  readonly #bindings = new Bindings();
  readonly #seen = new WeakSet<Element>();

  constructor(element: Element, instance: Instance) {
    this.element = element;
    this.instance = instance;
  }

  /** Forgets what was taken out of the element since the last time, binds what was added and shows the state there. */
  scan(options: Omit<ScanOptions, "seen">): void {
    const gone = this.#bindings.forget((element) => closestScope(element) !== this.element);
    for (const element of gone) this.#seen.delete(element);
    const added = new Bindings();
    const found = scan(this.element, { ...options, seen: this.#seen });
    added.add(found);
    this.#bindings.add(found);
    if (this.instance.rev !== undefined) added.show(this.instance.state);
  }

  /** Shows the state, or only the properties that changed. */
  show(changed?: ReadonlySet<string>): void {
    this.#bindings.show(this.instance.state, changed);
  }

  /** Takes away all that it showed. */
  clear(): void {
    this.#bindings.show(undefined);
    this.showError(undefined);
  }

  /**
   * Shows an error where the page has a place for it, or takes it away; tells whether there was a place. A place
   * in a row is for what was sent from that row.
   */
  showError(error: ErrorPatch | undefined, origin?: Element): boolean {
    let shown = false;
    for (const element of this.element.querySelectorAll(`[${naError}]`)) {
      if (closestScope(element) !== this.element) continue;
      const row = element.closest(`[${naKeyVal}]`);
      const inRow = row !== null && this.element.contains(row.parentNode);
      if (error && inRow && !row.contains(origin ?? null)) continue;
      const field = element.getAttribute(naError);
      const text = field ? ownText(error?.fields, field) : error?.message ?? "";
      element.textContent = text;
      shown ||= text !== "";
    }
    return shown;
  }
}

function ownText(fields: ErrorPatch["fields"], name: string): string {
  return fields && Object.hasOwn(fields, name) ? String(fields[name]) : "";
}
