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
  #state: unknown;
  readonly #copies = new Set<unknown>();
  readonly #spend: ((work: number) => void) | undefined;

  /**
   * `spend` hears of work before or after it is done, in items that are shifted: a copied item counts as 4, a copied
   * property as 200. It may throw.
   */
  constructor(state: unknown, spend?: (work: number) => void) {
    this.#state = state;
    this.#spend = spend;
  }

  get state(): unknown {
    return this.#state;
  }

  /** Returns what is at a path. */
  read(path: string): unknown {
    let value = this.#state;
    for (const name of safeNamesIn(path)) value = existing(value, name);
    return value;
  }

  /** Adds a value: sets a property, or inserts an item. */
  add(path: string, value: unknown): void {
    const place = this.#open(path);
    if (place === undefined) this.#state = value;
    else if (Array.isArray(place.parent)) {
      const { length } = place.parent;
      const index = place.name === "-" ? length : indexIn(place.name, length + 1);
      this.#spend?.(length - index);
      place.parent.splice(index, 0, value);
    } else set(place.parent, place.name, value);
  }

  /** Removes what is at a path, and returns it. */
  remove(path: string): unknown {
    const place = this.#open(path);
    if (place === undefined) throw new Error("a state cannot be removed");
    const value = existing(place.parent, place.name);
    if (Array.isArray(place.parent)) {
      this.#spend?.(place.parent.length - Number(place.name));
      place.parent.splice(Number(place.name), 1);
    } else delete place.parent[place.name];
    return value;
  }

  /** Puts a value in place of what is at a path. */
  replace(path: string, value: unknown): void {
    const place = this.#open(path);
    if (place === undefined) {
      this.#state = value;
      return;
    }
    existing(place.parent, place.name);
    if (Array.isArray(place.parent)) place.parent[Number(place.name)] = value;
    else set(place.parent, place.name, value);
  }

  /** Copies all that a path leads through, and returns its end; `undefined` stands for the state itself. */
  #open(path: string): { readonly parent: Copy; readonly name: string } | undefined {
    const names = safeNamesIn(path);
    const last = names.pop();
    if (last === undefined) return undefined;
    let parent = this.#state = this.#copyOf(this.#state);
    for (const name of names) {
      const child = this.#copyOf(existing(parent, name));
      // It is there already, so an assignment reaches no setter.
      (parent as Record<string, unknown>)[name] = child;
      parent = child;
    }
    return { parent, name: last };
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
    if (!isRecord(value)) throw new Error("nothing is in a value");
    // A spread defines what it copies, so an own `__proto__` stays a property.
    const copy = Object.getPrototypeOf(value) === null
      ? Object.assign(Object.create(null), value)
      : { ...value };
    this.#spend?.(Object.keys(copy).length * workOfProperty);
    return copy;
  }
}

function safeNamesIn(path: string): string[] {
  const names = namesIn(path);
  if (!names) throw new Error("its path is no JSON Pointer");
  if (names.some((name, index) => leadsToPrototype(name, names[index - 1]))) {
    throw new Error("its path leads to a prototype");
  }
  return names;
}

/** Returns what an object or a list has by a name. */
function existing(parent: unknown, name: string): unknown {
  if (Array.isArray(parent)) return parent[indexIn(name, parent.length)];
  const value = isRecord(parent) ? ownValue(parent, name) : undefined;
  if (value === undefined) throw new Error("nothing is there");
  return value;
}

/** Returns an index below a bound, as RFC 6901 writes one: digits without a leading zero. */
function indexIn(name: string, bound: number): number {
  const index = /^(?:0|[1-9]\d{0,9})$/.test(name) ? Number(name) : bound;
  if (index >= bound) throw new Error("no item is there");
  return index;
}

function set(object: Record<string, unknown>, name: string, value: unknown): void {
  if (Object.hasOwn(object, name)) {
    object[name] = value;
    return;
  }
  // Assigned, it could reach a setter that another library has added to Object.prototype.
  Object.defineProperty(object, name, {
    __proto__: null,
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  } as PropertyDescriptor);
}
