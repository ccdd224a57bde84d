import { naState } from "../page/attributes.ts";
import type { Level } from "../page/evaluate.ts";
import type { ErrorPatch } from "../processor/message.ts";
import { type Binding, showIn } from "./bindings.ts";
import type { Change } from "./change.ts";
import { call } from "./dom.ts";
import { Errors } from "./errors.ts";
import type { Instance, Locals } from "./instance.ts";
import { scan } from "./scan.ts";
import type { PageScanOptions } from "./scan-options.ts";
import { closestScope, isScope } from "./scope-elements.ts";

/** One element of the page that shows an instance. Several may show the same one. */
export class Scope {
  readonly element: Element;
  readonly instance: Instance;
  readonly #errors: Errors;
  readonly #seen = new WeakSet<Element>();
  #bindings: Binding[] = [];
  #locals: Locals;
  /** The element, or `null` for what is outside of all scopes. */
  readonly #owner: Element | null;
  /** Whether what the server has painted is not connected yet. */
  #isPainted: boolean;

  constructor(
    element: Element,
    instance: Instance,
    { isPainted, locals }: { readonly isPainted: boolean; readonly locals: Locals },
  ) {
    this.element = element;
    this.instance = instance;
    this.#isPainted = isPainted;
    this.#locals = locals;
    this.#owner = isScope(element) ? element : null;
    this.#errors = new Errors(element);
  }

  /** Forgets what was taken out of the element since the last scan, binds what was added and shows the state there. */
  scan(options: PageScanOptions): void {
    const kept: Binding[] = [];
    for (const binding of this.#bindings) {
      if (closestScope(binding.element) === this.#owner) kept.push(binding);
      else {
        this.#seen.delete(binding.element);
        binding.remove();
      }
    }
    const added = scan(this.element, {
      ...{ ...options, seen: this.#seen, depth: 0, isPainted: this.#isPainted },
      lookOut() {},
    });
    this.#bindings = [...kept, ...added];
    this.#showNew(added);
    this.#isPainted = false;
  }

  /** Shows what is so of the instance: in the attribute `na-state`, and to expressions as locals. */
  tell(locals: Locals): void {
    const before = this.#locals;
    if (Object.keys(locals).every((name) => locals[name] === before[name])) return;
    this.#locals = locals;
    if (this.#owner) {
      const text = Object.keys(locals).filter((name) => locals[name] === true).join(" ");
      call(this.#owner, "setAttribute", naState, text);
    }
    this.#showNew(this.#bindings, { properties: new Set(), operations: [] });
  }

  /** Shows what there is. Before there is a state, no condition is to take away what the page came with. */
  #showNew(bindings: readonly Binding[], change?: Change): void {
    const { shown } = this.instance;
    showIn(shown ? bindings : bindings.filter(({ isLocal }) => isLocal), this.#level, change);
  }

  /** Shows how the state has changed. */
  show(change: Change): void {
    showIn(this.#bindings, this.#level, change);
  }

  get #level(): Level {
    return { value: this.instance.state, above: undefined, locals: this.#locals };
  }

  /** Takes away everything it showed. */
  clear(): void {
    showIn(this.#bindings, { ...this.#level, value: undefined });
    this.showError(undefined);
  }

  /** Shows an error, or takes all away, and returns whether there was a place for it. */
  showError(error: ErrorPatch | undefined, origin?: Element): boolean {
    if (error) return this.#errors.show(error, origin);
    this.#errors.clear();
    return false;
  }
}
