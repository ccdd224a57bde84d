import { type Address, addressKey } from "../processor/address.ts";
import type { ErrorPatch } from "../processor/message.ts";
import { type Change, wholeChange } from "./change.ts";
import { call, get, isElement } from "./dom.ts";
import { Formatting, type FormattingOptions } from "./formatting.ts";
import { Instance, type Locals, type Snapshot } from "./instance.ts";
import type { Painting } from "./painting.ts";
import { reportOnce } from "./report.ts";
import type { PageScanOptions } from "./scan-options.ts";
import { addressOf, closestScope, findScopes, scopeName } from "./scope-elements.ts";
import { Scope } from "./scope.ts";
import { statusOfAll } from "./status.ts";

const nowhere: Address = { type: "", id: "" };

/** What an event was sent to, and the element that sent it, if one did. */
export interface Sender {
  readonly address: Address;
  readonly origin?: Element | undefined;
}

/** Options of {@link Page}. */
export type PageOptions =
  & Pick<PageScanOptions, "drafts" | "guesses" | "hear" | "moved" | "names" | "questions">
  & Pick<FormattingOptions, "formats">
  & { readonly painting: Painting };

/** A page, or a part of one: the instances that it shows, and the scopes that show them. */
export class Page {
  readonly #root: ParentNode;
  readonly #instances = new Map<string, Instance>();
  readonly #scopes = new Map<Element, Scope>();
  readonly #scan: PageScanOptions;
  /** What the server has painted and is not connected yet, by the keys of the instances. */
  readonly #painted: Map<string, Snapshot>;
  /** What scripts follow without a scope. */
  readonly followed: Set<Address> = new Set();
  /** Hears that the page shows something else. */
  changed: (() => void) | undefined;
  /** What is so of each instance. */
  readonly #locals = new Map<Instance, Locals>();
  /** What expressions call `@params`. */
  readonly #params: Locals;
  /** What is outside of all scopes, and shows what is so of the whole page. */
  readonly #outside: Scope | undefined;

  constructor(root: ParentNode, { formats, painting, ...options }: PageOptions) {
    this.#root = root;
    this.#painted = painting.states;
    this.#params = { params: painting.params };
    const top = isElement(root) ? root : get(root as Document, "documentElement");
    if (top && !closestScope(top)) this.#outside = this.#makeScope(top, new Instance(nowhere));
    const report = reportOnce();
    const formatting = new Formatting({
      formats,
      painting,
      report,
      loaded: () =>
        this.all.forEach((instance) => instance.shown && this.show(instance, wholeChange)),
    });
    this.#scan = { ...options, formatting, report };
  }

  /** The instances that are shown. */
  get all(): readonly Instance[] {
    return [...this.#instances.values()];
  }

  /** Finds what was added, forgets what is gone, and returns whether the page shows other instances now. */
  refresh(): boolean {
    const before = [...this.#instances.keys()].join();
    const found = new Set(findScopes(this.#root));
    for (const element of this.#scopes.keys()) {
      if (!found.has(element)) this.#scopes.delete(element);
    }
    for (const element of found) {
      const before = this.#scopes.get(element);
      const scope = this.#scope(element);
      scope?.scan(this.#scan);
      if (scope && scope !== before) this.#tellShown(scope);
    }
    this.#outside?.scan(this.#scan);
    this.#painted.clear();
    const shown = new Set(Array.from(this.#scopes.values(), (scope) => scope.instance));
    for (const address of this.followed) shown.add(this.#connect(address));
    for (const [key, instance] of this.#instances) {
      if (shown.has(instance)) continue;
      this.#instances.delete(key);
      this.#locals.delete(instance);
      instance.settle();
    }
    this.changed?.();
    return [...this.#instances.keys()].join() !== before;
  }

  /** Returns an instance, or `undefined` if it is not shown. */
  instance(address: Address): Instance | undefined {
    return this.#instances.get(addressKey(address));
  }

  /** Returns those of these instances that are shown. */
  instances(addresses: readonly Address[]): Instance[] {
    return addresses.flatMap((address) => this.instance(address) ?? []);
  }

  /** Returns the scope that an element is in, or `undefined`. */
  scopeOf(element: Element): Scope | undefined {
    const closest = closestScope(element);
    return closest ? this.#scopes.get(closest) : undefined;
  }

  /** Shows how an instance's state has changed, in all its scopes. */
  show(instance: Instance, change: Change): void {
    for (const scope of this.#scopesOf(instance)) {
      scope.show(change);
      this.#tellShown(scope);
    }
    this.changed?.();
  }

  /** Shows what is so of an instance, in all its scopes. */
  tell(instance: Instance, locals: Locals): void {
    this.#locals.set(instance, locals);
    for (const scope of this.#scopesOf(instance)) scope.tell({ ...locals, ...this.#params });
    this.#outside?.tell({ ...statusOfAll([...this.#locals.values()]), ...this.#params });
  }

  /** Takes away what all scopes of an instance show. */
  hide(instance: Instance): void {
    instance.hide();
    for (const scope of this.#scopesOf(instance)) scope.clear();
    this.changed?.();
  }

  /** Takes away the errors in all scopes of an instance. */
  clearErrors(address: Address): void {
    for (const scope of this.#scopesOf(this.instance(address))) scope.showError(undefined);
  }

  /**
   * Shows an error in the scope that the event came from, or else in all scopes of the instance, and dispatches it there
   * as a DOM event of this name. Returns whether there was a place for it.
   */
  showError(name: string, error: ErrorPatch, { address, origin }: Sender): boolean {
    const own = origin && this.scopeOf(origin);
    const scopes = own ? [own] : this.#scopesOf(this.instance(address));
    const shown = scopes.map((scope) => scope.showError(error, origin)).includes(true);
    for (const { element } of scopes) dispatch(own ? origin : element, name, error);
    return shown;
  }

  /** Dispatches a DOM event at what sent something, or else at all scopes of the instance. */
  tellSender(name: string, { address, origin }: Sender, detail: unknown): void {
    if (origin && this.scopeOf(origin)) return dispatch(origin, name, detail);
    const instance = this.instance(address);
    if (instance) this.dispatch(instance, name, detail);
  }

  /** Dispatches a DOM event of this name at all scopes of an instance. */
  dispatch(instance: Instance, name: string, detail: unknown): void {
    for (const { element } of this.#scopesOf(instance)) dispatch(element, name, detail);
  }

  /** Releases everyone who waits for a revision. */
  settle(): void {
    for (const instance of this.all) instance.settle();
  }

  #tellShown({ element, instance: { address: { type, id }, shown } }: Scope): void {
    if (!shown) return;
    const { rev, epoch, state } = shown;
    dispatch(element, "na:shown", {
      ...{ type, instance: id, rev, epoch },
      // A copy, since what is shown is not the page's to change.
      get state() {
        return structuredClone(state);
      },
    });
  }

  #scopesOf(instance: Instance | undefined): Scope[] {
    return [...this.#scopes.values()].filter((scope) => scope.instance === instance);
  }

  #scope(element: Element): Scope | undefined {
    const known = this.#scopes.get(element);
    const address = addressOf(element);
    if (known && address && known.instance === this.instance(address)) return known;
    // It names another instance now, which may not have a value for everything that is shown.
    known?.clear();
    this.#scopes.delete(element);
    if (!address) {
      this.#scan.report("no-address", scopeName(element));
      return undefined;
    }
    const scope = this.#makeScope(element, this.#connect(address));
    this.#scopes.set(element, scope);
    return scope;
  }

  #connect(address: Address): Instance {
    const key = addressKey(address);
    const instance = this.#instances.get(key) ?? new Instance(address, this.#painted.get(key));
    this.#instances.set(key, instance);
    return instance;
  }

  #makeScope(element: Element, instance: Instance): Scope {
    const isPainted = this.#painted.has(addressKey(instance.address));
    return new Scope(element, instance, { isPainted, locals: this.#params });
  }
}

function dispatch(target: Element, name: string, detail: unknown): void {
  call(target, "dispatchEvent", new CustomEvent(name, { bubbles: true, detail }));
}
