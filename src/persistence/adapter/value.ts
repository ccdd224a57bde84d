/**
 * What can be stored: plain data whose types every backend gives back.
 *
 * @module
 */
import { isJsonTree } from "./json-tree.ts";

/** How deep a stored value may be nested. Up to this depth, recursive code anywhere on its way is safe. */
export const maxDepth = 500;

/**
 * How a value has to be encoded: `"json"` is a tree of plain JSON, which `JSON.stringify` keeps exactly;
 * `"rich"` holds something that JSON would change (a Date, `undefined`, `NaN`, a shared reference…).
 */
export type ValueKind = "json" | "rich";

const typedArrays: ReadonlySet<string> = new Set([
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
]);

const otherTypes: ReadonlySet<string> = new Set(["Map", "Set", "Date", "ArrayBuffer"]);

/**
 * Refuses a value that some backend would lose or change. Plain objects, arrays, strings, numbers, booleans, `null`,
 * `undefined`, bigints, Date, Map, Set, ArrayBuffer and typed arrays can be stored, nested up to 500 levels; an object
 * may appear in several places, but not inside itself.
 *
 * @param name What the error calls the value, such as `"user/42"`.
 * @throws {TypeError} naming the path of the first part that cannot be stored.
 *
 * @example A function is found before anything is written
 * ```ts
 * import { assertStorable } from "rian/adapter";
 *
 * try {
 *   assertStorable({ items: [{ done: () => true }] }, "TodoList/my-list");
 * } catch (error) {
 *   console.log((error as Error).message);
 *   // Cannot store TodoList/my-list: items[0].done is a function; store plain data
 * }
 * ```
 */
export function assertStorable(value: unknown, name?: string): void {
  valueKind(value, name);
}

/**
 * Returns how a value has to be encoded.
 *
 * @throws {TypeError} as {@link assertStorable} does.
 */
export function valueKind(value: unknown, name: string = "the value"): ValueKind {
  if (isJsonTree(value, maxDepth)) return "json";
  const walk = new Walk(name);
  walk.visit(value);
  return walk.kind;
}

const inside = -1;

/** Visits the parts of a value, depth first. */
class Walk {
  kind: ValueKind = "json";
  readonly #name: string;
  readonly #path: (string | number)[] = [];
  /** The height of each object that the walk has left, or {@link inside} while it is inside. */
  readonly #heights: Map<object, number> = new Map();

  constructor(name: string) {
    this.#name = name;
  }

  /** Returns how many levels a value has, itself included. */
  visit(value: unknown): number {
    switch (typeof value) {
      case "string":
      case "boolean":
        return 0;
      case "number":
        if (!Number.isFinite(value) || Object.is(value, -0)) this.kind = "rich";
        return 0;
      case "undefined":
      case "bigint":
        this.kind = "rich";
        return 0;
      case "object":
        return value === null ? 0 : this.#visitObject(value);
      default:
        return this.#refuse(`is a ${typeof value}`);
    }
  }

  #visitObject(value: object): number {
    const known = this.#heights.get(value);
    if (known !== undefined) {
      if (known === inside) this.#refuse("contains itself");
      // Written as JSON, a value that shares objects many times over could grow without bound.
      this.kind = "rich";
      this.#assertDepth(known);
      return known;
    }
    this.#assertDepth(1);
    this.#heights.set(value, inside);
    const height = 1 + this.#visitParts(value);
    this.#heights.set(value, height);
    return height;
  }

  #visitParts(value: object): number {
    if (isPlainArray(value)) return this.#visitArray(value);
    if (isPlainObject(value)) return this.#visitRecord(value as Record<string, unknown>);
    this.kind = "rich";
    const type = builtInType(value);
    // The keys of a typed array are all of its elements.
    if (typedArrays.has(type ?? "")) return this.#visitView(value as ArrayBufferView);
    if (!otherTypes.has(type ?? "")) this.#refuseInstance(value);
    this.#refuseSymbols(value);
    const [key] = Object.keys(value);
    if (key !== undefined) this.#refuseKey(key);
    if (type === "Map") return this.#visitElements([...(value as Map<unknown, unknown>)].flat());
    if (type === "Set") return this.#visitElements([...(value as Set<unknown>)]);
    return 0;
  }

  #visitArray(values: readonly unknown[]): number {
    this.#refuseSymbols(values);
    if (hasToJson(values)) this.kind = "rich";
    const keys = Object.keys(values);
    const last = keys.at(-1);
    // Indices come first, in ascending order.
    if (last !== undefined && !isIndex(last, values.length)) this.#refuseKey(last);
    return keys.length === values.length
      ? this.#visitElements(values)
      : this.#visitSparseArray(values, keys);
  }

  #visitElements(values: readonly unknown[]): number {
    let height = 0;
    for (let index = 0; index < values.length; index++) {
      height = Math.max(height, this.#visitAt(index, values[index]));
    }
    return height;
  }

  /** Visits what there is of an array with holes, which may be billions long and hold one element. */
  #visitSparseArray(values: readonly unknown[], indices: readonly string[]): number {
    this.kind = "rich";
    let height = 0;
    for (const index of indices.map(Number)) {
      height = Math.max(height, this.#visitAt(index, values[index]));
    }
    return height;
  }

  #visitView(view: ArrayBufferView): number {
    this.#refuseSymbols(view);
    return builtInType(view.buffer) === "ArrayBuffer" ? 0 : this.#refuseInstance(view.buffer);
  }

  #visitRecord(record: Record<string, unknown>): number {
    this.#refuseSymbols(record);
    if (hasToJson(record)) this.kind = "rich";
    let height = 0;
    for (const key of Object.keys(record)) {
      if (key === "__proto__") this.#refuseKey(key);
      height = Math.max(height, this.#visitAt(key, record[key]));
    }
    return height;
  }

  #visitAt(step: string | number, value: unknown): number {
    // Most parts are these, and nothing can be wrong with them.
    if (typeof value === "string" || typeof value === "boolean" || value === null) return 0;
    this.#path.push(step);
    const height = this.visit(value);
    this.#path.pop();
    return height;
  }

  #assertDepth(height: number): void {
    if (this.#path.length + height <= maxDepth) return;
    throw new TypeError(
      `Cannot store ${this.#name}: it is nested more than ${maxDepth} levels deep; flatten it`,
    );
  }

  #refuseInstance(value: object): never {
    // An object's own `constructor` may be anything, such as a field of a form.
    const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
    return this.#refuse(`is an instance of ${typeof name === "string" && name || "a class"}`);
  }

  #refuseSymbols(value: object): void {
    if (Object.getOwnPropertySymbols(value).length > 0) this.#refuse("has a symbol as a key");
  }

  #refuseKey(key: string): never {
    return this.#refuse(`has an own key ${JSON.stringify(key)}`);
  }

  #refuse(what: string): never {
    const path = this.#path.map((step, index) => formatStep(step, index === 0)).join("");
    throw new TypeError(`Cannot store ${this.#name}: ${path || "it"} ${what}; store plain data`);
  }
}

function isPlainArray(value: object): value is unknown[] {
  if (!Array.isArray(value)) return false;
  return Object.getPrototypeOf(value) === Array.prototype || builtInType(value) === "Array";
}

function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return true;
  // Plain objects of other realms, such as a frame's, have a prototype that nothing else has.
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "isPrototypeOf");
}

/** Returns whether a `toJSON` of its own or inherited would make `JSON.stringify` write something else. */
function hasToJson(value: object): boolean {
  return typeof (value as { toJSON?: unknown }).toJSON === "function";
}

function isIndex(key: string, length: number): boolean {
  const number = Number(key);
  return Number.isInteger(number) && number >= 0 && number < length && String(number) === key;
}

/** Returns the name of the built-in class whose direct instance this is, whatever realm it comes from. */
function builtInType(value: object): string | undefined {
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return Object.getPrototypeOf(value)?.constructor?.name === tag ? tag : undefined;
}

function formatStep(step: string | number, first: boolean): string {
  if (typeof step === "number") return `[${step}]`;
  if (!/^[A-Za-z_$][\w$]{0,79}$/.test(step)) return `[${JSON.stringify(step.slice(0, 80))}]`;
  return first ? step : `.${step}`;
}
