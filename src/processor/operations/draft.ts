import { leadsToPrototype } from "../../shared/prototype-path.ts";
import { namesIn } from "./pointer.ts";
import { isRecord, ownValue } from "./record.ts";

const workOfItem = 4;
const workOfProperty = 200;

/** An object or a list that was copied for a draft. */
type Copy = Record<string, unknown> | unknown[];

/**
 * A state that is being changed. It copies each object and list once, when something in it changes first, and shares
 * all others with the state that it started from.
 */
export class Draft {
  /** Holds the state under the name `""`, with which each pointer begins when it is split. */
  readonly #root: Record<string, unknown>;
  readonly #copies: Set<unknown>;
  readonly #spend: ((work: number) => void) | undefined;

  /**
   * `spend` hears how much work something takes, in items that are shifted: a copied item counts as 4, a copied property
   * as 200. It may throw.
   */
  constructor(state: unknown, spend?: (work: number) => void) {
    this.#root = { "": state };
    this.#copies = new Set([this.#root]);
    this.#spend = spend;
  }

  get state(): unknown {
    return this.#root[""];
  }

  /** Adds a value: sets a property, or inserts an item. */
  add(path: string, value: unknown): void {
    const { parent, name } = this.#open(path);
    if (Array.isArray(parent)) {
      const { length } = parent;
      const index = name === "-" ? length : indexIn(name, length + 1);
      this.#spend?.(length - index);
      parent.splice(index, 0, value);
      return;
    }
    // Assigned, it could reach a setter that another library has added to Object.prototype.
    Object.defineProperty(parent, name, {
      __proto__: null,
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    } as PropertyDescriptor);
  }

  /** Removes what is at a path, and returns it. */
  remove(path: string): unknown {
    if (path === "") refuse();
    const { parent, name } = this.#open(path);
    const value = existing(parent, name);
    if (Array.isArray(parent)) {
      this.#spend?.(parent.length - Number(name));
      parent.splice(Number(name), 1);
    } else delete parent[name];
    return value;
  }

  /** Puts a value in place of what is at a path. */
  replace(path: string, value: unknown): void {
    const { parent, name } = this.#open(path);
    existing(parent, name);
    // It is there already, so an assignment reaches no setter.
    (parent as Record<string, unknown>)[name] = value;
  }

  /** Copies all that a path leads through, and returns where its end is. */
  #open(path: string): { readonly parent: Copy; readonly name: string } {
    const names = safeNamesIn(path);
    const name = names.pop()!;
    let parent: Copy = this.#root;
    for (const each of names) {
      const child = this.#copyOf(existing(parent, each));
      (parent as Record<string, unknown>)[each] = child;
      parent = child;
    }
    return { parent, name };
  }

  #copyOf(value: unknown): Copy {
    if (this.#copies.has(value)) return value as Copy;
    const copy = this.#copy(value);
    this.#copies.add(copy);
    return copy;
  }

  #copy(value: unknown): Copy {
    if (Array.isArray(value)) {
      this.#spend?.(value.length * workOfItem);
      return value.slice();
    }
    if (!isRecord(value)) refuse();
    // A spread defines what it copies, so an own `__proto__` stays a property.
    const copy = Object.getPrototypeOf(value) === null
      ? Object.assign(Object.create(null), value)
      : { ...value };
    this.#spend?.(Object.keys(copy).length * workOfProperty);
    return copy;
  }
}

/** Returns what is at a path in a state. */
export function valueAt(state: unknown, path: string): unknown {
  let value: unknown = { "": state };
  for (const name of safeNamesIn(path)) value = existing(value, name);
  return value;
}

/** Returns the names that a pointer leads along, from the holder of the state. */
function safeNamesIn(path: string): string[] {
  const names = namesIn(path) ?? refuse();
  if (names.some((name, index) => leadsToPrototype(name, names[index - 1]))) refuse();
  return ["", ...names];
}

/** Returns what an object or a list has by a name. */
function existing(parent: unknown, name: string): unknown {
  if (Array.isArray(parent)) return parent[indexIn(name, parent.length)];
  const value = isRecord(parent) ? ownValue(parent, name) : undefined;
  return value === undefined ? refuse() : value;
}

/** Returns an index below a bound, as RFC 6901 writes one: digits without a leading zero. */
function indexIn(name: string, bound: number): number {
  const index = /^(?:0|[1-9]\d{0,9})$/.test(name) ? Number(name) : bound;
  return index < bound ? index : refuse();
}

/** Refuses an operation. Whoever made it has nothing to learn from why: a page then gets the whole state instead. */
export function refuse(): never {
  throw new Error("it is malformed, or does not fit the state");
}
