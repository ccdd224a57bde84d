import { describe } from "../../shared/describe.ts";
import { leadsToPrototype } from "../../shared/prototype-path.ts";
import { namesIn } from "./pointer.ts";
import { isRecord, ownValue } from "./record.ts";

/**
 * How many items are shifted at most, a copied item counting as 4 and a copied property as 200: a second's
 * work. Operations that need more were made to harm.
 */
const mostWork = 400_000_000;
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
  readonly #copies: Set<unknown> = new Set();
  #workLeft = mostWork;

  constructor(state: unknown) {
    this.#state = state;
  }

  get state(): unknown {
    return this.#state;
  }

  /** Returns what is at a path. */
  read(path: string): unknown {
    let value = this.#state;
    for (const name of this.#namesIn(path)) value = existing(value, name);
    return value;
  }

  /** Returns what is at a path, to be added at another one too, so it is copied again before it changes. */
  share(path: string): unknown {
    const value = this.read(path);
    this.#copies.clear();
    return value;
  }

  /** Adds a value: sets a property, or inserts an item. */
  add(path: string, value: unknown): void {
    const place = this.#open(path);
    if (place === undefined) this.#state = value;
    else if (Array.isArray(place.parent)) {
      const { length } = place.parent;
      const index = place.name === "-" ? length : indexIn(place.name, length + 1);
      this.#spend(length - index);
      place.parent.splice(index, 0, value);
    } else set(place.parent, place.name, value);
  }

  /** Removes what is at a path, and returns it. */
  remove(path: string): unknown {
    const place = this.#open(path);
    if (place === undefined) throw new Error("a state cannot be removed");
    const value = existing(place.parent, place.name);
    if (Array.isArray(place.parent)) {
      this.#spend(place.parent.length - Number(place.name));
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
    const names = this.#namesIn(path);
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
      this.#spend(value.length * workOfItem);
      return value.slice();
    }
    if (!isRecord(value)) throw new Error(`${describe(value)} has no properties and no items`);
    // A spread defines what it copies, so an own `__proto__` stays a property.
    const copy = Object.getPrototypeOf(value) === null
      ? Object.assign(Object.create(null), value)
      : { ...value };
    this.#spend(Object.keys(copy).length * workOfProperty);
    return copy;
  }

  #namesIn(path: string): string[] {
    const names = namesIn(path);
    if (names === undefined) throw new Error(`${describe(path)} is no JSON Pointer`);
    this.#spend(path.length);
    for (const [index, name] of names.entries()) {
      if (leadsToPrototype(name, names[index - 1])) {
        throw new Error(`${describe(path)} leads to a prototype`);
      }
    }
    return names;
  }

  #spend(work: number): void {
    this.#workLeft -= work;
    if (this.#workLeft < 0) throw new Error("together they are too much work");
  }
}

/** Returns what an object or a list has by a name. */
function existing(parent: unknown, name: string): unknown {
  if (Array.isArray(parent)) return parent[indexIn(name, parent.length)];
  const value = isRecord(parent) ? ownValue(parent, name) : undefined;
  if (value === undefined) throw new Error(`there is no ${describe(name)}`);
  return value;
}

/** Returns an index below a bound, as RFC 6901 writes one: digits without a leading zero. */
function indexIn(name: string, bound: number): number {
  const index = /^(?:0|[1-9]\d{0,9})$/.test(name) ? Number(name) : bound;
  if (index >= bound) throw new Error(`there is no item ${describe(name)}`);
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
